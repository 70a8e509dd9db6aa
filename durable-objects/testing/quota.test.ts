/** A namespace with a quota, in a whole cluster. */
import { expect, test } from 'vitest';
import { deployment } from '../../kube/testing/objects.ts';
import type { Event, Pod, ReplicaSet, ResourceQuota } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NS = '/api/v1/namespaces/default';
const MERGE = 'application/merge-patch+json';
const QUOTA = `${NS}/resourcequotas/q`;

const quota = (pods: string) => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec: { hard: { pods } },
});

test('a deployment gets as many pods as its quota allows, and the rest once there is room', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const running = async () =>
    (await cluster.list<Pod>(`${NS}/pods`)).filter(({ status }) => status?.phase === 'Running').length;
  const used = async () => (await cluster.must<ResourceQuota>(`GET ${QUOTA}`)).status?.used?.pods;
  await cluster.must(`POST ${NS}/resourcequotas`, quota('3'));
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', deployment({ spec: { replicas: 5 } }));
  await cluster.advance(60_000);
  expect([await running(), await used()]).toEqual([3, '3']);
  const [set] = await cluster.list<ReplicaSet>('/apis/apps/v1/namespaces/default/replicasets');
  const why = 'exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
  expect(set?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure')?.message).toContain(why);
  const events = await cluster.list<Event>(`${NS}/events`);
  expect(events.some(({ reason, message }) => reason === 'FailedCreate' && message?.includes(why))).toBe(true);
  await cluster.must(`PATCH ${QUOTA}`, { spec: { hard: { pods: '4' } } }, MERGE);
  await cluster.advance(15 * 60_000);
  expect([await running(), await used()]).toEqual([4, '4']);
  expect(cluster.reported).toEqual([]);
});

test('nothing is due for what the API server counts beside a status that a client writes', async () => {
  const cluster = await TestCluster.start();
  const used = async () => (await cluster.must<ResourceQuota>(`GET ${QUOTA}`)).status?.used;
  await cluster.must(`POST ${NS}/resourcequotas`, quota('3'));
  const spec = { containers: [{ name: 'c', image: 'x' }], schedulerName: 'of-another' };
  await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'a' }, spec });
  await cluster.settle();
  expect(await used()).toEqual({ pods: '1' });
  await cluster.must(`PATCH ${NS}/pods/a/status`, { status: { phase: 'Succeeded' } }, MERGE);
  await cluster.settle();
  const due = cluster.database.prepare('SELECT id FROM timers').all();
  expect([await used(), due.filter(({ id }) => `${id}`.includes('resourcequota'))]).toEqual([{ pods: '0' }, []]);
});

test('a status that a client wrote is set right a while later', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1 });
  const status = async () => (await cluster.must<ResourceQuota>(`GET ${QUOTA}`)).status;
  await cluster.must(`POST ${NS}/resourcequotas`, quota('3'));
  await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
  await cluster.settle();
  const right = { hard: { pods: '3' }, used: { pods: '1' } };
  expect(await status()).toEqual(right);
  await cluster.must(`PATCH ${QUOTA}/status`, { status: { hard: { pods: '9' }, used: { pods: '7' } } }, MERGE);
  await cluster.advance(10_000);
  expect(await status()).toEqual({ hard: { pods: '9' }, used: { pods: '7' } });
  await cluster.advance(30_000);
  expect(await status()).toEqual(right);
  // What the usage alone hides is found too.
  await cluster.must(`PATCH ${QUOTA}/status`, { status: { used: { pods: '0' } } }, MERGE);
  cluster.evict();
  await cluster.advance(40_000);
  expect(await status()).toEqual(right);
  expect(cluster.reported).toEqual([]);
});
