/** Admission that changes what controllers write, so that none ever finds what it wanted: they do not write without end. */
import { expect, test } from 'vitest';
import type { Deployment } from '../../kube/types.ts';
import type { OutboundRequest } from '../apiserver/outbound.ts';
import { TestCluster } from './cluster.ts';

const HOUR = 3_600_000;
const NS = '/api/v1/namespaces/default';
const APPS = '/apis/apps/v1/namespaces/default';
const HOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** A cluster whose webhook changes each of some objects, and a Deployment of two pods. */
async function changed(rule: object, path: string, value: unknown): Promise<TestCluster> {
  const patch = btoa(JSON.stringify([{ op: 'add', path, value }]));
  const outbound = async ({ body = '' }: OutboundRequest) => {
    const response = { uid: JSON.parse(body).request.uid, allowed: true, patchType: 'JSONPatch', patch };
    const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
  };
  const cluster = await TestCluster.start({ outbound });
  const hook = {
    name: 'm.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    clientConfig: { url: 'https://m.example.com' },
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], ...rule }],
  };
  await cluster.must(`POST ${HOOKS}`, { metadata: { name: 'm' }, webhooks: [hook] });
  const labels = { app: 'x' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 2, selector: { matchLabels: labels }, template };
  await cluster.must(`POST ${APPS}/deployments`, { metadata: { name: 'd' }, spec });
  return cluster;
}

test('a template that is changed in each ReplicaSet makes another one ever more seldom, and none once it is not', async () => {
  const cluster = await changed({ resources: ['replicasets'] }, '/spec/template/spec/containers/0/image', 'other');
  await cluster.advance(HOUR);
  cluster.evict();
  const sets = async () => (await cluster.list(`${APPS}/replicasets`)).length;
  const [before, rows] = [await sets(), cluster.rowsWritten];
  expect(before).toBeLessThan(30);
  await cluster.advance(HOUR);
  expect((await sets()) - before).toBeLessThan(15);
  expect(cluster.rowsWritten - rows).toBeLessThan(800);
  await cluster.must(`DELETE ${HOOKS}/m`);
  await cluster.advance(HOUR / 2);
  const { status } = await cluster.must<Deployment>(`GET ${APPS}/deployments/d`);
  expect([status?.updatedReplicas, status?.availableReplicas]).toEqual([2, 2]);
  const still = cluster.revision;
  await cluster.advance(HOUR);
  expect(cluster.revision).toBe(still);
  expect(cluster.reported).toEqual([]);
});

test.each([
  ['a number of pods', { resources: ['replicasets'] }, '/spec/replicas', 1],
  ['a status', { resources: ['deployments/status'] }, '/status/observedGeneration', 0],
  ['owners', { resources: ['pods'], operations: ['CREATE'] }, '/metadata/ownerReferences', []],
])('%s that is changed leads to no more writes', async (_, rule, path, value) => {
  const cluster = await changed(rule, path, value);
  await cluster.advance(60_000);
  const { revision } = cluster;
  await cluster.advance(HOUR);
  expect(cluster.revision - revision).toBeLessThan(10);
  expect((await cluster.list(`${NS}/pods`)).length).toBeLessThanOrEqual(2);
  expect(cluster.reported).toEqual([]);
});
