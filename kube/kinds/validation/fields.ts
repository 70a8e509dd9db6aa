/** Small checks that many kinds share. Each answers upstream's errors; an empty list means valid. */
import { sameJson, semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { Schema } from '../../machinery/schema/schema.ts';

/** An error for each message of a rule in `machinery/names.ts`. */
export function invalidEach(field: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => fieldError.invalid(field, value, message));
}

export function validateNonNegative(value: number | undefined, field: string): FieldError[] {
  return (value ?? 0) < 0 ? [fieldError.invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** `schema` is that of the field; it may be left out for scalars. */
export function validateImmutable(next: unknown, old: unknown, field: string, schema?: Schema): FieldError[] {
  const same = schema ? semanticEqual(schema, next, old) : sameJson(next ?? undefined, old ?? undefined);
  return same ? [] : [fieldError.invalid(field, next ?? null, 'field is immutable')];
}

/** `supported` in the order in which the error shall name them. */
export function validateEnum(value: string | undefined, supported: readonly string[], field: string): FieldError[] {
  return supported.includes(value ?? '') ? [] : [fieldError.notSupported(field, value ?? '', supported)];
}
