import { defineKind } from '../define.ts';
import { hpaFromV2, hpaToV2 } from './convert.ts';
import { hpaColumns } from './horizontal-pod-autoscaler.ts';

export const horizontalPodAutoscalerV1 = defineKind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'stored',
  columns: hpaColumns.map((column) => ({ ...column, cell: (object, now) => column.cell(hpaToV2(object), now) })),
  subresources: { status: true },
  storedAs: {
    resource: 'horizontalpodautoscalers.autoscaling',
    apiVersion: 'autoscaling/v2',
    toStored: hpaToV2,
    fromStored: hpaFromV2,
  },
});
