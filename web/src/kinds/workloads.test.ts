import { expect, test } from 'vitest';
import type { DaemonSet, Deployment, Pod, ReplicaSet, StatefulSet } from '../../../kube/types.ts';
import type { Filter } from './filter.ts';
import { readiness, workloadsOf } from './workloads.ts';

const meta = (namespace: string, name: string, owner?: { kind: string; name: string }) => ({
  namespace,
  name,
  uid: `${namespace}/${name}`,
  ...(owner ? { ownerReferences: [{ ...owner, uid: `${namespace}/${owner.name}`, controller: true }] } : {}),
});
const pod = (namespace: string, name: string, owner?: { kind: string; name: string }, reason?: string) =>
  ({ metadata: meta(namespace, name, owner), spec: {}, status: { phase: 'Running', reason } }) as unknown as Pod;
const deployment = (namespace: string, name: string) => ({ metadata: meta(namespace, name) }) as unknown as Deployment;
const replicaSet = (namespace: string, name: string, owner: string) =>
  ({ metadata: meta(namespace, name, { kind: 'Deployment', name: owner }) }) as unknown as ReplicaSet;

const sources = {
  deployments: [deployment('shop', 'web'), deployment('default', 'api')],
  replicaSets: [replicaSet('shop', 'web-1', 'web'), replicaSet('shop', 'web-2', 'web')],
  pods: [
    pod('shop', 'web-2-b', { kind: 'ReplicaSet', name: 'web-2' }),
    pod('shop', 'web-1-c', { kind: 'ReplicaSet', name: 'web-1' }, 'Evicted'),
    pod('shop', 'web-1-a', { kind: 'ReplicaSet', name: 'web-1' }),
    pod('shop', 'db-0', { kind: 'StatefulSet', name: 'db' }),
    pod('default', 'alone'),
  ],
};

function listed(filter: Filter): Record<string, unknown> {
  const { owned, unowned, pods } = workloadsOf(sources, filter);
  const names = (list: Pod[]) => list.map(({ metadata }) => metadata.name).join(' ');
  const owners = owned.map(({ kind, namespace, name, pods }) => [`${namespace} ${kind}/${name}`, names(pods)]);
  return { ...Object.fromEntries(owners), unowned: names(unowned), count: pods.length };
}

test('pods are listed beneath their owners, broken ones first', () => {
  expect(listed({})).toEqual({
    'default deploy/api': '',
    'shop sts/db': 'db-0',
    'shop deploy/web': 'web-1-c web-1-a web-2-b',
    unowned: 'alone',
    count: 5,
  });
});

test('a namespace leaves out other namespaces; a name selects an owner with all its pods, or pods alone', () => {
  expect(listed({ namespace: 'default' })).toEqual({ 'default deploy/api': '', unowned: 'alone', count: 1 });
  expect(listed({ search: 'WEB' })).toEqual({ 'shop deploy/web': 'web-1-c web-1-a web-2-b', unowned: '', count: 3 });
  expect(listed({ search: 'web-2' })).toEqual({ 'shop deploy/web': 'web-2-b', unowned: '', count: 1 });
  expect(listed({ namespace: 'shop', search: 'alone' })).toEqual({ unowned: '', count: 0 });
});

test('an owner tells how many pods of it are ready, and of another kind those that are there are counted', () => {
  const ready = (status: string) => ({ status: { conditions: [{ type: 'Ready', status }] } }) as unknown as Pod;
  const set = { uid: 'u', kind: 'rc', namespace: 'shop', name: 'db', pods: [ready('True'), ready('False')] };
  expect(readiness(set)).toEqual({ ready: 1, wanted: 2 });
  const web = { spec: { replicas: 5 }, status: { readyReplicas: 3 } } as unknown as Deployment;
  expect(readiness({ ...set, deployment: web })).toEqual({ ready: 3, wanted: 5 });
  const db = { spec: { replicas: 3 }, status: {} } as unknown as StatefulSet;
  expect(readiness({ ...set, statefulSet: db })).toEqual({ ready: 0, wanted: 3 });
  const logs = { status: { numberReady: 2, desiredNumberScheduled: 3 } } as unknown as DaemonSet;
  expect(readiness({ ...set, daemonSet: logs })).toEqual({ ready: 2, wanted: 3 });
});

test('a StatefulSet without pods is listed, too', () => {
  const statefulSets = [
    { metadata: meta('shop', 'db') },
    { metadata: meta('shop', 'idle') },
  ] as unknown as StatefulSet[];
  const { owned } = workloadsOf({ ...sources, statefulSets }, { namespace: 'shop' });
  expect(owned.map(({ name, pods }) => `${name} ${pods.length}`)).toEqual(['db 1', 'idle 0', 'web 3']);
});
