import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, PODS } from '../testing/objects.ts';

test('metrics tell the objects of each resource once, and the size of the storage, to administrators', async () => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('a'));
  await create(MAPS, configMap('b'));
  await create(DEPLOYMENTS, deployment('web'));
  const { status, headers, text } = await call('GET /metrics');
  expect([status, headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  ]);
  const lines = text.split('\n');
  expect(lines).toContain('# TYPE apiserver_resource_objects gauge');
  expect(lines).toContain('apiserver_resource_objects{group="",resource="configmaps"} 3');
  expect(lines).toContain('apiserver_resource_objects{group="apps",resource="deployments"} 1');
  expect(lines).toContain('apiserver_resource_objects{group="",resource="pods"} 0');
  expect(lines).toContain('apiserver_storage_objects{resource="deployments.apps"} 1');
  expect(lines).toContain(`apiserver_storage_size_bytes{storage_cluster_id="islet"} ${store.use.used}`);
  // Events have two groups and autoscalers two versions; reviews are not kept.
  for (const [resource, count] of [
    ['events', 2],
    ['horizontalpodautoscalers', 1],
    ['tokenreviews', 0],
  ] as const) {
    expect(lines.filter((line) => line.includes(`resource="${resource}"}`))).toHaveLength(count);
  }
  const JANE = { name: 'jane', groups: ['system:authenticated'] };
  expect((await call('GET /metrics', { user: JANE })).status).toBe(403);
});

test('requests and limits of pods that have not ended are told with their units', async () => {
  const { call, create } = await testApi();
  const containers = [
    {
      name: 'a',
      image: 'a',
      resources: { requests: { cpu: '100m', memory: '10Mi' }, limits: { cpu: '1', 'x.io/gpu': '2' } },
    },
  ];
  await create(PODS, { metadata: { name: 'p' }, spec: { containers, priorityClassName: 'system-node-critical' } });
  const { text } = await call('GET /metrics/resources');
  const labels = (resource: string, unit: string) =>
    `namespace="default",node="",pod="p",priority="2000001000",resource="${resource}",scheduler="default-scheduler",unit="${unit}"`;
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    `kube_pod_resource_limit{${labels('cpu', 'cores')}} 1`,
    `kube_pod_resource_limit{${labels('x.io/gpu', '')}} 2`,
    `kube_pod_resource_request{${labels('cpu', 'cores')}} 0.1`,
    `kube_pod_resource_request{${labels('memory', 'bytes')}} 1.048576e+07`,
    `kube_pod_resource_request{${labels('x.io/gpu', '')}} 2`,
    '',
  ]);
});

const PROTOBUF = 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';

test.each([
  [`${PROTOBUF};q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4`, true],
  [`text/plain;version=0.0.4;q=0.4, ${PROTOBUF};q=0.3`, false],
  ['application/openmetrics-text;version=1.0.0,text/plain;q=0.1', false],
  ['application/vnd.google.protobuf', false],
  ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text', false],
  ['text/html', false],
])('metrics asked for as %s are protobuf: %s', async (accept, isProtobuf) => {
  const { call } = await testApi();
  const { headers, text } = await call('GET /metrics', { headers: { accept } });
  if (!isProtobuf) return expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
  expect(headers['content-type']).toBe(
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores',
  );
  expect(text).not.toContain('# HELP');
  expect(text).toContain('apiserver_storage_size_bytes');
});
