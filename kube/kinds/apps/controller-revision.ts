import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { ControllerRevision } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { NONE } from '../columns/text.ts';
import { defineKind } from '../define.ts';
import { validateImmutable, validateNonNegative } from '../validation/fields.ts';

/** `statefulset.apps/web`: the owner that controls it. */
function controller({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  if (!owner) return NONE;
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

/** Looked at in a create alone: an update cannot change it. */
function validateData(data: unknown): FieldError[] {
  if (data === undefined || data === null) return [fieldError.required('data', 'data is mandatory')];
  const isObject = typeof data === 'object' && !Array.isArray(data);
  return isObject ? [] : [fieldError.required('data', 'data must be a valid JSON object')];
}

export const controllerRevision = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  support: 'acted-on',
  columns: [
    nameColumn,
    column('Controller', 'Whose state it keeps.', controller),
    column<ControllerRevision>('Revision', 'Number of the revision.', ({ revision }) => revision ?? 0),
    ageColumn,
  ],
  strategy: {
    validate: ({ revision, data }, old) => [
      ...validateNonNegative(revision, 'revision'),
      ...(old ? [] : validateData(data)),
    ],
    validateUpdate: (next, old) => validateImmutable(next.data, old.data, 'data'),
  },
});
