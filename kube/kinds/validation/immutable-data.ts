/** The data of ConfigMaps and Secrets with `immutable: true` cannot change, nor can that field. */
import { STRING_MAP, semanticEqual } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { gaveEmpty } from '../../machinery/schema/empties.ts';

export function validateImmutableData<T extends { immutable?: boolean }>(
  next: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  // Upstream tells an empty map from none.
  const changed = fields.filter(
    (field) => !semanticEqual(STRING_MAP, next[field], old[field]) || (!old[field] && gaveEmpty(next, field)),
  );
  return [...(next.immutable ? [] : ['immutable']), ...changed].map((field) =>
    fieldError.forbidden(field, 'field is immutable when `immutable` is set'),
  );
}
