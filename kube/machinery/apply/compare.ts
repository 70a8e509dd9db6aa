/**
 * The fields that a write changed, by the schema's idea of fields that can be owned separately
 * (structured-merge-diff `typed/compare.go`).
 */
import { sameJson } from '../equality.ts';
import type { FieldsV1 } from '../object.ts';
import { zeroOf } from '../schema/check.ts';
import type { FieldSchema, ListSchema, MapSchema, Schema, StructSchema } from '../schema/schema.ts';
import { makeNode } from './field-set.ts';

export interface Comparison {
  /** Added or modified. */
  changed?: FieldsV1;
  removed?: FieldsV1;
}

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

const NOTHING: Comparison = {};

/** Whether a value is there on each side although it may be absent in the JSON (see {@link isAlwaysThere}). */
interface There {
  before: boolean;
  after: boolean;
}

const NOWHERE: There = { before: false, after: false };

export function compare(schema: Schema, before: Value, after: Value, there: There = NOWHERE): Comparison {
  if (before === after) return NOTHING;
  const [had, has] = [present(before) || there.before, present(after) || there.after];
  if (!had && !has) return NOTHING;
  const children = isGranular(schema) ? compareChildren(schema, before, after, { before: had, after: has }) : undefined;
  if (!children) {
    if (!had) return { changed: {} };
    if (!has) return { removed: {} };
    return isGranular(schema) || sameJson(before, after) ? NOTHING : { changed: {} };
  }
  return { changed: makeNode(children.changed ?? {}, !had), removed: makeNode(children.removed ?? {}, !has) };
}

/**
 * Upstream compares Go values, which hold their struct fields (and lists that are printed even when empty) from the
 * start: such a field is there as soon as the struct around it is, so that giving it does not "add" it.
 */
function isAlwaysThere({ always, omitEmpty, schema }: FieldSchema): boolean {
  return schema.type === 'struct' ? always === true : schema.type === 'list' && !omitEmpty;
}

function present(value: Value): boolean {
  return value !== undefined && value !== null;
}

function isGranular(schema: Schema): boolean {
  if (schema.type === 'struct' || schema.type === 'map') return !schema.atomic;
  return schema.type === 'list' && schema.listType !== 'atomic';
}

/** undefined when there is nothing beneath on either side: then the node itself is the leaf. */
function compareChildren(schema: Schema, before: Value, after: Value, there: There): Comparison | undefined {
  if (schema.type === 'list') return compareLists(schema, asList(before), asList(after));
  if (schema.type === 'struct') return compareStructs(schema, asFields(before), asFields(after), there);
  return schema.type === 'map' ? compareMaps(schema, asFields(before), asFields(after)) : undefined;
}

function asList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

const ANY: Schema = { type: 'any' };

function asFields(value: Value): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function compareStructs(schema: StructSchema, before: Fields, after: Fields, there: There): Comparison | undefined {
  return compareEach(before, after, (name) => {
    const field = schema.fields.get(name);
    if (!field) return schema.preservesUnknown ? compare(ANY, before[name], after[name]) : NOTHING;
    const old = before[name] ?? (there.before ? zeroValue(field) : undefined);
    return compare(field.schema, old, after[name], isAlwaysThere(field) ? there : NOWHERE);
  });
}

/** A scalar that is always printed has its zero value where it was not set: setting it to that changes nothing. */
function zeroValue({ always, schema }: FieldSchema): Value {
  return always && schema.type !== 'struct' ? zeroOf(schema) : undefined;
}

function compareMaps({ values }: MapSchema, before: Fields, after: Fields): Comparison | undefined {
  // Keys are a client's: `constructor` is one like any other.
  const own = (fields: Fields, name: string): Value => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return compareEach(before, after, (name) => compare(values, own(before, name), own(after, name)));
}

function compareEach(before: Fields, after: Fields, child: (name: string) => Comparison): Comparison | undefined {
  const changed: FieldsV1 = {};
  const removed: FieldsV1 = {};
  let empty = true;
  const visit = (name: string): void => {
    empty = false;
    const result = child(name);
    if (result.changed) changed[`f:${name}`] = result.changed;
    if (result.removed) removed[`f:${name}`] = result.removed;
  };
  for (const name in after) visit(name);
  for (const name in before) if (!Object.hasOwn(after, name)) visit(name);
  return empty ? undefined : { changed, removed };
}

function compareLists(schema: ListSchema, before: readonly Value[], after: readonly Value[]): Comparison | undefined {
  if (before.length === 0 && after.length === 0) return undefined;
  const old = indexItems(schema, before);
  const now = indexItems(schema, after);
  const changed: FieldsV1 = {};
  const removed: FieldsV1 = {};
  for (const [step, item] of now) {
    const result = old.has(step) ? compare(schema.items, old.get(step), item) : added(schema.items, item);
    if (result.changed) changed[step] = result.changed;
    if (result.removed) removed[step] = result.removed;
  }
  for (const [step, item] of old) {
    if (now.has(step)) continue;
    removed[step] = compare(schema.items, item, undefined).removed ?? {};
  }
  return { changed, removed };
}

function added(items: Schema, item: Value): Comparison {
  return { changed: compare(items, undefined, item).changed ?? {} };
}

/** Items by their path element: `k:{"name":"a"}` for maps, `v:"a"` for sets. Duplicates: the last one counts. */
function indexItems(schema: ListSchema, items: readonly Value[]): Map<string, Value> {
  const index = new Map<string, Value>();
  for (const item of items) index.set(itemStep(schema, item), item);
  return index;
}

function itemStep(schema: ListSchema, item: Value): string {
  if (schema.listType === 'set') return `v:${JSON.stringify(item)}`;
  const fields = asFields(item);
  const key: Record<string, Value> = {};
  // Sorted, as upstream prints keys; a missing key field has its default, if the schema states one.
  for (const name of [...(schema.keys ?? [])].sort()) {
    const fallback = schema.items.type === 'struct' ? schema.items.fields.get(name)?.default : undefined;
    const value = fields[name] ?? fallback;
    if (value !== undefined) key[name] = value;
  }
  return `k:${JSON.stringify(key)}`;
}
