/** What an autoscaler remembers of its recommendations and rescales. */
import { expect, test } from 'vitest';
import { HPAS, MERGE, MINUTE, NAMESPACE, Scaled } from './scaled.ts';

const pods = (value: number, periodSeconds: number) => ({ policies: [{ type: 'Pods', value, periodSeconds }] });

test('a rescale counts for its whole period, though nothing changes for a while', async () => {
  const scaleDown = { stabilizationWindowSeconds: 0, ...pods(1, 600) };
  const web = await Scaled.start(4, { behavior: { scaleDown } });
  await web.load('50m');
  await web.cluster.advance(2 * MINUTE);
  await web.load('37m');
  await web.cluster.advance(16_000);
  expect(await web.replicas()).toBe(3);
  await web.load('50m');
  await web.cluster.advance(2 * MINUTE);
  await web.load('5m');
  await web.cluster.advance(2 * MINUTE);
  expect(await web.replicas()).toBe(3);
  await web.cluster.advance(8 * MINUTE);
  expect(await web.replicas()).toBe(2);
}, 60_000);

test('a clock that is set back does not stop it', async () => {
  const web = await Scaled.start(2);
  await web.load('50m');
  await web.cluster.advance(16_000);
  web.cluster.setBack(4 * MINUTE);
  await web.load('100m');
  await web.cluster.advance(2 * MINUTE);
  expect(await web.replicas()).toBe(4);
}, 60_000);

test('what it recommended before its metrics were lost does not count for longer than its window', async () => {
  const web = await Scaled.start(4);
  await web.load('50m');
  await web.cluster.advance(MINUTE);
  const of = (cpu: string) => ({
    spec: {
      metrics: [{ type: 'Resource', resource: { name: cpu, target: { type: 'Utilization', averageUtilization: 50 } } }],
    },
  });
  await web.cluster.must(`PATCH ${HPAS}/web`, of('memory'), MERGE);
  await web.cluster.advance(10 * MINUTE);
  expect(await web.conditions()).toContain('ScalingActive=False FailedGetResourceMetric');
  await web.load('10m');
  await web.cluster.must(`PATCH ${HPAS}/web`, of('cpu'), MERGE);
  await web.cluster.advance(20_000);
  expect(await web.replicas()).toBe(1);
}, 60_000);

test('a custom resource of no replicas is looked at again when it has some', async () => {
  const web = await Scaled.start(1);
  const { cluster } = web;
  await cluster.must('POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'gadgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', kind: 'Gadget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          subresources: { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
        },
      ],
    },
  });
  await cluster.advance(MINUTE);
  const gadgets = `/apis/example.com/v1/${NAMESPACE}/gadgets`;
  await cluster.must(`POST ${gadgets}`, {
    apiVersion: 'example.com/v1',
    kind: 'Gadget',
    metadata: { name: 'g' },
    spec: { replicas: 0 },
  });
  await cluster.must(`POST ${HPAS}`, {
    metadata: { name: 'g' },
    spec: {
      scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Gadget', name: 'g' },
      minReplicas: 3,
      maxReplicas: 9,
    },
  });
  await cluster.advance(5 * MINUTE);
  await cluster.must(`PATCH ${gadgets}/g`, { spec: { replicas: 1 } }, MERGE);
  await cluster.advance(MINUTE);
  expect(await cluster.must(`GET ${gadgets}/g`)).toMatchObject({ spec: { replicas: 3 } });
}, 60_000);

test('a rescale counts though the status could not be written', async () => {
  const web = await Scaled.start(2, { behavior: { scaleUp: pods(1, 600) } });
  await web.load('50m');
  await web.cluster.advance(MINUTE);
  await web.cluster.must('POST /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', {
    metadata: { name: 'no-status' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['autoscaling'],
            apiVersions: ['*'],
            operations: ['UPDATE'],
            resources: ['horizontalpodautoscalers/status'],
          },
        ],
      },
      validations: [{ expression: 'false' }],
    },
  });
  await web.cluster.must('POST /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', {
    metadata: { name: 'no-status' },
    spec: { policyName: 'no-status', validationActions: ['Deny'] },
  });
  await web.cluster.advance(MINUTE);
  await web.load('500m');
  await web.cluster.advance(2 * MINUTE);
  expect(await web.replicas()).toBe(3);
}, 60_000);
