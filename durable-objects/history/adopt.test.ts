import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { TestCluster } from '../testing/cluster.ts';

const MINUTE = 60_000;
const PODS = '/api/v1/namespaces/default/pods';

const container = { name: 'c', image: 'nginx' };
const pod = (name: string, nodeName: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { nodeName, containers: [container] },
});

test('a copy has the simulated nodes alone, and what ran on machines runs there', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 1, heard: new Map([['metal', 0]]) });
  const capacity = { cpu: '4', memory: '8Gi', pods: '110' };
  await cluster.must('POST /api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'metal', labels: { 'kubernetes.io/hostname': 'metal' } },
    status: { capacity, allocatable: capacity },
  });
  await cluster.settle();
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { nodeSelector: { 'kubernetes.io/hostname': 'metal' }, containers: [container] },
  };
  const spec = { replicas: 1, selector: { matchLabels: { a: 'b' } }, template };
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'set' }, spec };
  await cluster.must('POST /apis/apps/v1/namespaces/default/replicasets', set);
  await cluster.must(`POST ${PODS}`, pod('alone', 'metal', { labels: { kept: 'yes' } }));
  await cluster.must(`POST ${PODS}`, pod('mirror', 'metal', { annotations: { 'kubernetes.io/config.mirror': 'x' } }));
  await cluster.must(`POST ${PODS}`, pod('there', 'sim-0'));
  await cluster.advance(MINUTE);
  const there = await cluster.must<KubeObject>(`GET ${PODS}/there`);

  await cluster.adopt();
  await cluster.advance(MINUTE);
  expect((await cluster.list('/api/v1/nodes')).map(({ metadata }) => metadata.name)).toEqual(['sim-0']);
  const pods = await cluster.list<KubeObject & { spec: { nodeName?: string } }>(PODS);
  expect(pods.map(({ metadata, spec: { nodeName } }) => [metadata.generateName ?? metadata.name, nodeName])).toEqual([
    ['alone', 'sim-0'],
    ['set-', undefined],
    ['there', 'sim-0'],
  ]);
  expect(pods[0]?.metadata.labels).toEqual({ kept: 'yes' });
  expect(pods[2]?.metadata.uid).toBe(there.metadata.uid);
  const [node] = await cluster.list<KubeObject & { spec: { taints?: unknown } }>('/api/v1/nodes');
  expect(node?.spec.taints).toBeUndefined();
  expect(cluster.reported).toEqual([]);
});

test('tokens that were signed for another cluster are taken out of their Secrets, which the controller fills', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const secrets = '/api/v1/namespaces/default/secrets';
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const type = 'kubernetes.io/service-account-token';
  const data = { token: btoa('of another cluster'), more: btoa('kept') };
  const secret = { apiVersion: 'v1', kind: 'Secret', type, metadata: { name: 't', annotations }, data };
  await cluster.must(`POST ${secrets}`, secret);
  await cluster.must(`POST ${secrets}`, { ...secret, type: 'Opaque', metadata: { name: 'other' } });
  await cluster.adopt();
  const { data: left } = await cluster.must<KubeObject>(`GET ${secrets}/t`);
  expect(left).not.toHaveProperty('token', data.token);
  expect(left).toMatchObject({ more: data.more });
  expect(await cluster.must(`GET ${secrets}/other`)).toMatchObject({ data });
});
