/**
 * The two equalities of API values: {@link semanticEqual}, which compares the Go values that two texts decode to, and
 * {@link sameJson}, which compares the texts' own values.
 */

import { setOwn } from './entries.ts';
import { isObject } from './json-object.ts';
import { compareQuantities, formatQuantity, parseQuantity } from './quantity.ts';
import type { FieldSchema, MapSchema, Schema, StructSchema } from './schema/schema.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The schema of labels, annotations and selectors that are plain maps. */
export const STRING_MAP: MapSchema = { type: 'map', values: { type: 'string' } };

/**
 * Upstream's `equality.Semantic.DeepEqual`. Absent and empty lists and maps are equal, quantities are compared by their
 * amount, and an absent field equals its zero value unless upstream holds it by pointer: `namespaceSelector: {}`
 * differs from no selector, and `replicas: 0` from no number.
 */
export function semanticEqual(schema: Schema, a: unknown, b: unknown): boolean {
  if (a === b) return true;
  switch (schema.type) {
    case 'struct':
      return equalStructs(schema, fieldsOf(a), fieldsOf(b));
    case 'map':
      return equalMaps(schema.values, fieldsOf(a), fieldsOf(b));
    case 'list': {
      const [x, y] = [itemsOf(a), itemsOf(b)];
      return x.length === y.length && x.every((item, index) => semanticEqual(schema.items, item, y[index]));
    }
    case 'quantity':
      return equalQuantities(a, b);
    case 'any':
      return sameJson(a ?? undefined, b ?? undefined);
    default:
      return (a || undefined) === (b || undefined);
  }
}

function equalStructs(schema: StructSchema, a: Fields, b: Fields): boolean {
  for (const name in a) if (!equalFields(schema.fields.get(name), a[name], b[name])) return false;
  for (const name in b) if (!(name in a) && !equalFields(schema.fields.get(name), a[name], b[name])) return false;
  return true;
}

/** {@link semanticEqual} of a field of a struct, which tells one that is absent from a pointer to a zero value. */
export function equalFields(field: FieldSchema | undefined, a: unknown, b: unknown): boolean {
  if (!field) return sameJson(a, b);
  if (isPointer(field) && isPresent(a) !== isPresent(b)) return false;
  return semanticEqual(field.schema, a, b);
}

function equalMaps(values: Schema, a: Fields, b: Fields): boolean {
  for (const key in a) if (!Object.hasOwn(b, key) || !semanticEqual(values, a[key], b[key])) return false;
  for (const key in b) if (!Object.hasOwn(a, key)) return false;
  return true;
}

function equalQuantities(a: unknown, b: unknown): boolean {
  const [x, y] = [quantityOf(a), quantityOf(b)];
  return x !== undefined && y !== undefined ? compareQuantities(x, y) === 0 : sameJson(a, b);
}

function quantityOf(value: unknown): ReturnType<typeof parseQuantity> {
  return parseQuantity(typeof value === 'string' || typeof value === 'number' ? value : '0');
}

/**
 * One text for all values that are {@link semanticEqual}: fields in order, zero values left out. Hashes of templates
 * are made from it.
 */
export function semanticText(schema: Schema, value: unknown): string {
  return JSON.stringify(reduce(schema, value)) ?? 'null';
}

/** The value without parts that equal their absence; undefined where nothing is left. */
function reduce(schema: Schema, value: unknown): unknown {
  switch (schema.type) {
    case 'struct':
      return reduceFields(fieldsOf(value), (name, child) => {
        const field = schema.fields.get(name);
        if (!field) return child;
        const reduced = reduce(field.schema, child);
        return reduced === undefined && isPointer(field) && isPresent(child) ? zeroOf(field.schema) : reduced;
      });
    case 'map':
      return reduceFields(fieldsOf(value), (_, child) => reduce(schema.values, child) ?? zeroOf(schema.values));
    case 'list': {
      const items = itemsOf(value).map((item) => reduce(schema.items, item) ?? zeroOf(schema.items));
      return items.length > 0 ? items : undefined;
    }
    case 'quantity': {
      const quantity = quantityOf(value);
      if (!quantity) return value ?? undefined;
      return quantity.nano === 0n ? undefined : formatQuantity({ ...quantity, format: 'DecimalSI' });
    }
    case 'any':
      return sortKeys(value);
    default:
      return value || undefined;
  }
}

function reduceFields(fields: Fields, child: (name: string, value: unknown) => unknown): Fields | undefined {
  const result: Record<string, unknown> = {};
  let some = false;
  for (const name of Object.keys(fields).sort()) {
    const value = child(name, fields[name]);
    if (value === undefined) continue;
    setOwn(result, name, value);
    some = true;
  }
  return some ? result : undefined;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const fields = value as Fields;
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((name) => [name, sortKeys(fields[name])]),
  );
}

/** The stand-in for a value that is there although nothing is left of it. */
function zeroOf(schema: Schema): unknown {
  return schema.type === 'struct' || schema.type === 'map' ? {} : schema.type === 'list' ? [] : 0;
}

/** Upstream's field is a Go pointer, so that nil and the zero value differ. Lists, maps and bytes have no such pair. */
function isPointer({ always, omitEmpty, schema: { type } }: FieldSchema): boolean {
  return !always && !omitEmpty && type !== 'list' && type !== 'map' && type !== 'bytes' && type !== 'any';
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** {@link sameJson} of two objects without some of their fields. */
export function sameJsonBut(except: readonly string[], a: object, b: object): boolean {
  const [x, y] = [a as Fields, b as Fields];
  const isCompared = (name: string): boolean => !except.includes(name);
  for (const name in x)
    if (isCompared(name) && !sameJson(x[name], Object.hasOwn(y, name) ? y[name] : undefined)) return false;
  for (const name in y) if (isCompared(name) && y[name] !== undefined && !Object.hasOwn(x, name)) return false;
  return true;
}

/** Deep equality of JSON values; a field that is undefined is absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) if (!sameJson(a[at], b[at])) return false;
    return true;
  }
  const [x, y] = [a as Fields, b as Fields];
  for (const key in x) if (!sameJson(x[key], Object.hasOwn(y, key) ? y[key] : undefined)) return false;
  for (const key in y) if (y[key] !== undefined && !Object.hasOwn(x, key)) return false;
  return true;
}
