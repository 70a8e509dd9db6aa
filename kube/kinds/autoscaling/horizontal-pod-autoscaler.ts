import type { HorizontalPodAutoscaler } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { UNSET } from '../columns/text.ts';
import { type Column, defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateNoneNegative } from '../validation/workloads.ts';
import { applyHPADefaults } from './defaults.ts';
import { metricsText } from './metrics-text.ts';
import { validateHPA } from './validation.ts';

type HPA = HorizontalPodAutoscaler;

const AS_TEXT = { type: 'string' } as const;

export const hpaColumns: readonly Column[] = [
  nameColumn,
  column<HPA>(
    'Reference',
    'What is scaled.',
    ({ spec }) => `${spec?.scaleTargetRef?.kind}/${spec?.scaleTargetRef?.name}`,
  ),
  column('Targets', 'Metrics, as they are and as they should be.', metricsText),
  column<HPA>('MinPods', 'At least so many pods.', ({ spec }) => String(spec?.minReplicas ?? UNSET)),
  countColumn<HPA>('MaxPods', 'At most so many pods.', ({ spec }) => spec?.maxReplicas, AS_TEXT),
  countColumn<HPA>('Replicas', 'How many pods there are.', ({ status }) => status?.currentReplicas, AS_TEXT),
  ageColumn,
];

export const horizontalPodAutoscaler = defineKind<HPA>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  columns: hpaColumns,
  subresources: { status: true },
  strategy: {
    validate: validateHPA,
    validateStatusUpdate: ({ status }) => validateNoneNegative(status, ['currentReplicas', 'desiredReplicas']),
    applyDefaults: applyHPADefaults,
    prepareForStatusUpdate({ status }) {
      // A list that is stored empty is read as none.
      if (status && !status.currentMetrics?.length) (status as Record<string, unknown>).currentMetrics = null;
    },
    prepareForCreate: withStatus({ desiredReplicas: 0, currentMetrics: null }),
  },
});
