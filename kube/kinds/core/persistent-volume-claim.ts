import type { PersistentVolumeClaim } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { UNSET } from '../columns/text.ts';
import { accessModesText, storageClassOf } from '../columns/volumes.ts';
import { defineKind } from '../define.ts';
import { validateClaimStatusUpdate } from './claim-status.ts';
import { claimSpecWarnings, storageClassWarnings, validateClaim, validateClaimUpdate } from './claim-validation.ts';
import { applyQuantityDefaults, applyResourceDefaults } from './pod-spec/container-defaults.ts';

type PVC = PersistentVolumeClaim;

/** The defaults of claims, and of the templates of them that StatefulSets have. */
export function applyClaimDefaults(claim: Pick<PVC, 'spec' | 'status'>): void {
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
  applyQuantityDefaults(claim.status.capacity);
  applyQuantityDefaults(claim.status.allocatedResources);
  if (!claim.spec) return;
  claim.spec.volumeMode ??= 'Filesystem';
  applyResourceDefaults(claim.spec.resources);
}

const CLAIM = 'PersistentVolumeClaim';

/** Sources of other namespaces have a gate, CrossNamespaceVolumeDataSource, that is off. */
function dropForeignSource({ spec }: PVC): void {
  if (spec?.dataSourceRef?.namespace) delete spec.dataSourceRef;
}

/**
 * Of `dataSource` and `dataSourceRef`, the one that is set fills the other (KEP-1495,
 * `pkg/api/persistentvolumeclaim/util.go`). The older one takes claims and snapshots alone where it stands alone, but for a
 * claim that has a source already.
 */
function joinDataSources({ spec }: PVC, old?: PVC): void {
  if (!spec) return;
  const isInUse = old?.spec?.dataSource !== undefined || old?.spec?.dataSourceRef !== undefined;
  if (!isInUse && !spec.dataSourceRef && !isClaimOrSnapshot(spec.dataSource)) delete spec.dataSource;
  const { dataSource, dataSourceRef } = spec;
  if (dataSource) spec.dataSourceRef ??= { ...dataSource };
  else if (dataSourceRef && !dataSourceRef.namespace) {
    const { namespace: _, ...source } = dataSourceRef;
    spec.dataSource = source;
  }
}

function isClaimOrSnapshot(source: NonNullable<PVC['spec']>['dataSource']): boolean {
  const { kind, apiGroup } = source ?? {};
  return (kind === CLAIM && !apiGroup) || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io');
}

export const persistentVolumeClaim = defineKind<PVC>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  scope: 'Namespaced',
  support: 'acted-on',
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
    prepareForCreate(claim) {
      claim.status = { phase: 'Pending' };
      dropForeignSource(claim);
      joinDataSources(claim);
    },
    prepareForUpdate(claim, old) {
      if (!old.spec?.dataSourceRef) dropForeignSource(claim);
      joinDataSources(claim, old);
    },
    validate: validateClaim,
    validateUpdate: validateClaimUpdate,
    validateStatusUpdate: validateClaimStatusUpdate,
    warnings: ({ metadata, spec }) => [...storageClassWarnings(metadata), ...claimSpecWarnings(spec, 'spec')],
  },
});
