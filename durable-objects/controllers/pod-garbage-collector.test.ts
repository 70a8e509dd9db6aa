import { expect, test } from 'vitest';
import { podGarbageCollector } from './pod-garbage-collector.ts';
import { Harness } from './runtime/testing/harness.ts';

const pod = (name: string, phase: string, creationTimestamp?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...(creationTimestamp ? { creationTimestamp } : {}) },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase },
});

async function start(): Promise<Harness> {
  const harness = new Harness([podGarbageCollector]);
  await harness.api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  await harness.api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  return harness;
}

test('pods of a node that is gone are collected, at once when they are not young', async () => {
  const harness = await start();
  const { api, time } = harness;
  await api.apply('pods', pod('p', 'Running'));
  await harness.settle();
  time.advance(60_000);
  await api.remove('nodes', '', 'n1');
  await harness.settle();
  expect(api.read('pods', 'default', 'p')).toBeUndefined();
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
  expect(api.read('pods', 'default', 'runs')).toBeDefined();
});
