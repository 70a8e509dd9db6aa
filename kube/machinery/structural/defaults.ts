/** Fills in what a schema says by default (apiextensions `pkg/apiserver/schema/defaulting/algorithm.go`). */
import { setOwn } from '../entries.ts';
import { additionalSchema, defaultOf, isObject, type JsonObject, propertyOf, type StructuralSchema } from './schema.ts';

/** Changes `value`. Idempotent. */
export function applyDefaults(value: unknown, schema: StructuralSchema | undefined): void {
  if (schema && leadsToDefaults(schema)) fill(value, schema);
}

function fill(value: unknown, schema: StructuralSchema): void {
  if (Array.isArray(value)) fillItems(value, schema.items);
  else if (isObject(value)) fillFields(value, schema);
}

function fillItems(list: unknown[], items: StructuralSchema | undefined): void {
  if (!items || !leadsToDefaults(items)) return;
  for (let at = 0; at < list.length; at++) {
    if (list[at] === null && !items.nullable) list[at] = structuredClone(defaultOf(items) ?? null);
    fill(list[at], items);
  }
}

function fillFields(object: JsonObject, schema: StructuralSchema): void {
  for (const [name, property] of defaultedProperties(schema)) {
    const isPresent = Object.hasOwn(object, name);
    const preset = defaultOf(property);
    if (preset !== undefined && (!isPresent || (object[name] === null && !property.nullable))) {
      setOwn<unknown>(object, name, structuredClone(preset));
    }
    if (Object.hasOwn(object, name)) fill(object[name], property);
  }
  const additional = additionalSchema(schema);
  if (!additional || !leadsToDefaults(additional)) return;
  for (const name in object) {
    if (propertyOf(schema, name)) continue;
    if (object[name] === null && !additional.nullable)
      setOwn<unknown>(object, name, structuredClone(defaultOf(additional) ?? null));
    fill(object[name], additional);
  }
}

const defaulted = new WeakMap<StructuralSchema, readonly [string, StructuralSchema][]>();
const leading = new WeakMap<StructuralSchema, boolean>();

/** The properties that have a default, or lead to one. */
function defaultedProperties(schema: StructuralSchema): readonly [string, StructuralSchema][] {
  let found = defaulted.get(schema);
  if (!found) {
    found = Object.entries(schema.properties ?? {}).filter(([, property]) => leadsToDefaults(property));
    defaulted.set(schema, found);
  }
  return found;
}

/** Whether the value of a schema may need one, for itself or within. */
function leadsToDefaults(schema: StructuralSchema): boolean {
  let leads = leading.get(schema);
  if (leads === undefined) {
    const additional = additionalSchema(schema);
    leads =
      defaultOf(schema) !== undefined ||
      defaultedProperties(schema).length > 0 ||
      (schema.items !== undefined && leadsToDefaults(schema.items)) ||
      (additional !== undefined && leadsToDefaults(additional));
    leading.set(schema, leads);
  }
  return leads;
}
