import { expect, test } from 'vitest';
import { createErrors } from '../../testing/strategy.ts';
import type { HorizontalPodAutoscaler } from '../../types.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;

const errors = (spec: object): string[] =>
  createErrors(horizontalPodAutoscaler, {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'a', namespace: 'default' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      ...spec,
    } as Spec,
  });

const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } };

test('a metric has the source that its type names, and no other', () => {
  expect(errors({ metrics: [{ type: 'Resource', resource: cpu }] })).toEqual([]);
  expect(errors({ metrics: [{ type: 'Pods', resource: cpu }] })).toEqual([
    'spec.metrics[0].pods: Required value: must populate information for the given metric source',
  ]);
  const unsupported = expect.stringContaining('Unsupported value: "__proto__"');
  expect(errors({ metrics: [{ type: '__proto__', resource: cpu }] })).toEqual([unsupported, unsupported]);
  const both = { type: 'Resource', resource: cpu, containerResource: { ...cpu, container: 'c' } };
  expect(errors({ metrics: [both] })).toEqual([
    'spec.metrics[0].containerResource: Forbidden: must populate the given metric source only',
  ]);
});

test('a target has a type and one value, which is positive', () => {
  const metric = (target: object) => ({ metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] });
  expect(errors(metric({}))).toEqual([
    'spec.metrics[0].resource.target.type: Required value: must specify a metric target type',
    'spec.metrics[0].resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
    'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
  ]);
  expect(errors(metric({ type: 'Utilization', averageUtilization: 0, averageValue: '0' }))).toEqual([
    'spec.metrics[0].resource.target.averageValue: Invalid value: "0": must be positive',
    'spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0',
    'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
  ]);
});

test('rules of scaling stay within their bounds', () => {
  const policies = [{ type: 'x', value: 0, periodSeconds: 1801 }];
  expect(errors({ behavior: { scaleUp: { stabilizationWindowSeconds: 3601, policies } } })).toEqual([
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    'spec.behavior.scaleUp.policies[0].type: Unsupported value: "x": supported values: "Percent", "Pods"',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800',
  ]);
});
