import type { ReplicationController } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns } from '../columns/containers.ts';
import { formatLabels } from '../columns/text.ts';
import { defineKind } from '../define.ts';

type RC = ReplicationController;

export const replicationController = defineKind<RC>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'stored',
  columns: [
    nameColumn,
    countColumn<RC>('Desired', 'How many pods there should be.', ({ spec }) => spec?.replicas),
    countColumn<RC>('Current', 'How many pods there are.', ({ status }) => status?.replicas),
    countColumn<RC>('Ready', 'How many of them are ready.', ({ status }) => status?.readyReplicas),
    ageColumn,
    ...containerColumns<RC>(({ spec }) => spec?.template?.spec?.containers),
    column<RC>('Selector', 'Which pods belong to it.', ({ spec }) => formatLabels(spec?.selector), { wide: true }),
  ],
  subresources: {
    status: true,
    scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  },
  selectableFields: { 'status.replicas': (controller) => String(controller.status?.replicas ?? 0) },
});
