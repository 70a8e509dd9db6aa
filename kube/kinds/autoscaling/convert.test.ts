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
  expect(status).toEqual({ desiredReplicas: 0, currentMetrics: null });
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

test('metrics that v1 has no field for are in kube-apiserver’s annotations, and come back from there', () => {
  const service = { kind: 'Service', name: 's', apiVersion: 'v1' };
  const selector = { matchLabels: { a: 'b' } };
  const average = (averageValue: string) => ({ type: 'AverageValue', averageValue });
  const given = autoscaler([
    { type: 'Resource', resource: { name: 'memory', target: average('1Gi') } },
    utilization('memory'),
    {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 60 } },
    },
    { type: 'Pods', pods: { metric: { name: 'm', selector }, target: average('5') } },
    {
      type: 'Object',
      object: { describedObject: service, metric: { name: 'o' }, target: { type: 'Value', value: '7' } },
    },
    { type: 'Object', object: { describedObject: service, metric: { name: 'o' }, target: average('3') } },
    { type: 'External', external: { metric: { name: 'e', selector }, target: { type: 'Value', value: '8' } } },
    { type: 'External', external: { metric: { name: 'e' }, target: average('9') } },
    utilization('cpu'),
  ]);
  const policies = [{ type: 'Pods', value: 4, periodSeconds: 15 }];
  const scaleUp = { stabilizationWindowSeconds: 0, policies };
  Object.assign(given.spec ?? {}, { behavior: { scaleUp } });
  given.status = {
    desiredReplicas: 1,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '10m' } } },
      { type: 'Object', object: { describedObject: service, metric: { name: 'o' }, current: { value: '7' } } },
    ],
  } as HorizontalPodAutoscaler['status'];
  const v1 = hpaFromV2(given);
  const target = '{"kind":"Service","name":"s","apiVersion":"v1"}';
  expect(v1.metadata.annotations).toEqual({
    [`${PREFIX}metrics`]: `[${[
      '{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}}',
      '{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":50}}',
      '{"type":"ContainerResource","containerResource":{"name":"cpu","targetAverageUtilization":60,"container":"c"}}',
      '{"type":"Pods","pods":{"metricName":"m","targetAverageValue":"5","selector":{"matchLabels":{"a":"b"}}}}',
      `{"type":"Object","object":{"target":${target},"metricName":"o","targetValue":"7"}}`,
      `{"type":"Object","object":{"target":${target},"metricName":"o","targetValue":"0","averageValue":"3"}}`,
      '{"type":"External","external":{"metricName":"e","metricSelector":{"matchLabels":{"a":"b"}},"targetValue":"8"}}',
      '{"type":"External","external":{"metricName":"e","targetAverageValue":"9"}}',
    ].join(',')}]`,
    [`${PREFIX}behavior`]:
      '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":null,"Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}',
    [`${PREFIX}current-metrics`]: `[${[
      '{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":50,"currentAverageValue":"10m"}}',
      `{"type":"Object","object":{"target":${target},"metricName":"o","currentValue":"7"}}`,
    ].join(',')}]`,
  });
  const back = hpaToV2(v1) as HorizontalPodAutoscaler;
  // A behaviour that says something of one direction has defaults for the other.
  const scaleDown = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
  const behavior = { scaleUp: { ...scaleUp, selectPolicy: 'Max' }, scaleDown };
  expect([back.spec, back.status]).toEqual([{ ...given.spec, behavior }, given.status]);
});

test('an annotation that a conversion makes is there before managers are counted', () => {
  const reported = {
    ...hpaFromV2(autoscaler([utilization('cpu')])),
    status: { currentReplicas: 1, desiredReplicas: 2, currentCPUUtilizationPercentage: 5 },
  } as HorizontalPodAutoscalerV1;
  horizontalPodAutoscalerV1.strategy.applyDefaults?.(reported);
  expect(Object.keys(reported.metadata.annotations ?? {})).toEqual([`${PREFIX}current-metrics`]);
  expect(reported.status?.currentCPUUtilizationPercentage).toBe(5);
});

test('the CPU utilization that a status of v1 says is a metric of v2', () => {
  const status = { currentReplicas: 1, desiredReplicas: 1, currentCPUUtilizationPercentage: 5 };
  const v1 = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, status };
  const v2 = hpaToV2(v1 as HorizontalPodAutoscalerV1);
  expect(hpaFromV2(v2).metadata.annotations).toEqual({
    [`${PREFIX}current-metrics`]:
      '[{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":5,"currentAverageValue":"0"}}]',
  });
});

test('the names of fields in an annotation may be in any case, and a metric that says nothing is one without a type', () => {
  const read = (name: string, text: string) =>
    hpaToV2({
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a', annotations: { [PREFIX + name]: text } },
      spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
    } as HorizontalPodAutoscalerV1).spec;
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 1 }];
  expect(read('behavior', '{"scaleup":{"POLICIES":[{"Type":"Pods","value":1,"periodseconds":1}]}}')).toMatchObject({
    behavior: { scaleUp: { policies } },
  });
  const labelled = '{"type":"Pods","pods":{"METRICNAME":"m","selector":{"matchlabels":{"TYPE":"x"}}}}';
  expect(read('metrics', `[${labelled}]`)).toMatchObject({
    metrics: [{ pods: { metric: { name: 'm', selector: { matchLabels: { TYPE: 'x' } } } } }],
  });
  expect(read('metrics', '[null]')).toMatchObject({ metrics: [{ type: '' }] });
});
