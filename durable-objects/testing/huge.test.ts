/** Workloads as large as a field lets them be, under a quota of a few pods: bounded writes, and the way back is open. */
import { expect, test } from 'vitest';
import type { Deployment, Job, Pod, ReplicaSet, StatefulSet } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const MERGE = 'application/merge-patch+json';
const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const BATCH = '/apis/batch/v1/namespaces/default';
const MAX = 2_147_483_647;
const MINUTE = 60_000;
const selector = { matchLabels: { app: 'x' } };
const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

/** A cluster whose namespace may have so many pods, and the rows that it has written since then. */
async function limited(pods: number): Promise<{ cluster: TestCluster; rows(): number; count(): Promise<number> }> {
  const cluster = await TestCluster.start();
  await cluster.must(`POST ${NS}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { pods: String(pods) } } });
  await cluster.settle();
  const before = cluster.rowsWritten;
  return {
    cluster,
    rows: () => cluster.rowsWritten - before,
    count: async () => (await cluster.list<Pod>(`${NS}/pods`)).length,
  };
}

test('a Deployment of 2^31-1 gets what its quota allows, and is of two again', async () => {
  const { cluster, rows, count } = await limited(20);
  await cluster.must(`POST ${APPS}/deployments`, {
    metadata: { name: 'x' },
    spec: { replicas: MAX, selector, template },
  });
  await cluster.advance(60 * MINUTE);
  expect(await count()).toBe(20);
  expect(rows()).toBeLessThan(600);
  await cluster.must(`PATCH ${APPS}/deployments/x`, { spec: { replicas: 2 } }, MERGE);
  await cluster.advance(MINUTE);
  const { status } = await cluster.must<Deployment>(`GET ${APPS}/deployments/x`);
  expect([await count(), status?.availableReplicas]).toEqual([2, 2]);
  expect(cluster.reported).toEqual([]);
});

test.each(['OrderedReady', 'Parallel'])(
  'a StatefulSet of 2^31-1 gets what its quota allows, and is of one again (%s)',
  async (podManagementPolicy) => {
    const { cluster, rows, count } = await limited(20);
    const spec = { replicas: MAX, serviceName: 's', podManagementPolicy, selector, template };
    await cluster.must(`POST ${APPS}/statefulsets`, { metadata: { name: 'x' }, spec });
    await cluster.advance(60 * MINUTE);
    expect(await count()).toBe(20);
    expect(rows()).toBeLessThan(1000);
    await cluster.must(`PATCH ${APPS}/statefulsets/x`, { spec: { replicas: 1 } }, MERGE);
    await cluster.advance(30 * MINUTE);
    const { status } = await cluster.must<StatefulSet>(`GET ${APPS}/statefulsets/x`);
    expect([await count(), status?.replicas]).toEqual([1, 1]);
    expect(cluster.reported).toEqual([]);
  },
);

test('a parallel StatefulSet of more pods than one run makes gets all of them', async () => {
  const { cluster, count } = await limited(2000);
  const spec = { replicas: 1200, serviceName: 's', podManagementPolicy: 'Parallel', selector, template };
  await cluster.must(`POST ${APPS}/statefulsets`, { metadata: { name: 'x' }, spec });
  await cluster.advance(MINUTE);
  expect(await count()).toBe(1200);
}, 60_000);

test('a ReplicaSet of 100,000 whose pods are all refused asks ever more seldom, for one pod at a time', async () => {
  const { cluster, rows } = await limited(0);
  await cluster.must(`POST ${APPS}/replicasets`, {
    metadata: { name: 'x' },
    spec: { replicas: 100_000, selector, template },
  });
  await cluster.advance(60 * MINUTE);
  const { status } = await cluster.must<ReplicaSet>(`GET ${APPS}/replicasets/x`);
  expect(status?.conditions?.find(({ type }) => type === 'ReplicaFailure')?.message).toContain('exceeded quota: q');
  expect(rows()).toBeLessThan(120);
  expect(cluster.reported).toEqual([]);
});

test.each([{}, { completionMode: 'Indexed', parallelism: 10 }])(
  'a Job of 2^31-1 completions goes on at the pace of its quota (%o)',
  async (more) => {
    const { cluster, count } = await limited(10);
    const body = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
    const spec = { completions: MAX, parallelism: MAX, template: body, ...more };
    await cluster.must(`POST ${BATCH}/jobs`, { metadata: { name: 'x' }, spec });
    await cluster.advance(10_000);
    const { status } = await cluster.must<Job>(`GET ${BATCH}/jobs/x`);
    expect(status?.succeeded).toBeGreaterThan(10);
    expect(await count()).toBeGreaterThan(10);
    await cluster.must(`DELETE ${BATCH}/jobs/x`, { propagationPolicy: 'Background' });
    await cluster.advance(MINUTE);
    expect(await count()).toBe(0);
    expect(cluster.reported).toEqual([]);
  },
);
