import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import type { Requests } from './framework/interface.ts';
import { profileOf } from './framework/profile.ts';
import { DEFAULT_PLUGINS, DEFAULT_WEIGHTS } from './plugins/index.ts';
import type { TestCluster } from './testing/cluster.ts';
import { node, pod, requesting } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

const one = { cpu: '1', memory: '4Gi', pods: '110' };
const get = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`);
const running = (name: string, priority: number): Pod => pod(name, { ...requesting('1'), priority, nodeName: 'n' });

function full(cluster: TestCluster): void {
  cluster.put('nodes', node('n', {}, one));
  cluster.put('pods', running('victim', 1));
  cluster.put('pods', pod('urgent', { ...requesting('1'), priority: 100 }));
}

test('a pod of a lower priority is preempted: it gets a condition, is deleted, and its node is taken', async () => {
  const { cluster } = await start(full);
  expect(cluster.requests).toEqual([
    'PATCH /api/v1/namespaces/default/pods/urgent/status',
    'POST /api/v1/namespaces/default/events',
    'PATCH /api/v1/namespaces/default/pods/victim/status',
    'DELETE /api/v1/namespaces/default/pods/victim',
    'POST /api/v1/namespaces/default/events',
    'POST /api/v1/namespaces/default/pods/urgent/binding',
    'POST /api/v1/namespaces/default/events',
  ]);
  const { uid } = get(cluster, 'urgent')?.metadata ?? {};
  expect(cluster.events()).toEqual([
    'Warning FailedScheduling 0/1 nodes are available: 1 Insufficient cpu.',
    `Normal Preempted Preempted by pod ${uid} on node n`,
    'Normal Scheduled Successfully assigned default/urgent to n',
  ]);
  const last = cluster.entries.findLast(({ key }) => key === 'pods/default/victim');
  expect(JSON.parse(last?.text ?? '').status.conditions).toMatchObject([
    {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
    },
  ]);
  const nominated = cluster.entries.find(
    ({ key, text }) => key === 'pods/default/urgent' && text.includes('nominated'),
  );
  expect(JSON.parse(nominated?.text ?? '').status).toMatchObject({
    nominatedNodeName: 'n',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
  });
  expect(get(cluster, 'urgent')?.spec?.nodeName).toBe('n');
});

/** Deletions only begin, as they do while containers are given time to stop. */
function gracefully(cluster: TestCluster): void {
  const { request } = cluster.ports;
  cluster.ports.request = async (ask) => {
    if (ask.method !== 'DELETE') return request(ask);
    cluster.requests.push(`${ask.method} ${ask.path}`);
    const name = ask.path.split('/').at(-1);
    cluster.change<Pod>(`pods/default/${name}`, ({ metadata }) => {
      metadata.deletionTimestamp = '2026-01-01T00:00:30Z';
    });
    return { ok: true, object: {} };
  };
}

test('while its victim is terminating, the pod waits for it, takes no other, and no other pod takes its node', async () => {
  const { cluster, ring } = await start((c) => {
    full(c);
    gracefully(c);
  });
  const deletions = () => cluster.requests.filter((request) => request.startsWith('DELETE')).length;
  cluster.put('pods', pod('later', { ...requesting('1'), priority: 100 }));
  await cluster.settle();
  await ring();
  await ring();
  expect(deletions()).toBe(1);
  cluster.remove('pods/default/victim');
  await cluster.settle();
  await ring();
  expect(get(cluster, 'urgent')?.spec?.nodeName).toBe('n');
  expect(get(cluster, 'later')?.spec?.nodeName).toBeUndefined();
});

test('a nomination outlives the object, and holds its room', async () => {
  const { cluster, ring, wakeAgain } = await start((c) => {
    full(c);
    gracefully(c);
  });
  cluster.put('pods', pod('other', { ...requesting('1'), priority: 50 }));
  await wakeAgain();
  cluster.remove('pods/default/victim');
  await cluster.settle();
  await ring();
  await ring();
  expect(get(cluster, 'urgent')?.spec?.nodeName).toBe('n');
  expect(get(cluster, 'other')?.spec?.nodeName).toBeUndefined();
});

test('a nomination is taken from a pod of a lower priority, which looks elsewhere', async () => {
  const { cluster, ring } = await start((c) => {
    full(c);
    gracefully(c);
  });
  cluster.put('pods', pod('most-urgent', { ...requesting('1'), priority: 1000 }));
  await cluster.settle();
  expect(get(cluster, 'most-urgent')?.status?.nominatedNodeName).toBe('n');
  expect(get(cluster, 'urgent')?.status?.nominatedNodeName).toBeUndefined();
  cluster.put('nodes', node('new', {}, one));
  await cluster.settle();
  await ring();
  await ring();
  expect([get(cluster, 'urgent')?.spec?.nodeName, get(cluster, 'most-urgent')?.spec?.nodeName].sort()).toContain('new');
});

test('a nomination that is of no use any more is cleared', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, one));
    c.put('pods', running('kept', 200));
    const what = pod('urgent', { ...requesting('1'), priority: 100 });
    what.status = { nominatedNodeName: 'n' };
    c.put('pods', what);
  });
  expect(get(cluster, 'urgent')?.status?.nominatedNodeName).toBeUndefined();
});

test('when a nominated pod is deleted, its share of the node is free for others', async () => {
  const { cluster, ring } = await start((c) => {
    full(c);
    gracefully(c);
  });
  cluster.put('pods', pod('other', { ...requesting('1'), priority: 50 }));
  await cluster.settle();
  cluster.remove('pods/default/victim');
  await cluster.settle();
  cluster.remove('pods/default/urgent');
  await cluster.settle();
  await ring();
  expect(get(cluster, 'other')?.spec?.nodeName).toBe('n');
});

test.each([
  ['is bound elsewhere', 'new'],
  ['gives it up', undefined],
])('room that was made for a pod that %s is free for others at once', async (_, elsewhere) => {
  const { cluster } = await start((c) => {
    full(c);
    gracefully(c);
  });
  cluster.remove('pods/default/victim');
  cluster.change<Node>('nodes//n', ({ spec }) =>
    Object.assign(spec ?? {}, { taints: [{ key: 'k', effect: 'NoSchedule' }] }),
  );
  if (elsewhere) cluster.put('nodes', node(elsewhere, {}, one));
  const nodeSelector = { 'kubernetes.io/hostname': 'n' };
  cluster.put('pods', pod('other', { ...requesting('1'), nodeSelector, tolerations: [{ operator: 'Exists' }] }));
  await cluster.settle();
  expect(get(cluster, 'urgent')?.spec?.nodeName).toBe(elsewhere);
  expect(get(cluster, 'other')?.spec?.nodeName).toBe('n');
});

test('a victim that cannot be deleted leaves the pod to try again, after its back-off', async () => {
  const { cluster, ring } = await start((c) => {
    full(c);
    c.fail = (r) => (r.method === 'DELETE' ? { code: 500, message: 'no luck' } : undefined);
  });
  expect(get(cluster, 'victim')).toBeDefined();
  cluster.fail = () => undefined;
  await ring();
  expect(get(cluster, 'victim')).toBeUndefined();
  await ring();
  expect(get(cluster, 'urgent')?.spec?.nodeName).toBe('n');
});

test('nothing is preempted for a pod that goes while other room is made for it', async () => {
  const release = {
    name: 'Release',
    *requests(): Requests<undefined> {
      yield { method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/held' };
    },
  };
  const plugin = { name: release.name, postFilter: () => ({ message: 'released', requests: release.requests() }) };
  const { cluster } = await start(
    (c) => {
      full(c);
      const { request } = c.ports;
      c.ports.request = async (ask) => {
        if (ask.path.endsWith('/held')) c.remove('pods/default/urgent');
        return request(ask);
      };
    },
    { profile: profileOf([plugin, ...DEFAULT_PLUGINS], DEFAULT_WEIGHTS) },
  );
  expect(cluster.requests[0]).toBe('DELETE /api/v1/namespaces/default/configmaps/held');
  expect(cluster.requests.filter((request) => request.includes('victim'))).toEqual([]);
  expect(get(cluster, 'victim')?.metadata.deletionTimestamp).toBeUndefined();
});
