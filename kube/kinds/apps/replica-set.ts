import type { ReplicaSet } from '../../types.ts';
import { ageColumn, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';

function applyDefaults({ spec }: ReplicaSet): void {
  if (!spec) return;
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
  strategy: { applyDefaults, prepareForCreate: withStatus({ replicas: 0 }) },
});
