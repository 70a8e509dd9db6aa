import type { PersistentVolumeClaim } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { UNSET } from '../columns/text.ts';
import { accessModesText, storageClassOf } from '../columns/volumes.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { claimSpecWarnings, storageClassWarnings, validateClaim, validateClaimUpdate } from './claim-validation.ts';

type PVC = PersistentVolumeClaim;

/** Of claims, and of the templates of them that StatefulSets have. */
export function applyClaimDefaults(claim: Pick<PVC, 'spec' | 'status'>): void {
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
  if (claim.spec) claim.spec.volumeMode ??= 'Filesystem';
}

export const persistentVolumeClaim = defineKind<PVC>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  scope: 'Namespaced',
  support: 'stored',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<PVC>('Status', 'Phase of the claim.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column<PVC>('Volume', 'Volume it is bound to.', ({ spec }) => spec?.volumeName ?? ''),
    column<PVC>('Capacity', 'How much that volume holds.', ({ spec, status }) =>
      spec?.volumeName ? (status?.capacity?.storage ?? '0') : '',
    ),
    column<PVC>('Access Modes', 'Ways that volume can be mounted.', ({ spec, status }) =>
      spec?.volumeName ? accessModesText(status?.accessModes) : '',
    ),
    column<PVC>('StorageClass', 'Class of the claim.', (claim) => storageClassOf(claim, claim.spec?.storageClassName)),
    column<PVC>(
      'VolumeAttributesClass',
      'Attributes class of the claim.',
      ({ spec }) => spec?.volumeAttributesClassName ?? UNSET,
    ),
    ageColumn,
    column<PVC>('VolumeMode', 'Filesystem or Block.', ({ spec }) => spec?.volumeMode ?? UNSET, { wide: true }),
  ],
  subresources: { status: true },
  strategy: {
    applyDefaults: applyClaimDefaults,
    prepareForCreate: withStatus({ phase: 'Pending' }),
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
    warnings: ({ metadata, spec }) => [...storageClassWarnings(metadata), ...claimSpecWarnings(spec, 'spec')],
  },
});
