import { STRING_MAP } from '../../machinery/equality.ts';
import { fieldError } from '../../machinery/field-error.ts';
import type { StorageClass } from '../../types.ts';
import { ageColumn, column } from '../columns/column.ts';
import { classNameColumn } from '../columns/default-class.ts';
import { defineKind } from '../define.ts';
import { validateEnum, validateImmutable } from '../validation/fields.ts';
import { labelWarning } from '../validation/node-labels.ts';

export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  support: 'stored',
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
    validate: ({ provisioner, reclaimPolicy, volumeBindingMode }) => [
      ...(provisioner ? [] : [fieldError.required('provisioner')]),
      ...validateEnum(reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy'),
      ...validateEnum(volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'),
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
