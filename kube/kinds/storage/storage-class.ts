import type { StorageClass } from '../../types.ts';
import { ageColumn, column } from '../columns/column.ts';
import { classNameColumn } from '../columns/default-class.ts';
import { defineKind } from '../define.ts';

export const storageClass = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  scope: 'Cluster',
  support: 'stored',
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
    applyDefaults(storageClass) {
      storageClass.reclaimPolicy ??= 'Delete';
      storageClass.volumeBindingMode ??= 'Immediate';
    },
  },
});
