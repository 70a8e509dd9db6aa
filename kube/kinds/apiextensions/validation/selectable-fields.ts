/** Rules for the fields that lists may be selected by (`ValidateCustomResourceSelectableFields`). */
import { sameJson } from '../../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { DefinitionSpec, DefinitionVersion } from '../types.ts';
import { validFieldPath } from './field-path.ts';

const MAX_SELECTABLE_FIELDS = 8;

/** `hasSchema`: the schema is kept where the fields are, or upstream does not find it. */
export function validateSelectableFields(
  { selectableFields = [], schema }: DefinitionVersion,
  path: string,
  tooMany: ReadonlySet<string>,
  hasSchema: boolean,
  version: string,
): FieldError[] {
  if (selectableFields.length === 0) return [];
  const at = `${path}.selectableFields`;
  const root = schema?.openAPIV3Schema;
  if (!hasSchema || !root) {
    const why =
      version === ''
        ? 'may only be set when validations.schema is included'
        : 'may only be set when `version.schema.openAPIV3Schema` is not included';
    return [fieldError.invalid(at, '', why)];
  }
  const errors: FieldError[] = [];
  const unique = new Set<string>();
  for (const [index, { jsonPath }] of selectableFields.entries()) {
    const field = `${at}[${index}].jsonPath`;
    if (!jsonPath) {
      errors.push(fieldError.required(field));
      continue;
    }
    const found = validFieldPath(jsonPath, root, false);
    if ('error' in found) {
      errors.push(fieldError.invalid(field, jsonPath, `is an invalid path: ${found.error}`));
      continue;
    }
    if (found.root === 'metadata')
      errors.push(fieldError.invalid(field, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) {
      const why =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(fieldError.invalid(field, jsonPath, why));
    }
    if (unique.has(found.path)) errors.push(fieldError.duplicate(field, jsonPath));
    unique.add(found.path);
  }
  if (unique.size > MAX_SELECTABLE_FIELDS && !tooMany.has(version)) {
    errors.push(fieldError.tooMany(at, unique.size, MAX_SELECTABLE_FIELDS));
  }
  return errors;
}

export function tooManyFields(spec: DefinitionSpec, old: DefinitionSpec): ReadonlySet<string> {
  const names = new Set<string>();
  const known = new Map(old.versions.map((version) => [version.name, version.selectableFields]));
  for (const { name, selectableFields } of spec.versions ?? []) {
    const before = known.get(name) ?? [];
    if (before.length > MAX_SELECTABLE_FIELDS && sameJson(before, selectableFields)) names.add(name).add('');
  }
  return names;
}
