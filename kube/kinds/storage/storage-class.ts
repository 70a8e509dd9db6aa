import { STRING_MAP } from '../../machinery/equality.ts';
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import type { StorageClass } from '../../types.ts';
import { ageColumn, column } from '../columns/column.ts';
import { classNameColumn } from '../columns/default-class.ts';
import { defineKind } from '../define.ts';
import { validateEnum, validateImmutable } from '../validation/fields.ts';
import { validateLabelName } from '../validation/labels.ts';
import { labelWarning } from '../validation/node-labels.ts';
import { repeated } from '../validation/repeated.ts';
import { validateParameters, validateProvisioner } from './parameters.ts';

/** Duplicates that are told of: upstream tells of each pair of terms, which are too many to list. */
const MAX_DUPLICATES = 200;
/** Terms that are named once, however often the others were. */
const MAX_NAMED = 500;

/** `validateAllowedTopologies` */
function validateTopologies(topologies: StorageClass['allowedTopologies'] = []): FieldError[] {
  // Upstream compares with as many empty terms as there are terms, too.
  const seen = new Map([['[]', topologies.length]]);
  let duplicates = 0;
  return topologies.flatMap(({ matchLabelExpressions = [] }, index) => {
    const field = `allowedTopologies[${index}].matchLabelExpressions`;
    const keys = repeated(matchLabelExpressions.map(({ key }) => key));
    const errors = matchLabelExpressions.flatMap(({ key = '', values = [] }, which) => {
      const at = `${field}[${which}]`;
      return [
        ...(values.length > 0 ? [] : [fieldError.required(`${at}.values`)]),
        ...Array.from(repeated(values), (position) =>
          fieldError.duplicate(`${at}.values[${position}]`, values[position]),
        ),
        ...validateLabelName(key, `${at}.key`),
        ...(keys.has(which) ? [fieldError.duplicate(`${at}.key`, key)] : []),
      ];
    });
    const print = JSON.stringify(
      matchLabelExpressions.map(({ key, values }) => [key, [...new Set(values)].sort()]).sort(),
    );
    const before = seen.get(print) ?? 0;
    seen.set(print, before + 1);
    for (let i = 0; i < before && (i === 0 ? index < MAX_NAMED : duplicates < MAX_DUPLICATES); i++, duplicates++) {
      errors.push(fieldError.duplicate(field, ''));
    }
    return errors;
  });
}

export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: [
    classNameColumn('storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'),
    column<StorageClass>('Provisioner', 'Who makes the volumes.', ({ provisioner }) => provisioner ?? ''),
    column<StorageClass>(
      'ReclaimPolicy',
      'What happens to a volume once its claim is gone.',
      ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    ),
    column<StorageClass>(
      'VolumeBindingMode',
      'When claims are bound.',
      ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    ),
    column<StorageClass>(
      'AllowVolumeExpansion',
      'Whether volumes may grow.',
      ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    ),
    ageColumn,
  ],
  strategy: {
    validate: ({ provisioner, parameters, reclaimPolicy, volumeBindingMode, allowedTopologies }) => [
      ...validateProvisioner(provisioner, 'provisioner'),
      ...validateParameters(parameters),
      ...(reclaimPolicy ? validateEnum(reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy') : []),
      ...validateEnum(volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'),
      ...validateTopologies(allowedTopologies),
    ],
    validateUpdate: (next, old) =>
      (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const).flatMap((name) =>
        validateImmutable(next[name], old[name], name, name === 'parameters' ? STRING_MAP : undefined),
      ),
    warnings: ({ allowedTopologies }) =>
      (allowedTopologies ?? []).flatMap(({ matchLabelExpressions }, index) =>
        (matchLabelExpressions ?? []).flatMap(({ key }, which) => {
          const field = `allowedTopologies[${index}].matchLabelExpressions[${which}].key`;
          return labelWarning(key, (deprecation) => `${field}: ${deprecation}`);
        }),
      ),
    applyDefaults(storageClass) {
      storageClass.reclaimPolicy ??= 'Delete';
      storageClass.volumeBindingMode ??= 'Immediate';
    },
  },
});
