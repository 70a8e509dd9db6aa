import { expect, test } from 'vitest';
import type { ReplicaSet } from '../../kube/types.ts';
import { replicaSetController, replicationController } from './replicaset-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { settleAll } from './runtime/testing/kubelet.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

const set = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default', ...metadata },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    ...spec,
  },
});

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-web', controller: true };

interface PodOptions {
  node?: string;
  phase?: string;
  ready?: string;
  labels?: object;
  metadata?: object;
  owned?: boolean;
  restarts?: number;
}

const pod = (
  name: string,
  { node = 'n1', phase = 'Running', ready, labels, metadata, owned = true, restarts }: PodOptions = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    labels: labels ?? { app: 'web' },
    ...(owned ? { ownerReferences: [owner] } : {}),
    ...metadata,
  },
  spec: { nodeName: node, containers: [] },
  status: {
    phase,
    conditions: ready ? [{ type: 'Ready', status: 'True', lastTransitionTime: ready }] : [],
    containerStatuses: [{ name: 'web', restartCount: restarts ?? 0 }],
  },
});

const plan = (...objects: object[]) => planFor(replicaSetController, 'replicasets.apps/default/web', objects, NOW);
const deleted = (...objects: object[]) =>
  plan(...objects).actions.flatMap((action) => (action.do === 'delete' ? [action.target.name] : []));

test('missing pods are created from the template, owned by the set; pods that are over or going do not count', () => {
  const { actions, parallel } = plan(
    set({ replicas: 3 }),
    pod('a', { ready: '2026-01-01T00:10:00Z' }),
    pod('over', { phase: 'Failed' }),
    pod('going', { metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' } }),
  );
  expect(parallel).toBe(true);
  const creates = actions.filter((action) => action.do === 'create');
  expect(creates).toHaveLength(2);
  expect(creates[0]).toMatchObject({
    resource: 'pods',
    object: {
      metadata: {
        generateName: 'web-',
        namespace: 'default',
        labels: { app: 'web' },
        ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
      },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  });
  expect(actions.at(-1)).toMatchObject({
    do: 'update-status',
    object: {
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, fullyLabeledReplicas: 1, terminatingReplicas: 1 },
    },
  });
});

test('too many pods: unassigned go before pending, pending before unready, cheap ones before dear ones', () => {
  const ready = '2026-01-01T00:10:00Z';
  const cost = (value: string) => ({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': value } });
  expect(
    deleted(
      set({ replicas: 1 }),
      pod('dear', { ready, metadata: cost('100') }),
      pod('cheap', { ready, metadata: cost('-1'), node: 'n2' }),
      pod('unready', { node: 'n3' }),
      pod('pending', { phase: 'Pending', node: 'n4' }),
      pod('unassigned', { phase: 'Pending', node: '' }),
    ),
  ).toEqual(['unassigned', 'pending', 'unready', 'cheap']);
});

test('of equal pods those on the crowded node go first, then the youngest, then the most restarted', () => {
  const old = '2026-01-01T00:00:00Z';
  expect(
    deleted(
      set({ replicas: 2 }),
      pod('alone', { ready: old, node: 'n2' }),
      pod('a', { ready: old }),
      pod('b', { ready: old }),
    ),
  ).toHaveLength(1);
  expect(
    deleted(
      set({ replicas: 2 }),
      pod('alone', { ready: old, node: 'n2' }),
      pod('a', { ready: old }),
      pod('b', { ready: old }),
    ),
  ).not.toContain('alone');
  const young = '2026-01-01T00:59:50Z';
  expect(deleted(set({ replicas: 1 }), pod('old', { ready: old }), pod('young', { ready: young, node: 'n2' }))).toEqual(
    ['young'],
  );
  expect(
    deleted(
      set({ replicas: 1 }),
      pod('calm', { ready: old }),
      pod('restless', { ready: old, node: 'n2', restarts: 7 }),
    ),
  ).toEqual(['restless']);
});

test('the doubled-up count includes pods of other sets of the same Deployment', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'uid-d', controller: true };
  const ready = '2026-01-01T00:00:00Z';
  const other = { ...set({}, { ownerReferences: [deployment], name: 'other' }) };
  const otherOwner = { ...owner, name: 'other', uid: 'uid-other' };
  expect(
    deleted(
      set({ replicas: 1 }, { ownerReferences: [deployment] }),
      other,
      pod('a', { ready, node: 'n1' }),
      pod('b', { ready, node: 'n2' }),
      pod('x', { ready, node: 'n2', metadata: { ownerReferences: [otherOwner] } }),
    ),
  ).toEqual(['b']);
});

test('orphans that match are adopted and count; own pods that no longer match are released', () => {
  const { actions } = plan(
    set({ replicas: 1 }),
    pod('orphan', { owned: false, ready: '2025-01-01T00:00:00Z' }),
    pod('stray', { labels: { app: 'other' } }),
  );
  expect(actions.slice(0, 2)).toMatchObject([
    { do: 'patch', target: { name: 'stray', resourceVersion: '3' }, patch: { metadata: { ownerReferences: null } } },
    {
      do: 'patch',
      target: { name: 'orphan', uid: 'uid-orphan' },
      patch: { metadata: { ownerReferences: [{ uid: 'uid-web', controller: true, blockOwnerDeletion: true }] } },
    },
  ]);
  expect(actions.filter(({ do: deed }) => deed === 'create')).toEqual([]);
});

test('a pod counts as available after minReadySeconds, and the set looks again then', () => {
  const { actions, requeueAfter } = plan(
    set({ replicas: 1, minReadySeconds: 30 }),
    pod('a', { ready: '2026-01-01T00:59:50Z' }),
  );
  expect(actions.at(-1)).toMatchObject({ object: { status: { readyReplicas: 1 } } });
  expect(actions.at(-1)).not.toMatchObject({ object: { status: { availableReplicas: 1 } } });
  expect(requeueAfter).toBe(20_000);
});

test('a set that is being deleted makes no pods', () => {
  const { actions } = plan(set({}, { deletionTimestamp: '2026-01-01T00:59:00Z', finalizers: ['foregroundDeletion'] }));
  expect(actions.map(({ do: deed }) => deed)).toEqual(['update-status']);
});

test('a ReplicationController keeps pods as a ReplicaSet does, by a plain selector', async () => {
  const harness = new Harness([replicationController]);
  const { api } = harness;
  await api.apply('pods', pod('orphan', { owned: false, ready: '2025-01-01T00:00:00Z' }) as never);
  await api.apply('replicationcontrollers', {
    ...set({ selector: { app: 'web' } }),
    apiVersion: 'v1',
    kind: 'ReplicationController',
  } as never);
  await settleAll(harness);
  const pods = api.all('pods/');
  expect(pods.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(
    Array(2).fill('ReplicationController'),
  );
  const status = api.read<ReplicaSet>('replicationcontrollers', 'default', 'web')?.status;
  expect(status).toMatchObject({ replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2 });
  expect(status).not.toHaveProperty('terminatingReplicas');
  expect(harness.errors).toEqual([]);
});
