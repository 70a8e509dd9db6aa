/** A cluster whose sealing key was lost, or replaced: its Secrets cannot be read, and everything else goes on. */
import { expect, test, vi } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { testSealer } from '../store/contract/harness.ts';
import { TestCluster } from '../testing/cluster.ts';

// Hours of a cluster's life and hundreds of requests take several seconds on a loaded machine.
vi.setConfig({ testTimeout: 60_000 });

const NAMESPACE = '/api/v1/namespaces/default';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const secret = (name: string) => ({ metadata: { name }, stringData: { password: 'hunter2' } });
const deployment = (name: string, replicas: number) => {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx' }] } };
  return { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } };
};
const running = async (cluster: TestCluster) =>
  (await cluster.list<KubeObject & { status: { phase: string } }>(`${NAMESPACE}/pods`)).filter(
    ({ status }) => status.phase === 'Running',
  ).length;

test('controllers, lists and other Secrets go on; a request for a lost one is answered with the reason', async () => {
  const cluster = await TestCluster.start({ sealer: testSealer('k1') });
  await cluster.must(`POST ${NAMESPACE}/secrets`, secret('lost'));
  await cluster.must(`POST ${DEPLOYMENTS}`, deployment('web', 2));
  // The controllers have not looked yet: they will read the log, with the Secret in it.
  cluster.evict(testSealer('k2'));
  await cluster.advance(10_000);
  expect(await running(cluster)).toBe(2);

  const message =
    'Internal error occurred: unable to transform key "/registry/secrets/default/lost": it is sealed with key "k1", which is not configured';
  for (const line of [
    `GET ${NAMESPACE}/secrets/lost`,
    `GET ${NAMESPACE}/secrets`,
    'GET /api/v1/secrets?limit=1',
    `DELETE ${NAMESPACE}/secrets/lost`,
  ]) {
    const { status, body } = await cluster.send(line);
    expect([line, status, body]).toEqual([line, 500, expect.objectContaining({ reason: 'InternalError', message })]);
  }
  await cluster.must(`POST ${NAMESPACE}/secrets`, secret('new'));
  expect((await cluster.must(`GET ${NAMESPACE}/secrets/new`)).metadata.name).toBe('new');
  // The list has more objects than one piece holds, and the lost one is among the last.
  for (let i = 0; i < 120; i++) await cluster.must(`POST ${NAMESPACE}/secrets`, secret(`a-${i}`));
  expect((await cluster.send(`GET ${NAMESPACE}/secrets`)).status).toBe(500);

  // A dependent is kept while its owner's uid cannot be read.
  const lost = [{ apiVersion: 'v1', kind: 'Secret', name: 'lost', uid: 'unknown' }];
  await cluster.must(`POST ${NAMESPACE}/configmaps`, { metadata: { name: 'owned', ownerReferences: lost } });

  // A life that begins with nothing to catch up on, and one that must read everything.
  await cluster.advance(60_000);
  cluster.evict();
  await cluster.must(`PUT ${DEPLOYMENTS}/web`, deployment('web', 5));
  await cluster.advance(10_000);
  expect(await running(cluster)).toBe(5);
  expect((await cluster.send(`GET ${NAMESPACE}/configmaps/owned`)).status).toBe(200);
  expect(cluster.reported).toEqual([]);

  cluster.evict(testSealer('k2', 'k1'));
  expect(await cluster.list(`${NAMESPACE}/secrets`)).toHaveLength(122);

  // A Secret whose key is lost can be deleted for good.
  cluster.evict(testSealer('k2'));
  const unsafe = 'ignoreStoreReadErrorWithClusterBreakingPotential=true';
  const lostPath = `${NAMESPACE}/secrets/lost`;
  expect((await cluster.send(`DELETE ${lostPath}?${unsafe}&gracePeriodSeconds=0`)).status).toBe(422);
  expect((await cluster.send(`DELETE ${lostPath}?${unsafe}`)).status).toBe(200);
  expect((await cluster.send(`GET ${lostPath}`)).status).toBe(404);
  expect(await cluster.list(`${NAMESPACE}/secrets`)).toHaveLength(121);
  await cluster.must(`POST ${NAMESPACE}/secrets`, secret('lost'));
  expect((await cluster.must(`GET ${lostPath}`)).metadata.name).toBe('lost');
});

test('a namespace with a lost Secret in it waits for the key, without spinning', async () => {
  const cluster = await TestCluster.start({ sealer: testSealer('k1') });
  await cluster.must('POST /api/v1/namespaces', { metadata: { name: 'doomed' } });
  await cluster.must('POST /api/v1/namespaces/doomed/secrets', secret('lost'));
  await cluster.must('POST /api/v1/namespaces/doomed/configmaps', { metadata: { name: 'map' } });
  cluster.evict(testSealer('k2'));
  await cluster.must('DELETE /api/v1/namespaces/doomed');
  await cluster.advance(60 * 60_000);
  const { status } = await cluster.must<{ status: { conditions: { type: string; message: string }[] } }>(
    'GET /api/v1/namespaces/doomed',
  );
  const failure = status.conditions.find(({ type }) => type === 'NamespaceDeletionContentFailure');
  expect(failure?.message).toContain('unable to transform key "/registry/secrets/doomed/lost"');
  const before = cluster.rowsWritten;
  await cluster.advance(60 * 60_000);
  expect(cluster.rowsWritten - before).toBeLessThan(100);

  cluster.evict(testSealer('k2', 'k1'));
  await cluster.advance(60 * 60_000);
  expect((await cluster.send('GET /api/v1/namespaces/doomed')).status).toBe(404);
});
