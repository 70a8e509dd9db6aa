/**
 * Which fields a write changed, by the schema's idea of what can be owned separately
 * (structured-merge-diff `typed/compare.go`).
 */
import type { FieldsV1 } from '../object.ts';
import type { ListSchema, Schema } from '../schema/schema.ts';
import { makeNode } from './field-set.ts';

export interface Comparison {
  /** Added or modified. */
  changed?: FieldsV1;
  removed?: FieldsV1;
}

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

const NOTHING: Comparison = {};

/**
 * Go's zero value of a type already holds its struct-valued fields, so that creating an object does not "add" them:
 * they get no `.` of their own. These are the ones on the way to most fields.
 */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  'metadata',
  'spec',
  'status',
  'template',
  'jobTemplate',
  'strategy',
  'updateStrategy',
  'containers',
]);

export function compare(schema: Schema, before: Value, after: Value, absentIsZero = false): Comparison {
  if (before === after) return NOTHING;
  const [had, has] = [present(before), present(after)];
  if (!had && !has) return NOTHING;
  const children = isGranular(schema) ? compareChildren(schema, before, after, absentIsZero) : undefined;
  if (!children) {
    if (!had) return { changed: {} };
    if (!has) return { removed: {} };
    return sameJson(before, after) ? NOTHING : { changed: {} };
  }
  return {
    changed: makeNode(children.changed ?? {}, !had && !absentIsZero),
    removed: makeNode(children.removed ?? {}, !has),
  };
}

function present(value: Value): boolean {
  return value !== undefined && value !== null;
}

function isGranular(schema: Schema): boolean {
  if (schema.type === 'struct' || schema.type === 'map') return !schema.atomic;
  return schema.type === 'list' && schema.listType !== 'atomic';
}

/** undefined when there is nothing beneath on either side: then the node itself is the leaf. */
function compareChildren(schema: Schema, before: Value, after: Value, zero: boolean): Comparison | undefined {
  if (schema.type === 'list') return compareLists(schema, asList(before), asList(after));
  return compareFields(schema, asFields(before), asFields(after), zero);
}

function asList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function asFields(value: Value): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function compareFields(schema: Schema, before: Fields, after: Fields, zero: boolean): Comparison | undefined {
  const changed: FieldsV1 = {};
  const removed: FieldsV1 = {};
  let empty = true;
  const visit = (name: string): void => {
    empty = false;
    const child = childSchema(schema, name);
    if (!child) return;
    const there = zero && schema.type === 'struct' && ALWAYS_THERE.has(name);
    const result = compare(child, before[name], after[name], there);
    if (result.changed) changed[`f:${name}`] = result.changed;
    if (result.removed) removed[`f:${name}`] = result.removed;
  };
  for (const name in after) visit(name);
  for (const name in before) if (!(name in after)) visit(name);
  return empty ? undefined : { changed, removed };
}

function childSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  return schema.type === 'struct' ? schema.fields.get(name)?.schema : undefined;
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

/** Deep equality of JSON values; absent and undefined are the same. */
export function sameJson(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => sameJson(v, b[i]));
  const [x, y] = [a as Fields, b as Fields];
  for (const key in x) if (!sameJson(x[key], y[key])) return false;
  for (const key in y) if (y[key] !== undefined && !(key in x)) return false;
  return true;
}
