import type { StatefulSet } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { containerColumns } from '../columns/containers.ts';
import { defineKind } from '../define.ts';

export const statefulSet = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  scope: 'Namespaced',
  nameRule: 'dns-label',
  support: 'stored',
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
});
