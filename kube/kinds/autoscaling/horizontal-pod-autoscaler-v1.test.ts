import { expect, test } from 'vitest';
import { anObject, created } from '../../testing/strategy.ts';
import { horizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler-v1.ts';

test('an autoscaler that names no metric goes by CPU', () => {
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } };
  const made = created(horizontalPodAutoscalerV1, anObject(horizontalPodAutoscalerV1, { spec }));
  expect(made.spec).toMatchObject({ minReplicas: 1, targetCPUUtilizationPercentage: 80 });
  expect(made.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 });
});
