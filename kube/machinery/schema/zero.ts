/** Go's zero values, as upstream prints them. */
import type { FieldSchema, Schema, StructSchema } from './schema.ts';

/** The fields that a struct always prints, found once per struct. */
const always = new WeakMap<StructSchema, readonly [string, FieldSchema][]>();

function alwaysPrinted(schema: StructSchema): readonly [string, FieldSchema][] {
  let found = always.get(schema);
  if (!found) {
    found = [...schema.fields].filter(([, field]) => field.always || isNullTime(field));
    always.set(schema, found);
  }
  return found;
}

function isNullTime({ nullWhenUnset, schema: { type } }: FieldSchema): boolean {
  return nullWhenUnset === true && (type === 'time' || type === 'micro-time');
}

/** Adds the fields of a struct that are always printed. */
export function fillIn(schema: StructSchema, object: Record<string, unknown>): void {
  for (const [name, field] of alwaysPrinted(schema)) {
    if (object[name] === undefined) object[name] = zeroOf(field.schema);
  }
}

/** Go's zero value, printed. */
export function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'struct': {
      const object: Record<string, unknown> = {};
      fillIn(schema, object);
      return object;
    }
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'quantity':
      return '0';
    // Upstream prints null, which its decoders read as no bytes; readers here expect text.
    case 'bytes':
      return '';
    default:
      return null;
  }
}
