import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import { createScheduler, SCHEDULER_TIMER } from './scheduler.ts';
import type { TestCluster } from './testing/cluster.ts';
import { node, pod, requesting } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

const where = (cluster: TestCluster, name: string): string | undefined =>
  cluster.get<Pod>(`pods/default/${name}`)?.spec?.nodeName;
const scheduled = (cluster: TestCluster, name: string) =>
  cluster.get<Pod>(`pods/default/${name}`)?.status?.conditions?.find((condition) => condition.type === 'PodScheduled');

test('a pod is bound as the scheduler’s user would, and an event says where to', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('sim-1'));
    c.put('pods', pod('web-0'));
  });
  expect(where(cluster, 'web-0')).toBe('sim-1');
  expect(cluster.events()).toEqual(['Normal Scheduled Successfully assigned default/web-0 to sim-1']);
  expect(cluster.requests).toEqual([
    'POST /api/v1/namespaces/default/pods/web-0/binding',
    'POST /api/v1/namespaces/default/events',
  ]);
  const cause = cluster.entries.find((entry) => entry.cause.kind === 'controller')?.cause;
  expect(cause).toMatchObject({ kind: 'controller', name: 'scheduler', key: 'pods/default/web-0', saw: 2 });
});

test('pods with a node, of another scheduler, or being deleted are left alone', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n'));
    c.put('pods', pod('placed', { nodeName: 'elsewhere' }));
    c.put('pods', pod('foreign', { schedulerName: 'mine' }));
    const leaving = pod('leaving');
    leaving.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    c.put('pods', leaving);
  });
  expect(cluster.requests).toEqual([]);
});

test('a pod that fits nowhere says so once, and is tried again when a node can take it', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('small', {}, { cpu: '1', memory: '1Gi', pods: '110' }));
    c.put('pods', pod('big', requesting('2')));
  });
  const message = scheduled(cluster, 'big')?.message;
  expect(scheduled(cluster, 'big')).toMatchObject({ status: 'False', reason: 'Unschedulable' });
  expect(message).toMatch(/^0\/1 nodes are available: 1 Insufficient cpu\. /);
  expect(cluster.events()).toEqual([`Warning FailedScheduling ${message}`]);
  const quiet = cluster.requests.length;
  cluster.change<Node>('nodes//small', (n) => {
    n.metadata.labels = { ...n.metadata.labels, color: 'blue' };
  });
  await cluster.settle();
  expect(cluster.requests.length).toBe(quiet);
  cluster.put('nodes', node('large'));
  await cluster.settle();
  // Nothing else is to be tried: it does not wait for the end of its back-off.
  expect(where(cluster, 'big')).toBe('large');
});

test('room that a pod leaves is given to one that waits', async () => {
  const { cluster, ring } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '1Gi', pods: '110' }));
    c.put('pods', pod('first', { ...requesting('1'), nodeName: 'n' }));
    c.put('pods', pod('second', requesting('1')));
  });
  expect(where(cluster, 'second')).toBeUndefined();
  cluster.now += 60_000;
  cluster.remove('pods/default/first');
  await cluster.settle();
  expect(where(cluster, 'second')).toBe('n');
  cluster.put('pods', pod('third', requesting('1')));
  await cluster.settle();
  cluster.change<Pod>('pods/default/second', (p) => {
    p.status = { phase: 'Succeeded' };
  });
  await cluster.settle();
  await ring();
  expect(where(cluster, 'third')).toBe('n');
});

test('a gated pod waits until its gates are gone', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n'));
    c.put('pods', pod('gated', { schedulingGates: [{ name: 'wait' }] }));
  });
  expect(cluster.requests).toEqual([]);
  cluster.change<Pod>('pods/default/gated', (p) => {
    if (p.spec) p.spec.schedulingGates = [];
  });
  await cluster.settle();
  expect(where(cluster, 'gated')).toBe('n');
});

test('a binding that fails is taken back, reported, and tried again after its back-off', async () => {
  const { cluster, ring } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '1Gi', pods: '1' }));
    c.put('pods', pod('web', requesting('1')));
    c.fail = (r) => (r.path.endsWith('/binding') ? { code: 500, message: 'no luck' } : undefined);
  });
  expect(cluster.events()).toEqual(['Warning FailedScheduling running Bind plugin "DefaultBinder": no luck']);
  cluster.fail = () => undefined;
  await ring();
  expect(where(cluster, 'web')).toBe('n');
});

test('a decision counts before it is committed, so parallel bindings never over-commit', async () => {
  const { cluster } = await start((c) => {
    for (const name of ['a', 'b', 'c']) c.put('nodes', node(name, {}, { cpu: '2', memory: '4Gi', pods: '110' }));
    for (let i = 0; i < 10; i++) c.put('pods', pod(`p${i}`, requesting('1')));
  });
  const perNode = new Map<string, number>();
  for (const p of cluster.all<Pod>('pods/')) {
    if (p.spec?.nodeName) perNode.set(p.spec.nodeName, (perNode.get(p.spec.nodeName) ?? 0) + 1);
  }
  expect([...perNode.values()]).toEqual([2, 2, 2]);
});

test('higher priority goes first', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '4Gi', pods: '110' }));
    c.put('pods', pod('low', { ...requesting('1'), priority: 1 }));
    c.put('pods', pod('high', { ...requesting('1'), priority: 10 }));
  });
  expect(where(cluster, 'high')).toBe('n');
  expect(where(cluster, 'low')).toBeUndefined();
});

test('once simulated nodes are tainted, new pods go to the real one', async () => {
  const { cluster } = await start((c) => {
    const simulated = { taints: [{ key: 'islet.dev/simulated', effect: 'NoSchedule' }] };
    c.put('nodes', node('sim-0', simulated));
    c.put('nodes', node('sim-1', simulated));
    c.put('nodes', node('real', {}, { cpu: '1', memory: '2Gi', pods: '110' }));
    for (let i = 0; i < 5; i++) c.put('pods', pod(`p${i}`));
  });
  expect(new Set(cluster.all<Pod>('pods/').map((p) => p.spec?.nodeName))).toEqual(new Set(['real']));
});

test('a wake reads nothing, also while a pod fits nowhere, until something changes that may help it', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n'));
    c.put('pods', pod('web-0'));
  });
  const again = async (): Promise<number> => {
    cluster.forgetListeners();
    const before = cluster.lists;
    createScheduler(cluster.ports).wake();
    await cluster.settle();
    return cluster.lists - before;
  };
  expect(await again()).toBe(0);
  cluster.put('pods', pod('picky', { nodeSelector: { no: 'such' } }));
  await cluster.settle();
  expect(scheduled(cluster, 'picky')?.status).toBe('False');
  expect(await again()).toBe(0);
  cluster.put('services', { metadata: { name: 's', namespace: 'default' } });
  expect(await again()).toBe(0);
  cluster.put('nodes', { ...node('fits'), metadata: { name: 'fits', labels: { no: 'such' } } });
  await cluster.settle();
  expect(where(cluster, 'picky')).toBe('fits');

  cluster.put('pods', pod('pickier', { nodeSelector: { yes: 'such' } }));
  await cluster.settle();
  cluster.forgetListeners();
  cluster.put('nodes', { ...node('late'), metadata: { name: 'late', labels: { yes: 'such' } } });
  expect(await again()).toBeGreaterThan(0);
  expect(where(cluster, 'pickier')).toBe('late');
});

test('a pod that cannot be decided on says why, and holds up no other', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n'));
    const odd = { matchExpressions: [{ key: 'a', operator: 'Odd' }] };
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: odd };
    c.put('pods', pod('bad', { topologySpreadConstraints: [spread] }));
    c.put('pods', pod('good'));
  });
  expect(where(cluster, 'good')).toBe('n');
  expect(cluster.events()[0]).toContain('"Odd" is not a valid label selector operator');
});

test('a binding that fails gives its room to a pod that waits for it', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '1Gi', pods: '110' }));
    c.put('pods', pod('a', { ...requesting('1'), priority: 1 }));
    c.put('pods', pod('b', requesting('1')));
    c.fail = (r) => (r.path.endsWith('/a/binding') ? { code: 500, message: 'no luck' } : undefined);
  });
  expect(cluster.events()[0]).toContain('FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.');
  expect(where(cluster, 'b')).toBe('n');
});

test('a pod that is deleted while its binding is under way gives its room to a pod that waits for it', async () => {
  let answer: () => void = () => undefined;
  const binding = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { cluster, ring } = await start(
    (c) => {
      const { request } = c.ports;
      c.ports.request = async (ask) => {
        if (ask.path.endsWith('/a/binding')) await binding;
        return request(ask);
      };
      c.put('nodes', node('n', {}, { cpu: '1', memory: '1Gi', pods: '110' }));
      c.put('pods', pod('a', { ...requesting('1'), priority: 1 }));
      c.put('pods', pod('b', requesting('1')));
    },
    { wait: false },
  );
  expect(scheduled(cluster, 'b')?.reason).toBe('Unschedulable');
  cluster.change<Pod>('pods/default/a', ({ metadata }) => {
    metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    metadata.finalizers = ['example.com/stay'];
  });
  await cluster.settle();
  await ring();
  expect(where(cluster, 'b')).toBe('n');
  answer();
  await cluster.settle();
});

test('a pod that nothing has helped for five minutes is tried again, by a timer that exists only while one waits', async () => {
  const { cluster, ring } = await start((c) => {
    c.put('nodes', node('n', { taints: [{ key: 'a', effect: 'NoSchedule' }] }));
    c.put('pods', pod('p'));
  });
  const begun = cluster.now;
  expect(cluster.due.get(SCHEDULER_TIMER)).toBe(begun + 300_000);
  await ring();
  expect(cluster.due.get(SCHEDULER_TIMER)).toBe(begun + 600_000);
  expect(cluster.events()).toHaveLength(1);
  cluster.now += 60_000;
  cluster.change<Node>('nodes//n', ({ spec }) => {
    if (spec) spec.taints = [];
  });
  await cluster.settle();
  expect(where(cluster, 'p')).toBe('n');
  expect(cluster.due.size).toBe(0);
});

test('the timer that an earlier life has set is gone once no pod waits any more', async () => {
  const { cluster, wakeAgain } = await start((c) => {
    c.put('nodes', node('n'));
    c.put('pods', pod('picky', { nodeSelector: { no: 'such' } }));
  });
  expect(cluster.due.size).toBe(1);
  await wakeAgain();
  expect(cluster.due.size).toBe(1);
  cluster.remove('pods/default/picky');
  await cluster.settle();
  expect(cluster.due.size).toBe(0);
});

test('pods that wait for five minutes are tried together, not each at its own time', async () => {
  const { cluster, ring } = await start((c) => {
    c.put('nodes', node('n', { unschedulable: true }));
    c.put('pods', pod('first'));
  });
  const begun = cluster.now;
  cluster.now += 20_000;
  cluster.put('pods', pod('second'));
  await cluster.settle();
  await ring();
  expect(cluster.now).toBe(begun + 300_000);
  expect(cluster.due.get(SCHEDULER_TIMER)).toBe(begun + 600_000);
});

test('an object that cannot be taken keeps none of the changes beside it from helping the pods that wait', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '4Gi', pods: '110' }));
    c.put('pods', pod('first', { ...requesting('1'), nodeName: 'n' }));
    c.put('pods', pod('second', requesting('1')));
  });
  cluster.now += 60_000;
  cluster.remove('pods/default/first');
  cluster.put('pods', { ...pod('broken'), spec: { nodeName: 'n', containers: [null] } });
  await cluster.turn(20);
  expect(where(cluster, 'second')).toBe('n');
});
