import type { PersistentVolume } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { UNSET } from '../columns/text.ts';
import { accessModesText, storageClassOf } from '../columns/volumes.ts';
import { defineKind } from '../define.ts';
import { applyQuantityDefaults } from './pod-spec/container-defaults.ts';
import { validateVolume, validateVolumeUpdate, volumeWarnings } from './volume-validation.ts';

type PV = PersistentVolume;

export const persistentVolume = defineKind<PV>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  scope: 'Cluster',
  support: 'acted-on',
  returnDeletedObject: true,
  columns: [
    nameColumn,
    column<PV>('Capacity', 'How much it holds.', ({ spec }) => spec?.capacity?.storage ?? '0'),
    column<PV>('Access Modes', 'Ways it can be mounted.', ({ spec }) => accessModesText(spec?.accessModes)),
    column<PV>(
      'Reclaim Policy',
      'What happens to it once its claim is gone.',
      ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? '',
    ),
    column<PV>('Status', 'Phase of the volume.', ({ metadata, status }) =>
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
    ),
    column<PV>('Claim', 'Claim it is bound to.', ({ spec }) =>
      spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '',
    ),
    column<PV>('StorageClass', 'Class of the volume.', (volume) =>
      storageClassOf(volume, volume.spec?.storageClassName),
    ),
    column<PV>(
      'VolumeAttributesClass',
      'Attributes class of the volume.',
      ({ spec }) => spec?.volumeAttributesClassName ?? UNSET,
    ),
    column<PV>('Reason', 'Why it is in its phase.', ({ status }) => status?.reason ?? ''),
    ageColumn,
    column<PV>('VolumeMode', 'Filesystem or Block.', ({ spec }) => spec?.volumeMode ?? UNSET, { wide: true }),
  ],
  subresources: { status: true },
  strategy: {
    validate: validateVolume,
    validateUpdate: validateVolumeUpdate,
    prepareForCreate(volume, { now }) {
      volume.status = { phase: 'Pending', lastPhaseTransitionTime: now };
    },
    prepareForStatusUpdate({ status }, { status: old }, { now }) {
      const isSame = status?.lastPhaseTransitionTime === old?.lastPhaseTransitionTime;
      const isTold = status?.lastPhaseTransitionTime !== undefined && !isSame;
      if (!status) return;
      if (status.phase !== old?.phase) {
        if (!isTold) status.lastPhaseTransitionTime = now;
      } else if (old?.lastPhaseTransitionTime) status.lastPhaseTransitionTime ??= old.lastPhaseTransitionTime;
    },
    warnings: volumeWarnings,
    applyDefaults(volume) {
      volume.status ??= {};
      volume.status.phase ||= 'Pending';
      if (!volume.spec) return;
      applyQuantityDefaults(volume.spec.capacity);
      volume.spec.persistentVolumeReclaimPolicy ||= 'Retain';
      volume.spec.volumeMode ??= 'Filesystem';
      if (volume.spec.hostPath) volume.spec.hostPath.type ??= '';
    },
  },
});
