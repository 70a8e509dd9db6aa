import { expect, test } from 'vitest';
import type { KubeObject } from '../machinery/object.ts';
import { KindRegistry } from './registry.ts';

const registry = new KindRegistry();

test.each<[string, string, string, KubeObject, object]>([
  [
    'events.k8s.io',
    'v1',
    'Event',
    {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      regarding: { kind: 'Pod', name: 'web' },
      note: 'hello',
      reportingController: 'me',
      deprecatedCount: 2,
    },
    {
      apiVersion: 'v1',
      involvedObject: { kind: 'Pod', name: 'web' },
      message: 'hello',
      reportingComponent: 'me',
      count: 2,
    },
  ],
  [
    'autoscaling',
    'v1',
    'HorizontalPodAutoscaler',
    {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', namespace: 'default' },
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' }, targetCPUUtilizationPercentage: 30 },
    },
    {
      apiVersion: 'autoscaling/v2',
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 30 } } },
        ],
      },
    },
  ],
])('a %s/%s %s is kept in another form and comes back the same', (group, version, kind, object, stored) => {
  const storedAs = registry.findKind(`${group}/${version}`, kind)?.conversion;
  const kept = storedAs?.toStored(object);
  expect(kept).toMatchObject(stored);
  expect(kept && storedAs?.fromStored(kept)).toEqual(object);
});

test('fields of an autoscaler that v1 lacks survive the way through v1', () => {
  const storedAs = registry.findKind('autoscaling/v1', 'HorizontalPodAutoscaler')?.conversion;
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 9 } },
  };
  const policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];
  const behavior = {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies },
    scaleDown: { selectPolicy: 'Min', policies },
  };
  const stored: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h', annotations: { mine: 'x' } },
    spec: { maxReplicas: 3, metrics: [memory], behavior },
  };
  const v1 = storedAs?.fromStored(stored);
  expect(v1?.metadata.annotations).toMatchObject({ mine: 'x' });
  expect(v1 && storedAs?.toStored(v1)).toEqual(stored);
});
