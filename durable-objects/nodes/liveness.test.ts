import { expect, test } from 'vitest';
import type { Node } from '../../kube/types.ts';
import { node } from '../scheduler/testing/objects.ts';
import { monitored } from '../testing/monitored-nodes.ts';
import { LIVENESS_TIMERS } from './liveness.ts';

test('a node whose agent does not come back within the grace period is Unknown, in upstream’s words', async () => {
  const { liveness, connect, disconnect, pass, ready, cluster } = monitored();
  connect();
  liveness.wake();
  disconnect();
  await pass(49);
  expect(ready()?.status).toBe('True');
  await pass(1);
  expect(ready()).toEqual({
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastHeartbeatTime: '2026-01-01T00:00:00Z',
    lastTransitionTime: '2026-01-01T00:00:50Z',
  });
  const others = cluster.get<Node>('nodes//worker-1')?.status?.conditions?.slice(1);
  expect(others?.map((c) => `${c.type} ${c.status} ${c.reason}`)).toEqual([
    'MemoryPressure Unknown NodeStatusNeverUpdated',
    'DiskPressure Unknown NodeStatusNeverUpdated',
    'PIDPressure Unknown NodeStatusNeverUpdated',
  ]);
});

test('a reconnect in time changes nothing', async () => {
  const { liveness, connect, disconnect, pass, heard, ready, cluster } = monitored();
  connect();
  liveness.wake();
  disconnect();
  await pass(40);
  connect();
  for (let i = 0; i < 5; i++) {
    heard.set('worker-1', cluster.now);
    await pass(30);
  }
  expect(ready()?.status).toBe('True');
  expect(cluster.requests).toEqual([]);
});

test('a socket that stays open but silent is found by the sweep, which runs once a minute', async () => {
  const { liveness, connect, pass, ready, cluster } = monitored();
  connect();
  liveness.wake();
  const timers = () => [...cluster.due.keys()];
  expect(timers()).toEqual([`${LIVENESS_TIMERS}sweep`]);
  await pass(59);
  expect(ready()?.status).toBe('True');
  await pass(1);
  expect(ready()?.status).toBe('Unknown');
});

test('with no agent connected nothing ticks', async () => {
  const { liveness, connect, disconnect, pass, cluster } = monitored();
  liveness.wake();
  connect();
  disconnect();
  await pass(120);
  expect(cluster.due.size).toBe(0);
});

test('a node that went while the object slept is found after a wake; simulated nodes are left alone', async () => {
  const { liveness, pass, ready, cluster } = monitored();
  cluster.now += 3_600_000;
  liveness.wake();
  await pass(50);
  expect(ready()?.status).toBe('Unknown');
  expect(cluster.requests).toEqual(['PATCH /api/v1/nodes/worker-1/status']);
});

test('an object that wakes again and again does not put off the end of the grace period', async () => {
  const { liveness, connect, disconnect, pass, ready } = monitored();
  connect();
  liveness.wake();
  disconnect();
  for (let i = 0; i < 4; i++) {
    await pass(13);
    liveness.wake();
  }
  expect(ready()?.status).toBe('Unknown');
});

test('a node that was created and never reported has the start-up grace period, however often the object wakes', async () => {
  const { liveness, pass, cluster } = monitored();
  liveness.wake();
  const never = node('never');
  never.metadata.creationTimestamp = '2026-01-01T00:00:10Z' as never;
  never.status = {};
  await pass(10);
  cluster.put('nodes', never);
  const conditions = () => cluster.get<Node>('nodes//never')?.status?.conditions?.map((c) => `${c.type} ${c.reason}`);
  await pass(5);
  liveness.wake();
  await pass(54);
  expect(conditions()).toBeUndefined();
  await pass(1);
  expect(conditions()).toEqual([
    'Ready NodeStatusNeverUpdated',
    'MemoryPressure NodeStatusNeverUpdated',
    'DiskPressure NodeStatusNeverUpdated',
    'PIDPressure NodeStatusNeverUpdated',
  ]);
});

test('a kubelet without a socket that comes back and goes again is found again', async () => {
  const { liveness, pass, ready, cluster } = monitored();
  liveness.wake();
  await pass(60);
  expect(ready()?.status).toBe('Unknown');
  cluster.change<Node>('nodes//worker-1', ({ status }) => {
    const condition = status?.conditions?.find(({ type }) => type === 'Ready');
    if (condition) Object.assign(condition, { status: 'True', lastHeartbeatTime: new Date(cluster.now).toISOString() });
  });
  await pass(49);
  expect(ready()?.status).toBe('True');
  await pass(1);
  expect(ready()?.status).toBe('Unknown');
});

test('the sweep looks at every page of nodes', async () => {
  const { liveness, connect, pass, ready, cluster } = monitored();
  for (let i = 0; i < 600; i++) cluster.put('nodes', node(`sim-${i}`, { labels: { 'islet.dev/simulated': 'true' } }));
  connect();
  liveness.wake();
  await pass(60);
  expect(ready()?.status).toBe('Unknown');
});

test('a kubelet that renews its Lease without a socket is alive', async () => {
  const { liveness, pass, ready, cluster, renew } = monitored();
  liveness.wake();
  for (let i = 0; i < 10; i++) {
    renew(cluster.now);
    await pass(20);
  }
  expect(ready()?.status).toBe('True');
  await pass(60);
  expect(ready()?.status).toBe('Unknown');
});

test('a write that is refused is tried ever later, until it is done', async () => {
  const { liveness, connect, disconnect, pass, ready, cluster } = monitored();
  connect();
  liveness.wake();
  cluster.fail = ({ method }) => (method === 'PATCH' ? { code: 507, message: 'full' } : undefined);
  disconnect();
  await pass(24 * 3600);
  const tries = cluster.requests.filter((line) => line.endsWith('/nodes/worker-1/status')).length;
  expect(tries).toBeGreaterThan(90);
  expect(tries).toBeLessThan(110);
  cluster.fail = () => undefined;
  await pass(15 * 60);
  expect(ready()?.status).toBe('Unknown');
  expect(cluster.due.size).toBe(0);
});
