import { expect, test } from 'vitest';
import { anObject, created } from '../../testing/strategy.ts';
import type { HorizontalPodAutoscalerV1 } from '../../types.ts';
import { horizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler-v1.ts';

test('an autoscaler that names no metric goes by CPU', () => {
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } };
  const made = created(horizontalPodAutoscalerV1, anObject(horizontalPodAutoscalerV1, { spec }));
  expect(made.spec).toMatchObject({ minReplicas: 1, targetCPUUtilizationPercentage: 80 });
  expect(made.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 });
});

test('annotations that tell a status are no way to write one', () => {
  const spec = { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } };
  const status = { currentReplicas: 1, desiredReplicas: 1, currentCPUUtilizationPercentage: 5 };
  const given = anObject(horizontalPodAutoscalerV1, { spec, status }) as HorizontalPodAutoscalerV1;
  const name = 'autoscaling.alpha.kubernetes.io/current-metrics';
  const own = { [name]: '[]', 'example.com/a': 'b' };
  const made = created(horizontalPodAutoscalerV1, { ...given, metadata: { name: 'x', annotations: own } });
  expect(made.metadata.annotations).toEqual({ 'example.com/a': 'b' });
  const next = structuredClone(made) as HorizontalPodAutoscalerV1;
  const old = structuredClone(next);
  Object.assign(old.metadata, { annotations: { [name]: '[1]' } });
  Object.assign(next.metadata, { annotations: { [name]: '[2]' } });
  horizontalPodAutoscalerV1.strategy.prepareForUpdate?.(next, old);
  expect(next.metadata.annotations).toEqual({ [name]: '[1]' });
});
