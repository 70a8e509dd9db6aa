/**
 * Items of lists of type `set`, and keys of items of lists of type `map`, are there once (apiextensions
 * `pkg/apiserver/schema/listtype/validation.go`).
 */

import { setOwn } from '../entries.ts';
import { type FieldError, fieldError } from '../field-error.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { childField, sortKeys } from './print.ts';
import { additionalSchema, leadsTo, propertyOf, type StructuralSchema } from './schema.ts';

export function validateListTypes(schema: StructuralSchema | undefined, object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  if (schema && leadsToSets(schema)) visit(schema, object, '', errors);
  return errors;
}

function visit(schema: StructuralSchema, value: unknown, path: string, errors: FieldError[]): void {
  if (!leadsToSets(schema)) return;
  if (Array.isArray(value)) {
    checkList(schema, value, path, errors);
    const { items } = schema;
    if (items) for (let at = 0; at < value.length; at++) visit(items, value[at], `${path}[${at}]`, errors);
  } else if (isObject(value)) {
    const additional = additionalSchema(schema);
    for (const name in value) {
      if (additional) visit(additional, value[name], `${path}[${name}]`, errors);
      const property = propertyOf(schema, name);
      if (property) visit(property, value[name], childField(path, name), errors);
    }
  }
}

function checkList(schema: StructuralSchema, list: readonly unknown[], path: string, errors: FieldError[]): void {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') {
    for (const at of repeated(list)) errors.push(fieldError.duplicate(`${path}[${at}]`, sortKeys(list[at])));
  } else if (type === 'map') {
    const wrong = list.findIndex((item) => item !== null && !isObject(item));
    if (wrong >= 0) {
      const why = 'must be an object for an array of list-type map';
      errors.push(fieldError.invalid(`${path}[${wrong}]`, sortKeys(list[wrong]), why));
      return;
    }
    const keys = list.map((item) => keyOf(item as JsonObject | null, schema['x-kubernetes-list-map-keys'] ?? []));
    for (const at of repeated(keys)) errors.push(fieldError.duplicate(`${path}[${at}]`, sortKeys(keys[at])));
  }
}

function keyOf(item: JsonObject | null, names: readonly string[]): JsonObject {
  const key: JsonObject = {};
  for (const name of names) if (item && Object.hasOwn(item, name)) setOwn(key, name, item[name]);
  return key;
}

/** Where a value stands for the second time. */
function repeated(list: readonly unknown[]): number[] {
  if (list.length <= 1) return [];
  const seen = new Map<string, number>();
  return list.flatMap((item, at) => {
    const text = JSON.stringify(sortKeys(item));
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 2 ? [at] : [];
  });
}

const leadsToSets = leadsTo(({ 'x-kubernetes-list-type': type }) => type === 'set' || type === 'map');
