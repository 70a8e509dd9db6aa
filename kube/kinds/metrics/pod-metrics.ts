import { defineKind } from '../define.ts';
import { measuredColumns } from './columns.ts';
import type { PodMetrics } from './types.ts';

export const podMetrics = defineKind<PodMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  scope: 'Namespaced',
  verbs: ['get', 'list'],
  support: 'acted-on',
  columns: measuredColumns<PodMetrics>(({ containers }) => (containers ?? []).map(({ usage }) => usage ?? {})),
});
