import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { createScheduler, SCHEDULER_TIMER } from '../../scheduler/scheduler.ts';
import { TestCluster } from '../../scheduler/testing/cluster.ts';
import { node, pod, requesting } from '../../scheduler/testing/objects.ts';
import { createSimulatedNodes, SIMULATED_TIMER } from './index.ts';

const NODES = 3;

type Step =
  | { do: 'create'; cpu: number }
  | { do: 'delete'; which: number }
  | { do: 'evict' }
  | { do: 'run'; turns: number };

/** A binding is under way at the eviction, and the next life hears of another pod. */
const EVICTED_AT_WORK: Step[] = [
  { do: 'create', cpu: 1 },
  { do: 'run', turns: 12 },
  { do: 'evict' },
  { do: 'create', cpu: 1 },
  { do: 'run', turns: 4 },
];

/** Scheduler and simulated nodes of one life of the object. */
function live(cluster: TestCluster): (due: { id: string }) => void {
  cluster.forgetListeners();
  const scheduler = createScheduler(cluster.ports);
  const simulated = createSimulatedNodes({ ...cluster.ports, nodes: () => NODES, made() {} });
  scheduler.wake();
  simulated.wake();
  return ({ id }) => {
    if (id === SCHEDULER_TIMER) scheduler.alarm();
    if (id === SIMULATED_TIMER) simulated.alarm();
  };
}

test('evicted at any moment, every pod ends up running where it fits, with an address of its own', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('create' as const), cpu: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ do: fc.constant('delete' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('evict' as const) }),
    fc.record({ do: fc.constant('run' as const), turns: fc.integer({ min: 1, max: 12 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const cluster = new TestCluster();
      let ring = live(cluster);
      let made = 0;
      for (const one of steps) {
        if (one.do === 'create') cluster.put('pods', pod(`p${made++}`, requesting(`${one.cpu}`)));
        else if (one.do === 'evict') ring = live(cluster);
        else if (one.do === 'run') await cluster.turn(one.turns);
        else remove(cluster, one.which);
      }
      ring = live(cluster);
      for (let i = 0; i < 20; i++) {
        await cluster.settle();
        cluster.now += 30_000;
        for (const due of cluster.takeTimers()) ring(due);
      }
      check(cluster);
    }),
    { numRuns: 100, examples: [[EVICTED_AT_WORK]] },
  );
});

/** As the API server deletes: at once where no node has it, else by asking the node. */
function remove(cluster: TestCluster, which: number): void {
  const pods = cluster.all<Pod>('pods/');
  const chosen = pods[which % Math.max(1, pods.length)];
  if (!chosen) return;
  const key = `pods/default/${chosen.metadata.name}`;
  if (!chosen.spec?.nodeName) cluster.remove(key);
  else {
    cluster.change<Pod>(key, (p) => {
      p.metadata.deletionTimestamp ??= new Date(cluster.now + 30_000).toISOString();
      p.metadata.deletionGracePeriodSeconds ??= 30;
    });
  }
}

function check(cluster: TestCluster): void {
  const pods = cluster.all<Pod>('pods/');
  const used = new Map<string, number>();
  const free = (name: string): number => 32 - (used.get(name) ?? 0);
  const cpu = (p: Pod): number => Number(p.spec?.containers[0]?.resources?.requests?.cpu);
  const placed = pods.filter((p) => p.spec?.nodeName);
  for (const p of placed) {
    const name = p.spec?.nodeName ?? '';
    used.set(name, (used.get(name) ?? 0) + cpu(p));
    expect(free(name)).toBeGreaterThanOrEqual(0);
    expect(p.status?.phase).toBe('Running');
    expect(p.metadata.deletionTimestamp).toBeUndefined();
  }
  expect(new Set(placed.map((p) => p.status?.podIP)).size).toBe(placed.length);
  for (const p of pods.filter((one) => !one.spec?.nodeName)) {
    for (const name of ['sim-0', 'sim-1', 'sim-2']) expect(free(name)).toBeLessThan(cpu(p));
  }
  const deletions = cluster.entries.filter((e) => e.change === 'delete' && e.key.startsWith('pods/'));
  expect(new Set(deletions.map((e) => e.key)).size).toBe(deletions.length);
}

test('a pod that was turned not ready before the object died is ready again', async () => {
  const cluster = new TestCluster();
  live(cluster);
  cluster.put('pods', { ...pod('p', { nodeName: 'sim-0' }) });
  await cluster.settle();
  const ready = () => cluster.get<Pod>('pods/default/p')?.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready()?.status).toBe('True');
  cluster.forgetListeners();
  cluster.change<Pod>('pods/default/p', ({ status }) => {
    for (const condition of status?.conditions ?? []) if (condition.type === 'Ready') condition.status = 'False';
  });
  live(cluster);
  await cluster.settle();
  expect(ready()?.status).toBe('True');
});

test('a node whose range another has comes without, and its pods run once it is given one, in a later life too', async () => {
  const cluster = new TestCluster();
  cluster.put('nodes', node('other', { podCIDR: '10.245.0.0/24' }));
  const begin = async () => {
    cluster.forgetListeners();
    createSimulatedNodes({ ...cluster.ports, nodes: () => 1, made() {} }).wake();
    await cluster.settle();
  };
  await begin();
  cluster.put('pods', pod('p', { nodeName: 'sim-0' }));
  await cluster.settle();
  await begin();
  expect(cluster.get<Node>('nodes//sim-0')?.spec?.podCIDR).toBeUndefined();
  cluster.change<Node>('nodes//sim-0', (node) => {
    node.spec = { ...node.spec, podCIDR: '10.244.0.0/24' };
  });
  await cluster.settle();
  expect(cluster.get<Pod>('pods/default/p')?.status?.phase).toBe('Running');
});

test('a pod that was to be evicted and went by itself leaves the next one of its name alone', async () => {
  const cluster = new TestCluster();
  const ring = live(cluster);
  await cluster.settle();
  const victim = () => cluster.put('pods', pod('victim', { ...requesting('10m'), nodeName: 'sim-0', priority: -1 }));
  victim();
  for (let i = 0; i < 50; i++) cluster.put('pods', pod(`p${i}`, { ...requesting('10m'), nodeName: 'sim-0' }));
  await cluster.settle();
  cluster.change<Node>('nodes//sim-0', ({ metadata }) => {
    metadata.annotations = { 'islet.dev/simulated-memory-pressure': 'true' };
  });
  await cluster.settle();
  cluster.now += 15_000;
  const relabel = (i: number) =>
    cluster.change<Pod>(`pods/default/p${i}`, ({ metadata }) => {
      metadata.labels = { changed: 'yes' };
    });
  for (let i = 0; i < 50; i++) relabel(i);
  for (const due of cluster.takeTimers()) ring(due);
  await cluster.turn(1);
  cluster.remove('pods/default/victim');
  victim();
  await cluster.settle();
  expect(cluster.get<Pod>('pods/default/victim')?.status?.phase).toBe('Running');
});
