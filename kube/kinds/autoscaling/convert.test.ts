import { expect, test } from 'vitest';
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerV1 } from '../../types.ts';
import { hpaFromV2, hpaToV2 } from './convert.ts';
import { horizontalPodAutoscalerV1 } from './horizontal-pod-autoscaler-v1.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';

test.each([
  ['metrics', '5'],
  ['metrics', '{}'],
  ['metrics', '[]'],
  ['metrics', '[{"type":5}]'],
  ['metrics', 'x'],
  ['behavior', '5'],
  ['behavior', '{"scaleUp":5}'],
  ['current-metrics', '5'],
  ['conditions', '[1]'],
])('the annotation %s of %s holds nothing that is kept', (name, text) => {
  const autoscaler: HorizontalPodAutoscalerV1 = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a', annotations: { [PREFIX + name]: text } },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
  horizontalPodAutoscalerV1.strategy.applyDefaults?.(autoscaler);
  const { spec, status } = hpaToV2(autoscaler);
  const target = { type: 'Utilization', averageUtilization: 80 };
  expect(spec).toEqual({
    maxReplicas: 3,
    minReplicas: 1,
    scaleTargetRef: { kind: 'Deployment', name: 'd' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  });
  expect(status).toEqual({ desiredReplicas: 0 });
});

const utilization = (name: string) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization: 50 } },
});

const autoscaler = (metrics: object[], annotations: Record<string, string> = {}) =>
  ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a', annotations },
    spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd' }, metrics },
  }) as HorizontalPodAutoscaler;

test('metrics come back from v1 with the one of v1’s own field at the end', () => {
  const [memory, cpu] = [utilization('memory'), utilization('cpu')];
  expect(hpaToV2(hpaFromV2(autoscaler([cpu, memory]))).spec).toMatchObject({ metrics: [memory, cpu] });
});

test('annotations of that name which no conversion wrote are dropped', () => {
  const stray = {
    [`${PREFIX}metrics`]: JSON.stringify([utilization('memory')]),
    [`${PREFIX}behavior`]: '{}',
    own: 'x',
  };
  expect(hpaFromV2(autoscaler([utilization('cpu')], stray)).metadata.annotations).toEqual({ own: 'x' });
});
