/**
 * How a value is taken apart by its schema: into fields and items that can be owned separately
 * (structured-merge-diff `typed/helpers.go`; kube-openapi `pkg/schemaconv` for what a schema means there).
 *
 * `undefined` is a value that is not there; `null` is one that is there and null.
 */

import { setOwn } from '../../entries.ts';
import { isObject } from '../../json-object.ts';
import type { AnySchema, FieldSchema, ListSchema, Schema } from '../../schema/schema.ts';
import { zeroOf } from '../../schema/zero.ts';

export type Value = unknown;
export type Fields = Readonly<Record<string, Value>>;

export type Atom = 'map' | 'list' | 'scalar';

/** The form that a value takes. One that is there and null takes any, and a map where the schema leaves it open. */
export function atomOf(schema: Schema, value: Value): Atom {
  switch (schema.type) {
    case 'struct':
    case 'map':
      return 'map';
    case 'list':
      return 'list';
    case 'any':
      if (Array.isArray(value)) return 'list';
      return typeof value === 'object' ? 'map' : 'scalar';
    default:
      return 'scalar';
  }
}

/** Whether the value is owned as a whole. An open value's maps are taken apart, and its lists are not. */
export function isAtomic(schema: Schema, atom: Atom): boolean {
  switch (schema.type) {
    case 'struct':
    case 'map':
      return schema.atomic === true;
    case 'list':
      return schema.listType === 'atomic';
    case 'any':
      return schema.form === 'raw' || atom !== 'map';
    default:
      return true;
  }
}

const OPEN: AnySchema = { type: 'any' };

/** The schema of a field of a struct, or of a value of a map; undefined for a field that the schema does not have. */
export function childSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  if (schema.type === 'any') return schema;
  if (schema.type !== 'struct') return undefined;
  return schema.fields.get(name)?.schema ?? (schema.preservesUnknown ? OPEN : undefined);
}

/** A field that the schema names, which its owner need not be told of: it is there as soon as something in it is. */
export function isNamedField(schema: Schema, name: string): boolean {
  return schema.type === 'struct' && schema.fields.has(name);
}

/**
 * Upstream compares Go values, which hold some of their fields from the start: structs, scalars and lists that are
 * printed even when empty.
 */
export function implicitValue({ always, omitEmpty, nullWhenUnset, schema }: FieldSchema): Value {
  if (nullWhenUnset) return null;
  if (schema.type === 'struct') return always ? NO_FIELDS : undefined;
  if (schema.type === 'list') return omitEmpty ? undefined : null;
  return always ? zeroOf(schema) : undefined;
}

const NO_FIELDS: Fields = {};
const NO_ITEMS: readonly Value[] = [];

export function asFields(value: Value): Fields {
  return isObject(value) ? value : NO_FIELDS;
}

export function asItems(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : NO_ITEMS;
}

/** A field's value. Keys of maps are a client's: `constructor` is one like any other. */
export function own(fields: Fields, name: string): Value {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function isEmptyValue(value: Value): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

const holdsNulls = new WeakMap<Schema, boolean>();

/** {@link isEmptyValue} for a value of the schema: a struct with fields that print null when unset is never empty. */
export function isEmptyTyped(schema: Schema, value: Value): boolean {
  if (!isEmptyValue(value)) return false;
  if (typeof value !== 'object' || value === null || schema.type !== 'struct') return true;
  let holds = holdsNulls.get(schema);
  if (holds === undefined) {
    holds = [...schema.fields.values()].some(({ nullWhenUnset }) => nullWhenUnset);
    holdsNulls.set(schema, holds);
  }
  return !holds;
}

/** An item's step in a path: `k:{"name":"a"}` in a list of maps, `v:"a"` in a set. */
export function itemStep(schema: ListSchema, item: Value): string {
  if (schema.listType === 'set') return `v:${goJson(item)}`;
  // Where nothing is left of an item, it has no key, not even that of its defaults.
  if (!isObject(item)) return 'k:null';
  return `k:${goJson(itemKey(schema, item))}`;
}

/** The key fields that an item has, with their defaults where it leaves them out; sorted, as upstream prints them. */
export function itemKey(schema: ListSchema, item: Fields): Record<string, Value> {
  const key: Record<string, Value> = {};
  for (const name of sortedKeys(schema)) {
    // A key that is given as null is a value of its own.
    const value = Object.hasOwn(item, name) ? item[name] : keyDefault(schema, name);
    if (value !== undefined) setOwn(key, name, value);
  }
  return key;
}

const sorted = new WeakMap<ListSchema, readonly string[]>();

function sortedKeys(schema: ListSchema): readonly string[] {
  let keys = sorted.get(schema);
  if (!keys) {
    keys = [...(schema.keys ?? [])].sort();
    sorted.set(schema, keys);
  }
  return keys;
}

/** Upstream's published schema states a default for each field that is always printed. */
function keyDefault({ items }: ListSchema, name: string): Value {
  const field = items.type === 'struct' ? items.fields.get(name) : undefined;
  return field?.default ?? (field?.always ? zeroOf(field.schema) : undefined);
}

const ESCAPED = /[<>&\u2028\u2029]/g;

/** JSON as Go prints it, with the letters escaped that mean something in HTML. */
export function goJson(value: Value): string {
  const text = JSON.stringify(value);
  return text.replace(ESCAPED, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
