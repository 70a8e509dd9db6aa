import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { podGarbageCollector } from './pod-garbage-collector.ts';
import { Harness } from './runtime/testing/harness.ts';

const pod = (name: string, phase: string, creationTimestamp?: string, reason?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...(creationTimestamp ? { creationTimestamp } : {}) },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase, ...(reason ? { reason } : {}) },
});
const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

async function start(): Promise<Harness> {
  const harness = new Harness([podGarbageCollector]);
  await harness.api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  await harness.api.apply('nodes', NODE);
  return harness;
}

async function advance(harness: Harness, ms: number): Promise<void> {
  await harness.until(harness.time.now() + ms);
}

const read = ({ api }: Harness, name = 'p') => api.read<Pod>('pods', 'default', name);

test('pods of a node that is gone are collected after 40 seconds, evictions in between or not', async () => {
  const harness = await start();
  const { api } = harness;
  await api.apply('pods', pod('p', 'Running'));
  await api.apply('pods', { ...pod('elsewhere', 'Running'), spec: { nodeName: 'n2', containers: [] } });
  await harness.settle(60_000);
  expect(read(harness, 'elsewhere')).toBeUndefined();
  await api.remove('nodes', '', 'n1');
  await advance(harness, 39_000);
  harness.kill();
  await advance(harness, 900);
  expect(read(harness)).toBeDefined();
  await advance(harness, 3_000);
  expect(read(harness)).toBeUndefined();
  const { status } = JSON.parse(api.entries.findLast(({ change }) => change === 'delete')?.text ?? '{}') as Pod;
  expect(status).toMatchObject({
    phase: 'Failed',
    conditions: [{ type: 'DisruptionTarget', reason: 'DeletionByPodGC', observedGeneration: 1 }],
  });
  expect(harness.timers.rows.size).toBe(0);
});

test('pods of a node that comes back in time stay', async () => {
  const harness = await start();
  const { api } = harness;
  await api.apply('pods', pod('p', 'Running'));
  await harness.settle();
  await api.remove('nodes', '', 'n1');
  await advance(harness, 10_000);
  await api.apply('nodes', NODE);
  await advance(harness, 600_000);
  expect(read(harness)).toMatchObject({ status: { phase: 'Running' } });
  expect(harness.timers.rows.size).toBe(0);
});

test('a pod that is being deleted and has no kubelet to end it has failed', async () => {
  const harness = await start();
  const { api } = harness;
  const held = (name: string, nodeName?: string) => ({
    ...pod(name, 'Pending'),
    metadata: { name, namespace: 'default', finalizers: ['example.com/held'] },
    spec: { containers: [], ...(nodeName ? { nodeName } : {}) },
  });
  for (const [name, node] of [['unbound'], ['bound', 'n1']] as const) await api.apply('pods', held(name, node));
  await api.remove('pods', 'default', 'unbound');
  await api.remove('pods', 'default', 'bound');
  await harness.settle(60_000);
  expect(read(harness, 'unbound')?.status).toEqual({ phase: 'Failed', observedGeneration: 1 });
  expect(read(harness, 'bound')?.status).toEqual({ phase: 'Pending' });

  await api.patch('nodes', '', 'n1', {
    spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] },
  });
  await harness.settle(60_000);
  expect(read(harness, 'bound')?.status).toEqual({ phase: 'Failed', observedGeneration: 1 });
  expect(harness.errors).toEqual([]);
});

test('of more than 12,500 pods that have ended the oldest go, and none that runs', async () => {
  const harness = await start();
  const { api } = harness;
  // The API in memory counts slowly.
  api.count = (prefix) => (prefix === 'pods/' ? api.current.size - 2 : 0);
  const born = (second: number) => new Date(Date.UTC(2025, 0, 1) + second * 1000).toISOString();
  for (let index = 0; index < 12_500; index++) await api.apply('pods', pod(`done-${index}`, 'Succeeded', born(index)));
  await api.apply('pods', pod('runs', 'Running', born(0)));
  await harness.settle();
  const left = () => [...api.current.keys()].filter((key) => key.startsWith('pods/'));
  expect(left()).toHaveLength(12_501);
  await api.apply('pods', pod('failed', 'Failed', born(20_000)));
  await harness.settle();
  expect(left()).toHaveLength(12_501);
  expect(api.read('pods', 'default', 'done-0')).toBeUndefined();
  await api.apply('pods', pod('evicted', 'Failed', born(30_000), 'Evicted'));
  await harness.settle();
  expect(api.read('pods', 'default', 'evicted')).toBeUndefined();
  expect(api.read('pods', 'default', 'done-1')).toBeDefined();
  expect(api.read('pods', 'default', 'runs')).toBeDefined();
});
