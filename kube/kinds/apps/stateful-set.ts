import type { StatefulSet } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { containerColumns } from '../columns/containers.ts';
import { claimSpecWarnings } from '../core/claim-validation.ts';
import { applyClaimDefaults } from '../core/persistent-volume-claim.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { allTemplateWarnings, isNewGeneration } from '../core/pod-spec/warnings.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import {
  validateStatefulSet,
  validateStatefulSetStatusUpdate,
  validateStatefulSetUpdate,
} from './stateful-set-validation.ts';

function applyDefaults(statefulSet: StatefulSet): void {
  statefulSet.spec ??= {} as NonNullable<StatefulSet['spec']>;
  const { spec } = statefulSet;
  spec.template ??= {};
  spec.podManagementPolicy ||= 'OrderedReady';
  spec.updateStrategy ??= {};
  if (!spec.updateStrategy.type) {
    spec.updateStrategy.type = 'RollingUpdate';
    spec.updateStrategy.rollingUpdate ??= {};
  }
  if (spec.updateStrategy.rollingUpdate) spec.updateStrategy.rollingUpdate.partition ??= 0;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  applyPodTemplateDefaults(spec.template);
  for (const claim of spec.volumeClaimTemplates ?? []) {
    // Upstream's conversion sets both, whatever was given.
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
    applyClaimDefaults(claim);
  }
}

export const statefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  scope: 'Namespaced',
  nameRule: 'dns-label',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: true,
  columns: [
    nameColumn,
    column<StatefulSet>(
      'Ready',
      'How many pods are ready, of how many there should be.',
      ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    ),
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec?.template?.spec?.containers),
  ],
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  },
  strategy: {
    applyDefaults,
    prepareForCreate: withStatus({ replicas: 0, availableReplicas: 0 }),
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
    validateStatusUpdate: validateStatefulSetStatusUpdate,
    warnings: ({ metadata, spec }, old) => [
      ...(isNewGeneration({ metadata }, old) ? allTemplateWarnings(spec?.template) : []),
      ...(spec?.volumeClaimTemplates ?? []).flatMap(({ spec: claim }, index) =>
        claimSpecWarnings(claim, `spec.volumeClaimTemplates[${index}]${old ? '.Spec' : ''}`),
      ),
      ...((spec?.revisionHistoryLimit ?? 0) < 0
        ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
        : []),
    ],
  },
});
