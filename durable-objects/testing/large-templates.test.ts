/** Pods of very many labels: those that fit are made, and those that cannot be stored are refused with words that say so. */
import { expect, test } from 'vitest';
import type { Deployment, Event, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const HOUR = 3_600_000;
const spec = { containers: [{ name: 'c', image: 'i' }] };

/** A Deployment, a Service and a pod beside them, of so many labels of this value. */
async function labelled(count: number, value: string) {
  const cluster = await TestCluster.start();
  const numbered = Array.from({ length: count }, (_, index) => [`l${index}`, value]);
  const labels = { app: 'x', ...Object.fromEntries(numbered) };
  const { rowsWritten } = cluster;
  await cluster.must(`POST ${NS}/pods`, { metadata: { name: 'p', labels }, spec });
  const service = { metadata: { name: 's' }, spec: { selector: { app: 'x' }, ports: [{ port: 80 }] } };
  await cluster.must(`POST ${NS}/services`, service);
  const template = { metadata: { labels }, spec };
  const deployment = { replicas: 2, selector: { matchLabels: { app: 'x' } }, template };
  await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'd' }, spec: deployment });
  await cluster.advance(60_000);
  return { cluster, rows: cluster.rowsWritten - rowsWritten };
}

test('a Deployment whose pods have 5000 labels has its pods', async () => {
  const { cluster, rows } = await labelled(5000, 'v');
  expect((await cluster.must<Deployment>(`GET ${APPS}/deployments/d`)).status?.availableReplicas).toBe(2);
  expect(rows).toBeLessThan(100);
}, 60_000);

test('a ReplicaSet has its labels twice, and where that is too much its Deployment says so', async () => {
  const { cluster, rows } = await labelled(12_000, 'v'.repeat(63));
  const message = expect.stringMatching(
    /^Failed to create new replica set "d-\w+": replicasets.apps\/default\/d-\w+ is larger than 1500000 bytes$/,
  );
  const { status } = await cluster.must<Deployment>(`GET ${APPS}/deployments/d`);
  expect(status?.conditions).toEqual([
    expect.objectContaining({ type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message }),
  ]);
  const events = await cluster.list<Event>(`${NS}/events?fieldSelector=reason=ReplicaSetCreateError`);
  expect(events.map((event) => event.message)).toEqual([message]);
  expect((await cluster.list<Pod>(`${NS}/pods`)).map(({ metadata }) => metadata.name)).toEqual(['p']);
  expect(rows).toBeLessThan(80);
  const before = cluster.rowsWritten;
  await cluster.advance(HOUR);
  expect(cluster.rowsWritten - before).toBeLessThan(80);
}, 120_000);
