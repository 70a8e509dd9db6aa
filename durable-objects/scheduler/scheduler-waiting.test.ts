import { expect, test } from 'vitest';
import type { Node, Pod } from '../../kube/types.ts';
import type { Plugin } from './framework/interface.ts';
import { profileOf } from './framework/profile.ts';
import { unschedulable } from './framework/rejection.ts';
import { DEFAULT_PLUGINS, DEFAULT_WEIGHTS } from './plugins/index.ts';
import { SCHEDULER_TIMER } from './scheduler.ts';
import type { TestCluster } from './testing/cluster.ts';
import { node, pod, requesting } from './testing/objects.ts';
import { start } from './testing/scheduler.ts';

const with_ = (...plugins: Plugin[]) => ({
  profile: profileOf([...DEFAULT_PLUGINS, ...plugins], DEFAULT_WEIGHTS),
});
const get = (cluster: TestCluster, name: string) => cluster.get<Pod>(`pods/default/${name}`);
const configMap = (name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace: 'default' },
  data,
});

/** Lets each pod wait until a ConfigMap of its name says that it may run. */
const Approval: Plugin = {
  name: 'Approval',
  wakesOn: ['changed:configmaps'],
  permit({ pod: { metadata }, snapshot }) {
    const map = snapshot.lookup(`configmaps/default/${metadata.name}`) as { data?: { verdict?: string } } | undefined;
    if (map?.data?.verdict === 'yes') return undefined;
    return map ? unschedulable('not approved') : { timeout: 10_000 };
  },
};

/** Hands the node to whatever prepares it, in a ConfigMap, and lets the pod wait for the answer. */
const Preparation: Plugin = {
  name: 'Preparation',
  wakesOn: ['changed:configmaps'],
  preBind({ pod: { metadata }, snapshot }, { name }) {
    const map = snapshot.lookup(`configmaps/default/${metadata.name}`) as { data?: Record<string, string> } | undefined;
    if (map?.data?.node === name) return map.data.ready ? undefined : { timeout: 600_000 };
    const path = '/api/v1/namespaces/default/configmaps';
    return {
      timeout: 600_000,
      writes: [{ method: 'POST', path, body: configMap(metadata.name ?? '', { node: name }) }],
    };
  },
};

const two = (cluster: TestCluster): void => {
  cluster.put('nodes', node('a'));
  cluster.put('nodes', node('b'));
  cluster.put('pods', pod('p', requesting('1')));
};

test('a pod that a plugin lets wait keeps its node, and is bound on the event, even by an object that was evicted', async () => {
  const { cluster, wakeAgain } = await start(two, with_(Approval));
  const nominated = get(cluster, 'p')?.status?.nominatedNodeName;
  expect(['a', 'b']).toContain(nominated);
  expect(cluster.events()).toEqual([]);
  // Now the other node is the better one.
  cluster.put('pods', pod('busy', { ...requesting('2'), nodeName: nominated ?? '' }));
  await wakeAgain();
  expect(get(cluster, 'p')?.spec?.nodeName).toBeUndefined();
  cluster.put('configmaps', configMap('p', { verdict: 'yes' }));
  await cluster.settle();
  expect(get(cluster, 'p')?.spec?.nodeName).toBe(nominated);
});

test('the reservations of a pod that waits count for others', async () => {
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '4Gi', pods: '110' }));
    c.put('pods', pod('p', requesting('1')));
    c.put('pods', pod('q', requesting('1')));
  }, with_(Approval));
  expect(get(cluster, 'p')?.status?.nominatedNodeName).toBe('n');
  expect(get(cluster, 'q')?.status?.conditions).toMatchObject([{ reason: 'Unschedulable' }]);
});

test('a pod that waits for too long gives its node up, in upstream’s words', async () => {
  const { cluster, ring } = await start(two, with_(Approval));
  expect(cluster.due.get(SCHEDULER_TIMER)).toBe(cluster.now + 10_000);
  await ring();
  expect(cluster.events()).toEqual([
    'Warning FailedScheduling 0/1 nodes are available: 1 rejected due to timeout after waiting 10s at plugin Approval.',
  ]);
  expect(get(cluster, 'p')?.status?.nominatedNodeName).toBeUndefined();
  cluster.put('configmaps', configMap('p', { verdict: 'yes' }));
  await cluster.settle();
  await ring();
  expect(get(cluster, 'p')?.spec?.nodeName).toBeDefined();
});

test('an event that does not help leaves the deadline as it is; a rejection is reported', async () => {
  const { cluster } = await start(two, with_(Approval));
  const deadline = cluster.due.get(SCHEDULER_TIMER);
  cluster.now += 4000;
  cluster.put('configmaps', configMap('other'));
  await cluster.settle();
  expect(cluster.due.get(SCHEDULER_TIMER)).toBe(deadline);
  cluster.put('configmaps', configMap('p', { verdict: 'no' }));
  await cluster.settle();
  expect(cluster.events()).toEqual(['Warning FailedScheduling 0/1 nodes are available: 1 not approved.']);
});

test('PreBind hands its decision over once, in an object, and goes on when that says so', async () => {
  const { cluster, wakeAgain } = await start(two, with_(Preparation));
  const nominated = get(cluster, 'p')?.status?.nominatedNodeName;
  expect(cluster.get(`configmaps/default/p`)).toMatchObject({ data: { node: nominated } });
  await wakeAgain();
  await wakeAgain();
  expect(cluster.requests.filter((request) => request.includes('configmaps'))).toHaveLength(1);
  cluster.change<{ data: Record<string, string> }>('configmaps/default/p', ({ data }) => {
    data.ready = 'yes';
  });
  await cluster.settle();
  expect(get(cluster, 'p')?.spec?.nodeName).toBe(nominated);
});

test('a node that goes while a pod waits for it is replaced', async () => {
  const { cluster, ring } = await start(two, with_(Approval));
  const nominated = get(cluster, 'p')?.status?.nominatedNodeName ?? '';
  cluster.remove(`nodes//${nominated}`);
  cluster.put('configmaps', configMap('p', { verdict: 'yes' }));
  await cluster.settle();
  await ring();
  const left = cluster.all<Node>('nodes/')[0]?.metadata.name;
  expect(get(cluster, 'p')?.spec?.nodeName).toBe(left);
});

test('reservations are given back when the pod is not bound, in reverse order', async () => {
  const calls: string[] = [];
  const reserving = (name: string): Plugin => ({
    name,
    reserve: () => void calls.push(`reserve ${name}`),
    unreserve: () => void calls.push(`unreserve ${name}`),
  });
  const { cluster } = await start(two, with_(reserving('one'), reserving('two'), Approval));
  expect(calls).toEqual(['reserve one', 'reserve two', 'unreserve two', 'unreserve one']);
  calls.length = 0;
  cluster.put('configmaps', configMap('p', { verdict: 'yes' }));
  await cluster.settle();
  expect(calls).toEqual(['reserve one', 'reserve two']);
});

test('a pod that is deleted while it is prepared keeps no node', async () => {
  const Slow: Plugin = {
    name: 'Slow',
    preBind({ pod: { metadata } }) {
      if (metadata.name !== 'p') return undefined;
      const path = '/api/v1/namespaces/default/configmaps';
      return {
        requests: (function* () {
          for (const name of ['one', 'two', 'three']) yield { method: 'POST', path, body: configMap(name) };
          return { timeout: 600_000 };
        })(),
      };
    },
  };
  const { cluster } = await start((c) => {
    c.put('nodes', node('n', {}, { cpu: '1', memory: '4Gi', pods: '110' }));
    c.put('pods', pod('p', requesting('1')));
    c.fail = ({ path }) => {
      if (path.endsWith('/configmaps')) c.remove('pods/default/p');
      return undefined;
    };
  }, with_(Slow));
  expect(get(cluster, 'p')).toBeUndefined();
  cluster.put('pods', pod('q', requesting('1')));
  await cluster.settle();
  expect(get(cluster, 'q')?.spec?.nodeName).toBe('n');
});

/** Its preparation fails after some requests. */
const failing: Plugin = {
  name: 'Failing',
  preBind() {
    const path = '/api/v1/namespaces/default/configmaps';
    return {
      requests: (function* () {
        for (const name of ['one', 'two', 'three']) yield { method: 'POST', path, body: configMap(name) };
        return 'no way';
      })(),
    };
  },
};

test('a pod whose preparation failed is nominated to no node any more', async () => {
  const { cluster } = await start(two, with_(failing));
  expect(cluster.events()).toEqual(['Warning FailedScheduling running PreBind plugin "Failing": no way']);
  expect(get(cluster, 'p')?.status?.nominatedNodeName ?? '').toBe('');
});

test('nothing is told of a pod that was made anew while its namesake was prepared', async () => {
  let isAnew = false;
  const { cluster } = await start((c) => {
    two(c);
    c.fail = ({ path }) => {
      if (!path.endsWith('/configmaps') || isAnew) return undefined;
      isAnew = true;
      c.remove('pods/default/p');
      c.put('pods', {
        ...pod('p', { schedulingGates: [{ name: 'wait' }] }),
        metadata: { name: 'p', namespace: 'default', uid: 'anew' },
      });
      return undefined;
    };
  }, with_(failing));
  expect(get(cluster, 'p')?.metadata.uid).toBe('anew');
  expect(cluster.events()).toEqual([]);
});

test('changes of a pod that waits leave its deadline as it is', async () => {
  const { cluster } = await start(two, with_(Approval));
  for (const label of ['one', 'two', 'three']) {
    cluster.now += 4_000;
    cluster.change<Pod>('pods/default/p', ({ metadata }) => {
      metadata.labels = { label };
    });
    await cluster.settle();
  }
  expect(cluster.events()).toEqual([
    'Warning FailedScheduling 0/1 nodes are available: 1 rejected due to timeout after waiting 10s at plugin Approval.',
  ]);
});
