import { expect, test } from 'vitest';
import type { Node, Pod } from '../../../kube/types.ts';
import { TestCluster } from '../../scheduler/testing/cluster.ts';
import { pod } from '../../scheduler/testing/objects.ts';
import { createSimulatedNodes, EXIT_AFTER, EXIT_CODE, READY, SIMULATED_TIMER } from './index.ts';

async function start(fill: (cluster: TestCluster) => void = () => {}, nodes = { count: 3 }) {
  const cluster = new TestCluster();
  fill(cluster);
  const made = () => {
    nodes.count = 0;
  };
  const wake = async () => {
    const simulated = createSimulatedNodes({ ...cluster.ports, nodes: () => nodes.count, made });
    simulated.wake();
    await cluster.settle();
    await simulated.idle();
    return simulated;
  };
  let simulated = await wake();
  return {
    cluster,
    async evict() {
      cluster.forgetListeners();
      simulated = await wake();
    },
    /** Lets the next timer ring, and returns the seconds that took. */
    async ring(): Promise<number> {
      const due = cluster.due.get(SIMULATED_TIMER) ?? cluster.now;
      const seconds = (due - cluster.now) / 1000;
      cluster.now = due;
      cluster.due.delete(SIMULATED_TIMER);
      simulated.alarm();
      await cluster.settle();
      return seconds;
    },
  };
}

const bound = (name: string, spec: Partial<Pod['spec']> = {}, annotations: Record<string, string> = {}): Pod => {
  const made = pod(name, { nodeName: 'sim-0', restartPolicy: 'Always', ...spec });
  made.metadata.annotations = annotations;
  return made;
};
const get = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`);
const statusWrites = (cluster: TestCluster) =>
  cluster.requests.filter((r) => r.endsWith('/status') && r.startsWith('PUT'));

test('a bound pod is running after one status write, with kubelet’s events', async () => {
  const { cluster } = await start((c) =>
    c.put('pods', bound('web-0', { initContainers: [{ name: 'setup', image: 'i' }] })),
  );
  expect(statusWrites(cluster)).toEqual(['PUT /api/v1/namespaces/default/pods/web-0/status']);
  const { status } = get(cluster, 'web-0') ?? {};
  expect(status).toMatchObject({
    phase: 'Running',
    hostIP: '10.64.0.1',
    podIP: '10.245.0.2',
    startTime: '2026-01-01T00:00:00Z',
    initContainerStatuses: [{ ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    containerStatuses: [{ name: 'c', ready: true, started: true, restartCount: 0 }],
  });
  expect(status?.conditions?.map((c) => `${c.type}=${c.status}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ]);
  expect(cluster.events().slice(3)).toEqual([
    'Normal Pulled Container image "nginx" already present on machine and can be accessed by the pod',
    'Normal Created Container created',
    'Normal Started Container started',
  ]);
  expect(cluster.due.size).toBe(0);
});

test('a pod that is steered not to be ready is not, with probes and without', async () => {
  const probed = { containers: [{ name: 'c', image: 'i', readinessProbe: {}, livenessProbe: {}, startupProbe: {} }] };
  const { cluster } = await start((c) => {
    c.put('pods', bound('good', probed));
    c.put('pods', bound('bad', probed, { [READY]: 'false' }));
    c.put('pods', bound('plain', {}, { [READY]: 'false' }));
  });
  const ready = (name: string) => get(cluster, name)?.status?.containerStatuses?.[0]?.ready;
  expect(['good', 'bad', 'plain'].map(ready)).toEqual([true, false, false]);
  for (const name of ['bad', 'plain']) {
    cluster.change<Pod>(`pods/default/${name}`, (p) => {
      p.metadata.annotations = {};
    });
  }
  await cluster.settle();
  expect(['bad', 'plain'].map(ready)).toEqual([true, true]);
});

test('a pod is ready once its probes are due, the startup probe first, and nothing ticks in between', async () => {
  const run = await start((c) =>
    c.put(
      'pods',
      bound('slow', {
        containers: [
          {
            name: 'c',
            image: 'i',
            startupProbe: { initialDelaySeconds: 5 },
            readinessProbe: { initialDelaySeconds: 2, successThreshold: 2, periodSeconds: 3 },
            livenessProbe: { initialDelaySeconds: 60 },
          },
        ],
      }),
    ),
  );
  const state = () => {
    const { phase, containerStatuses, conditions } = get(run.cluster, 'slow')?.status ?? {};
    const ready = conditions?.find(({ type }) => type === 'Ready')?.status;
    return [phase, containerStatuses?.[0]?.started, containerStatuses?.[0]?.ready, ready];
  };
  expect(state()).toEqual(['Running', false, false, 'False']);
  expect(await run.ring()).toBe(5);
  expect(state()).toEqual(['Running', true, false, 'False']);
  // Pending changes survive the object.
  await run.evict();
  expect(await run.ring()).toBe(3);
  expect(state()).toEqual(['Running', true, true, 'True']);
  expect(statusWrites(run.cluster)).toHaveLength(3);
  expect(run.cluster.due.size).toBe(0);
});

test('a container waits for the startup probe of the sidecar before it', async () => {
  const sidecar = { name: 'proxy', image: 'i', restartPolicy: 'Always', startupProbe: { initialDelaySeconds: 4 } };
  const { cluster, ring } = await start((c) => c.put('pods', bound('web', { initContainers: [sidecar] })));
  expect(get(cluster, 'web')?.status?.phase).toBe('Pending');
  expect(await ring()).toBe(4);
  expect(get(cluster, 'web')?.status?.containerStatuses?.[0]?.ready).toBe(true);
});

test('addresses are unique, survive eviction, and are given back', async () => {
  const run = await start((c) => {
    for (let i = 0; i < 5; i++) c.put('pods', bound(`p${i}`));
  });
  const ips = () => run.cluster.all<Pod>('pods/').map((p) => p.status?.podIP);
  expect(ips()).toEqual(['10.245.0.2', '10.245.0.3', '10.245.0.4', '10.245.0.5', '10.245.0.6']);
  run.cluster.remove('pods/default/p0');
  await run.evict();
  run.cluster.put('pods', bound('p9'));
  await run.cluster.settle();
  expect(new Set(ips()).size).toBe(5);
});

const deleted = ({ metadata }: Pod): Pod['metadata'] =>
  Object.assign(metadata, { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 });
const lastUpdate = (cluster: TestCluster, name: string): Pod =>
  JSON.parse(cluster.entries.findLast((e) => e.key === `pods/default/${name}` && e.change === 'update')?.text ?? '{}');

test('a deleted pod goes by its uid, with the events of its end, once its status says how its containers ended', async () => {
  const { cluster, ring } = await start((c) => c.put('pods', bound('web-0')));
  cluster.change<Pod>('pods/default/web-0', deleted);
  await cluster.settle();
  expect(await ring()).toBe(1.5);
  expect(get(cluster, 'web-0')).toBeUndefined();
  expect(cluster.events().filter((event) => event === 'Normal Killing Stopping container c')).toHaveLength(1);
  expect(statusWrites(cluster).length).toBe(2);
  const { conditions, containerStatuses } = lastUpdate(cluster, 'web-0').status ?? {};
  expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False' }));
  expect(containerStatuses).toMatchObject([{ ready: false, state: { terminated: { exitCode: 0 } } }]);
});

test('a pod with finalizers shows how it ended before it is deleted', async () => {
  const { cluster, ring } = await start((c) => c.put('pods', bound('job-0', { restartPolicy: 'Never' })));
  const finalizers = ['batch.kubernetes.io/job-tracking'];
  cluster.change<Pod>('pods/default/job-0', (p) => Object.assign(deleted(p), { finalizers }));
  await cluster.settle();
  expect(await ring()).toBe(1.5);
  expect(lastUpdate(cluster, 'job-0').status?.phase).toBe('Failed');
});

test('a pod that is steered to end completes on time, and nothing ticks before', async () => {
  const { cluster, ring } = await start((c) => {
    c.put('pods', bound('job-0', { restartPolicy: 'Never' }, { [EXIT_AFTER]: '90' }));
  });
  expect(get(cluster, 'job-0')?.status?.phase).toBe('Running');
  expect(await ring()).toBe(90);
  expect(get(cluster, 'job-0')?.status).toMatchObject({
    phase: 'Succeeded',
    containerStatuses: [
      { state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: '2026-01-01T00:01:30Z' } } },
    ],
  });
  expect(cluster.due.size).toBe(0);
});

test('a pod that is steered to fail crash-loops, also across evictions', async () => {
  const run = await start((c) => c.put('pods', bound('bad', {}, { [EXIT_AFTER]: '1', [EXIT_CODE]: '2' })));
  const state = () => {
    const status = get(run.cluster, 'bad')?.status?.containerStatuses?.[0];
    return [status?.restartCount, status?.state?.waiting?.reason ?? Object.keys(status?.state ?? {})[0]];
  };
  expect(await run.ring()).toBe(1);
  expect(state()).toEqual([1, 'running']);
  expect(await run.ring()).toBe(1);
  expect(state()).toEqual([1, 'CrashLoopBackOff']);
  await run.evict();
  expect(await run.ring()).toBe(10);
  expect(state()).toEqual([2, 'running']);
  expect(await run.ring()).toBe(1);
  expect(get(run.cluster, 'bad')?.status?.containerStatuses?.[0]?.state?.waiting?.message).toContain('back-off 20s');
});

test('a status that could not be written is written later', async () => {
  const run = await start((c) => {
    c.put('pods', bound('web-0'));
    c.fail = (r) => (r.path.endsWith('/status') ? { code: 500, message: 'no' } : undefined);
  });
  expect(get(run.cluster, 'web-0')?.status?.phase).toBeUndefined();
  run.cluster.fail = () => undefined;
  expect(await run.ring()).toBe(1);
  expect(get(run.cluster, 'web-0')?.status?.phase).toBe('Running');
});

test('a wake reads nothing when all was settled, and a new pod is run all the same', async () => {
  const run = await start((c) => c.put('pods', bound('web-0')));
  const before = run.cluster.lists;
  await run.evict();
  expect(run.cluster.lists).toBe(before);
  run.cluster.put('pods', bound('web-1'));
  await run.cluster.settle();
  expect(get(run.cluster, 'web-1')?.status?.podIP).toBe('10.245.0.3');
});

test('a node that was deleted and came back keeps its pods, and gives none of their addresses away', async () => {
  const { cluster } = await start((c) => c.put('pods', bound('old')));
  const node = cluster.get<Node>('nodes//sim-0') as Node;
  cluster.remove('nodes//sim-0');
  cluster.put('nodes', node);
  cluster.put('pods', bound('new'));
  await cluster.settle();
  expect(cluster.all<Pod>('pods/').map((p) => [p.metadata.name, p.status?.podIP])).toEqual([
    ['new', '10.245.0.3'],
    ['old', '10.245.0.2'],
  ]);
});

test('a pod whose status was garbled holds up no other', async () => {
  const { cluster } = await start((c) => c.put('pods', bound('bad')));
  cluster.change<Pod>('pods/default/bad', (p) => {
    const [status] = p.status?.containerStatuses ?? [];
    if (status) status.state = { terminated: { exitCode: 0, finishedAt: 'never' } };
  });
  cluster.put('pods', bound('good'));
  await cluster.settle();
  expect(get(cluster, 'good')?.status?.phase).toBe('Running');
});
