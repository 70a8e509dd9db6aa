import { fieldError } from '../../machinery/field-error.ts';
import type { PersistentVolume } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { UNSET } from '../columns/text.ts';
import { accessModesText, storageClassOf } from '../columns/volumes.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateEnum } from '../validation/fields.ts';
import { termWarnings } from '../validation/node-labels.ts';
import { storageClassWarnings, validateAccessModes } from './claim-validation.ts';
import { removedSources } from './pod-spec/volume-warnings.ts';

type PV = PersistentVolume;

const REMOVED = ['cephfs', 'photonPersistentDisk', 'scaleIO', 'storageos', 'glusterfs', 'rbd'];
const MOUNT_OPTIONS = 'volume.beta.kubernetes.io/mount-options';
const RECYCLE =
  'The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

/** `pkg/api/persistentvolume/util.go` */
function warnings({ metadata, spec = {} }: PV): string[] {
  const mountOptions = metadata.annotations?.[MOUNT_OPTIONS] !== undefined;
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...storageClassWarnings(metadata),
    ...(mountOptions
      ? [`metadata.annotations[${MOUNT_OPTIONS}]: deprecated since v1.31; use "mountOptions" attribute instead`]
      : []),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`] : []),
    ...terms.flatMap((term, index) =>
      termWarnings(term, false, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`),
    ),
    ...removedSources(spec, REMOVED, 'spec'),
  ];
}

export const persistentVolume = defineKind<PV>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  scope: 'Cluster',
  support: 'stored',
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
    validate({ spec }) {
      const errors = validateAccessModes(spec?.accessModes, 'spec.accessModes', '');
      if (Object.keys(spec?.capacity ?? {}).length === 0) errors.push(fieldError.required('spec.capacity'));
      if (!spec?.capacity?.storage) {
        errors.push(fieldError.notSupported('spec.capacity', spec?.capacity ?? null, ['storage']));
      }
      const policies = ['Delete', 'Recycle', 'Retain'];
      const at = 'spec.persistentVolumeReclaimPolicy';
      return [...errors, ...validateEnum(spec?.persistentVolumeReclaimPolicy, policies, at)];
    },
    prepareForCreate: withStatus({ phase: 'Pending' }),
    warnings,
    applyDefaults(volume) {
      volume.status ??= {};
      volume.status.phase ||= 'Pending';
      if (!volume.spec) return;
      volume.spec.persistentVolumeReclaimPolicy ||= 'Retain';
      volume.spec.volumeMode ??= 'Filesystem';
      if (volume.spec.hostPath) volume.spec.hostPath.type ??= '';
    },
  },
});
