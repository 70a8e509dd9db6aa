import { expect, test } from 'vitest';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { NodeReport } from '../../../kube/usage/usage.ts';
import { START, type TestApi, testApi } from '../testing/harness.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const REPORT: NodeReport = {
  at: START - 1000,
  window: 10_000,
  node: { cpu: 1_500_000_000, memory: 4 * 1024 ** 3 },
  pods: new Map([['u-real', [{ name: 'app', cpu: 20_000_001, memory: 50 * 1024 ** 2 }]]]),
};

async function withPods(): Promise<TestApi & { asked: string[][] }> {
  const asked: string[][] = [];
  const usage = {
    ask: async (nodes: Iterable<string>) => {
      asked.push([...nodes]);
      return new Map(asked.at(-1)?.includes('real') ? [['real', REPORT] as const] : []);
    },
  };
  const api = await testApi({ usage });
  const put = async (key: string, object: object): Promise<void> => {
    await api.store.commit({
      key,
      expect: 'any',
      apply: () => ({ text: JSON.stringify(object) }),
      cause: { kind: 'system', at: 0, why: 'test' },
    });
  };
  await put(keyOf('nodes', '', 'sim-0'), { metadata: { name: 'sim-0', labels: { 'islet.dev/simulated': 'true' } } });
  await put(keyOf('nodes', '', 'real'), { metadata: { name: 'real' } });
  await put(keyOf('nodes', '', 'lost'), { metadata: { name: 'lost' } });
  const pod = (name: string, nodeName: string | undefined, annotations = {}, phase = 'Running') =>
    put(keyOf('pods', 'default', name), {
      metadata: { name, namespace: 'default', uid: `u-${name}`, labels: { app: name }, annotations },
      spec: { nodeName, containers: [{ name: 'app' }] },
      status: { phase, containerStatuses: [{ name: 'app', state: { running: {} } }] },
    });
  await pod('busy', 'sim-0', { 'islet.dev/simulated-cpu': '250m', 'islet.dev/simulated-memory': '64Mi' });
  await pod('idle', 'sim-0');
  await pod('done', 'sim-0', {}, 'Succeeded');
  await pod('real', 'real');
  await pod('lost', 'lost');
  await pod('waits', undefined, {}, 'Pending');
  return { ...api, asked };
}

interface Listed {
  items: { metadata: { name: string }; containers: object[]; usage: object; window: string; timestamp: string }[];
}

test('pods are told of as their annotations say, or their node’s agent', async () => {
  const { call, asked } = await withPods();
  const { body } = await call<Listed>(`GET ${METRICS}/pods`);
  expect(asked).toEqual([['lost', 'real']]);
  expect(body).toMatchObject({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1' });
  expect(body.items.map(({ metadata, containers, window }) => [metadata.name, window, ...containers])).toEqual([
    ['busy', '15s', { name: 'app', usage: { cpu: '250m', memory: '64Mi' } }],
    ['idle', '15s', { name: 'app', usage: { cpu: '1m', memory: '8Mi' } }],
    ['real', '10s', { name: 'app', usage: { cpu: '20000001n', memory: '50Mi' } }],
  ]);
  const selected = await call<Listed>(`GET ${METRICS}/namespaces/default/pods?labelSelector=app%3Dreal`);
  expect(selected.body.items.map(({ metadata }) => metadata.name)).toEqual(['real']);
  const one = await call(`GET ${METRICS}/namespaces/default/pods/busy`);
  expect(one.body).toMatchObject({ kind: 'PodMetrics', timestamp: '2026-01-02T03:04:00Z' });
  const named = await call<Listed>(`GET ${METRICS}/pods?fieldSelector=metadata.name%3Didle`);
  expect(named.body.items.map(({ metadata }) => metadata.name)).toEqual(['idle']);
});

test('nodes use what their pods do, or what their agent says; one that does not answer is not there', async () => {
  const { call } = await withPods();
  const { body } = await call<Listed>(`GET ${METRICS}/nodes`);
  expect(body.items.map(({ metadata, usage }) => [metadata.name, usage])).toEqual([
    ['real', { cpu: '1500m', memory: '4Gi' }],
    ['sim-0', { cpu: '301m', memory: '328Mi' }],
  ]);
});

test('metrics of a pod or node that is not measured are not found, in metrics-server’s words', async () => {
  const { call } = await withPods();
  for (const name of ['waits', 'nobody', 'lost']) {
    const { status, body } = await call(`GET ${METRICS}/namespaces/default/pods/${name}`);
    expect([status, body.message]).toEqual([404, `podmetrics.metrics.k8s.io "default/${name}" not found`]);
  }
  expect((await call(`GET ${METRICS}/nodes/lost`)).body.message).toBe('nodemetrics.metrics.k8s.io "lost" not found');
});

test('pod metrics are printed as a table, and can only be read', async () => {
  const { call } = await withPods();
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const { body } = await call<{ columnDefinitions: { name: string }[]; rows: { cells: string[] }[] }>(
    `GET ${METRICS}/pods`,
    { headers: { accept } },
  );
  expect(body.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'cpu', 'memory', 'Window']);
  expect(body.rows[0]?.cells).toEqual(['busy', '250m', '64Mi', '15s']);
  expect((await call(`POST ${METRICS}/namespaces/default/pods`, { body: {} })).status).toBe(405);
  expect((await call(`GET ${METRICS}/pods?watch=1`)).status).toBe(405);
});

test('only the nodes of pods that are asked for are', async () => {
  const { call, asked } = await withPods();
  const named = async (selector: string) => {
    const { body } = await call<Listed>(`GET ${METRICS}/namespaces/default/pods?labelSelector=${selector}`);
    return body.items.map(({ metadata }) => metadata.name);
  };
  expect(await named('app%3Dbusy')).toEqual(['busy']);
  expect(asked.flat()).toEqual([]);
  expect(await named('app%20in%20(real,idle)')).toEqual(['idle', 'real']);
  expect(asked.flat()).toEqual(['real']);
});
