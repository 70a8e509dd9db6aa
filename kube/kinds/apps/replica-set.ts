import { schemaOf } from '../../machinery/schema/resolve.ts';
import type { ReplicaSet } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { workloadWarnings } from '../core/pod-spec/warnings.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateImmutable, validateNonNegative } from '../validation/fields.ts';
import { validateCounts, validateReplicated } from '../validation/workloads.ts';

function applyDefaults(replicaSet: ReplicaSet): void {
  replicaSet.spec ??= {} as NonNullable<ReplicaSet['spec']>;
  const { spec } = replicaSet;
  spec.template ??= {};
  spec.replicas ??= 1;
  applyPodTemplateDefaults(spec.template);
}

export const replicaSet = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  generation: true,
  columns: [
    nameColumn,
    countColumn<ReplicaSet>('Desired', 'How many pods there should be.', ({ spec }) => spec?.replicas),
    countColumn<ReplicaSet>('Current', 'How many pods there are.', ({ status }) => status?.replicas),
    countColumn<ReplicaSet>('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas),
    ageColumn,
    ...containerColumns<ReplicaSet>(({ spec }) => spec?.template?.spec?.containers),
    selectorColumn<ReplicaSet>(({ spec }) => spec?.selector),
  ],
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  },
  strategy: {
    applyDefaults,
    prepareForCreate: withStatus({ replicas: 0 }),
    validate: ({ spec }) => [
      ...validateNonNegative(spec?.replicas, 'spec.replicas'),
      ...validateNonNegative(spec?.minReadySeconds, 'spec.minReadySeconds'),
      ...validateReplicated(spec ?? {}, 'spec'),
    ],
    validateUpdate: (next, old) =>
      validateImmutable(
        next.spec?.selector,
        old.spec?.selector,
        'spec.selector',
        schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector'),
      ),
    validateStatusUpdate: ({ status }) =>
      validateCounts(
        status,
        ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
        ['observedGeneration', 'terminatingReplicas'],
      ),
    warnings: workloadWarnings,
  },
});
