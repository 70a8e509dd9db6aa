import type { KubeObject } from '../../machinery/object.ts';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../../types.ts';
import { defineKind } from '../define.ts';
import { validateNoneNegative } from '../validation/workloads.ts';
import { allMetrics, FIELD_ANNOTATIONS, hpaFromV2, hpaToV2, keepStatusAnnotations } from './convert.ts';
import { DEFAULT_CPU_UTILIZATION } from './defaults.ts';
import { hpaColumns } from './horizontal-pod-autoscaler.ts';
import { validateHPA } from './validation.ts';

export const horizontalPodAutoscalerV1 = defineKind<HorizontalPodAutoscalerV1>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  fieldAnnotations: FIELD_ANNOTATIONS,
  columns: hpaColumns.map((column) => ({
    ...column,
    cell: (object: KubeObject, now: number) => column.cell(hpaToV2(object), now),
  })),
  subresources: { status: true },
  strategy: {
    validateStatusUpdate: ({ status }) => validateNoneNegative(status, ['currentReplicas', 'desiredReplicas']),
    validate: (autoscaler, old) =>
      validateHPA(hpaToV2(autoscaler) as HorizontalPodAutoscaler, old && (hpaToV2(old) as HorizontalPodAutoscaler)),
    applyDefaults(autoscaler) {
      const { spec } = autoscaler;
      if (!spec) return;
      spec.minReplicas ??= 1;
      if (!allMetrics(autoscaler)) spec.targetCPUUtilizationPercentage = DEFAULT_CPU_UTILIZATION;
      // Managers own the annotations that upstream's conversions make of the fields that they sent.
      Object.assign(autoscaler, hpaFromV2(hpaToV2(autoscaler)));
    },
    prepareForCreate(autoscaler) {
      keepStatusAnnotations(autoscaler);
      autoscaler.status = { currentReplicas: 0, desiredReplicas: 0 };
    },
    prepareForUpdate: keepStatusAnnotations,
  },
  storedAs: {
    resource: 'horizontalpodautoscalers.autoscaling',
    apiVersion: 'autoscaling/v2',
    toStored: hpaToV2,
    fromStored: (stored) => hpaFromV2(stored) as HorizontalPodAutoscalerV1,
  },
});
