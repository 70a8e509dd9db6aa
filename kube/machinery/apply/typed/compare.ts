/**
 * The fields that a write changed, by the schema's idea of fields that can be owned separately
 * (structured-merge-diff `typed/compare.go`).
 */
import { sameJson } from '../../equality.ts';
import type { FieldsV1 } from '../../object.ts';
import type { FieldSchema, ListSchema, Schema, StructSchema } from '../../schema/schema.ts';
import { MEMBER } from '../sets/field-set.ts';
import {
  type Atom,
  asFields,
  asItems,
  atomOf,
  childSchema,
  type Fields,
  implicitValue,
  isAtomic,
  isEmptyTyped,
  itemStep,
  own,
  type Value,
} from './shape.ts';

export interface Comparison {
  /** Added or modified. */
  changed?: FieldsV1;
  removed?: FieldsV1;
}

const NOTHING: Comparison = {};
/** A member without members beneath it. All sets, those of other clusters too, share one, which cannot be changed. */
const LEAF: FieldsV1 = Object.freeze({});
const ADDED: Comparison = { changed: LEAF };
const GONE: Comparison = { removed: LEAF };

export function compare(schema: Schema, before: Value, after: Value): Comparison {
  if (before === after) return NOTHING;
  const had = before !== undefined;
  const has = after !== undefined;
  const atom = atomOf(schema, has ? after : before);
  // An open value has become one of another form: it is modified, and what a map held is added or removed.
  if (schema.type === 'any' && schema.form !== 'raw' && had && has && atom !== atomOf(schema, before)) {
    const { changed, removed } = compareChildren(schema, 'map', before, after, new Children(true, false));
    return { changed: changed ?? LEAF, removed };
  }
  if (atom === 'scalar' || isAtomic(schema, atom) || (isEmptyTyped(schema, before) && isEmptyTyped(schema, after))) {
    return compareLeaves(before, after);
  }
  const children = compareChildren(schema, atom, before, after, new Children(!had, !has));
  const changed = children.changed ?? (had ? undefined : LEAF);
  const removed = children.removed ?? (has ? undefined : LEAF);
  return changed || removed ? { changed, removed } : NOTHING;
}

function compareLeaves(before: Value, after: Value): Comparison {
  if (before === undefined) return ADDED;
  if (after === undefined) return GONE;
  return sameJson(before, after) ? NOTHING : ADDED;
}

/** Collects the sets of changed and removed members of a value; each is undefined while it is empty. */
class Children {
  changed: FieldsV1 | undefined;
  removed: FieldsV1 | undefined;
  readonly #isAdded: boolean;
  readonly #isRemoved: boolean;

  /** `isAdded`, `isRemoved`: whether the value itself was added or removed. */
  constructor(isAdded: boolean, isRemoved: boolean) {
    this.#isAdded = isAdded;
    this.#isRemoved = isRemoved;
  }

  add(step: string, { changed, removed }: Comparison): void {
    if (changed) {
      this.changed ??= newNode(this.#isAdded);
      this.changed[step] = changed;
    }
    if (removed) {
      this.removed ??= newNode(this.#isRemoved);
      this.removed[step] = removed;
    }
  }
}

const newNode = (isMember: boolean): FieldsV1 => (isMember ? { [MEMBER]: LEAF } : {});

function compareChildren(schema: Schema, atom: Atom, before: Value, after: Value, found: Children): Children {
  if (atom === 'list') compareLists(schema as ListSchema, asItems(before), asItems(after), found);
  else if (schema.type === 'struct') compareStructs(schema, before, after, found);
  else compareMaps(schema, asFields(before), asFields(after), found);
  return found;
}

function compareStructs(schema: StructSchema, before: Value, after: Value, found: Children): void {
  const [old, now] = [asFields(before), asFields(after)];
  const visit = (name: string): void => {
    // The fields of a struct that is not there are not there either.
    const was = own(old, name);
    const is = own(now, name);
    if (was === is && was !== undefined) return;
    const field = schema.fields.get(name);
    const inner = field?.schema ?? childSchema(schema, name);
    if (!inner) return;
    const implicit = field && !schema.structural ? implicitValue(field) : undefined;
    const comparison = compare(
      inner,
      was === undefined && before !== undefined ? implicit : was,
      is === undefined && after !== undefined ? implicit : is,
    );
    if (comparison !== NOTHING) found.add(`f:${name}`, comparison);
  };
  for (const name in now) visit(name);
  for (const name in old) if (!Object.hasOwn(now, name)) visit(name);
  if (before !== undefined && after !== undefined) return;
  for (const name of fieldsOfNew(schema)) if (!(name in now || name in old)) visit(name);
}

const newOf = new WeakMap<StructSchema, readonly string[]>();

/** Times and lists that are there as soon as the struct is, and which are not printed. */
function fieldsOfNew(schema: StructSchema): readonly string[] {
  let names = newOf.get(schema);
  if (!names) {
    const isThere = ({ nullWhenUnset, omitEmpty, schema: { type } }: FieldSchema): boolean =>
      nullWhenUnset || (type === 'list' && !omitEmpty && !schema.structural);
    names = [...schema.fields].filter(([, field]) => isThere(field)).map(([name]) => name);
    newOf.set(schema, names);
  }
  return names;
}

function compareMaps(schema: Schema, old: Fields, now: Fields, found: Children): void {
  // Nothing is called in between, as values nest as deep as bodies may.
  for (const name in now)
    found.add(`f:${name}`, compare(childSchema(schema, name) as Schema, own(old, name), now[name]));
  for (const name in old) {
    if (Object.hasOwn(now, name)) continue;
    found.add(`f:${name}`, compare(childSchema(schema, name) as Schema, old[name], undefined));
  }
}

/** Items that share a key are compared as one value. */
function compareLists(schema: ListSchema, before: readonly Value[], after: readonly Value[], found: Children): void {
  // Most lists stay as they are, and an index of their items takes longer than a look.
  if (sameJson(before, after)) return;
  const old = indexItems(schema, before);
  const now = indexItems(schema, after);
  for (const [step, items] of now) {
    const were = old.get(step);
    if (items.length === 1 && (were === undefined || were.length === 1)) {
      found.add(step, compareItems(schema, were?.[0], items[0]));
    } else if (items.length === 1) {
      found.add(step, { ...compareItems(schema, undefined, items[0]), removed: {} });
    } else if (were === undefined || were.length === 1) {
      found.add(step, { ...compareItems(schema, were?.[0], undefined), changed: {} });
    } else if (!sameJson(were, items)) found.add(step, { changed: {} });
  }
  for (const [step, items] of old) {
    if (!now.has(step))
      found.add(step, items.length === 1 ? compareItems(schema, items[0], undefined) : { removed: {} });
  }
}

function compareItems({ items }: ListSchema, before: Value, after: Value): Comparison {
  return before === undefined && after === undefined ? NOTHING : compare(items, before, after);
}

/** Items by their step. */
function indexItems(schema: ListSchema, items: readonly Value[]): Map<string, Value[]> {
  const index = new Map<string, Value[]>();
  for (const item of items) {
    const step = itemStep(schema, item);
    const same = index.get(step);
    if (same) same.push(item);
    else index.set(step, [item]);
  }
  return index;
}
