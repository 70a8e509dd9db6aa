import type { ComponentStatus } from '../../types.ts';
import { column, nameColumn } from '../columns/column.ts';
import { defineKind } from '../define.ts';

const healthy = (status: ComponentStatus) => status.conditions?.find(({ type }) => type === 'Healthy');

export const componentStatus = defineKind<ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  shortNames: ['cs'],
  scope: 'Cluster',
  verbs: ['get', 'list'],
  support: 'stored',
  deprecationWarning: 'v1 ComponentStatus is deprecated in v1.19+',
  columns: [
    nameColumn,
    column<ComponentStatus>('Status', 'Whether the component is healthy.', (status) => {
      const condition = healthy(status);
      if (!condition) return 'Unknown';
      return condition.status === 'True' ? 'Healthy' : 'Unhealthy';
    }),
    column<ComponentStatus>('Message', 'What the component says.', (status) => healthy(status)?.message ?? ''),
    column<ComponentStatus>('Error', 'What is wrong with it.', (status) => healthy(status)?.error ?? ''),
  ],
});
