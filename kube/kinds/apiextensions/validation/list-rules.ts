/** Rules for lists of type set and map. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { propertyOf, type StructuralSchema } from '../../../machinery/structural/schema.ts';

export function nonAtomicItems(schema: StructuralSchema, path: string): FieldError[] {
  const { items } = schema;
  if (!items || Array.isArray(items)) return [];
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [fieldError.invalid(`${path}.items.x-kubernetes-list-type`, listType, why)];
  }
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    return [fieldError.invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, why)];
  }
  return [];
}

export function keyProblems(items: StructuralSchema, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const at = `${path}.x-kubernetes-list-map-keys`;
  for (const key of keys) {
    const property = propertyOf(items, key);
    if (!property) errors.push(fieldError.invalid(at, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(fieldError.invalid(`${path}.items.properties[${key}].type`, items.type, why));
    }
    if (seen.has(key)) errors.push(fieldError.invalid(at, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  return errors;
}

/** `validateMapListKeysMapSet` */
export function mapKeyProblems(schema: StructuralSchema, path: string): FieldError[] {
  const { items } = schema;
  const listType = schema['x-kubernetes-list-type'];
  if (!items || Array.isArray(items) || (listType !== 'set' && listType !== 'map')) return [];
  const errors: FieldError[] = [];
  if (items.nullable) {
    errors.push(
      fieldError.forbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`),
    );
  }
  if (listType === 'set') return errors;
  const required = new Set(items.required);
  for (const key of schema['x-kubernetes-list-map-keys'] ?? []) {
    const property = propertyOf(items, key);
    if (!property) continue;
    const at = `${path}.items.properties[${key}]`;
    if (!required.has(key) && (property.default ?? undefined) === undefined) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(fieldError.required(`${at}.default`, why));
    }
    if (property.nullable) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
      errors.push(fieldError.forbidden(`${at}.nullable`, why));
    }
  }
  return errors;
}
