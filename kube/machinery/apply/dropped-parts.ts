/** Objects that upstream does not track, because a part of them does not fit its schema. */
import { sameJson } from '../equality.ts';
import type { FieldsV1, Json } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import type { UpdateOptions } from './managed-fields.ts';
import { fitsSchema } from './typed/check-config.ts';
import { compare } from './typed/compare.ts';

/**
 * Whether the parts of `after` that its endpoint drops fit the schema: upstream tracks an object before it drops them, and
 * gives up on its managers where one does not.
 */
export function droppedPartsFit({ schema, resets = [], before, after }: Omit<UpdateOptions, 'versions'>): boolean {
  for (const name of resets) {
    const value = after[name];
    const field = schema.fields.get(name)?.schema;
    if (value === undefined || value === null || !field || sameJson(value, before?.[name])) continue;
    if (schema.structural ? !fitsSchema(schema, { [name]: value }) : isKeyless(field, value)) return false;
  }
  return true;
}

function isKeyless(schema: Schema, value: unknown): boolean {
  const { changed } = compare(schema, undefined, value as Json);
  return changed !== undefined && hasKeylessItem(changed);
}

/** An item of a list has none of the fields that name it. */
export function hasKeylessItem(set: FieldsV1): boolean {
  for (const step in set) if (step === 'k:{}' || hasKeylessItem(set[step] as FieldsV1)) return true;
  return false;
}
