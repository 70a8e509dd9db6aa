import { defineKind } from '../define.ts';
import { measuredColumns } from './columns.ts';
import type { NodeMetrics } from './types.ts';

export const nodeMetrics = defineKind<NodeMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  scope: 'Cluster',
  verbs: ['get', 'list'],
  support: 'acted-on',
  columns: measuredColumns<NodeMetrics>(({ usage }) => [usage ?? {}]),
});
