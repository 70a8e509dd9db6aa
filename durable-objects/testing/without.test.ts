import { expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 1, selector: { matchLabels: labels }, template },
};
const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: template.spec };

const ingress = {
  metadata: { name: 'i' },
  spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
};

/** The `since` that kube-controller-manager's legacy-service-account-token-cleaner reads. */
async function tracking(cluster: TestCluster): Promise<unknown> {
  const name = 'kube-apiserver-legacy-service-account-token-tracking';
  const map = await cluster.must<ConfigMap>(`GET /api/v1/namespaces/kube-system/configmaps/${name}`);
  return map.data?.since;
}

async function warningOf(cluster: TestCluster): Promise<string | undefined> {
  return (await cluster.send('POST /apis/networking.k8s.io/v1/namespaces/default/ingresses', ingress)).headers.warning;
}

async function nodeOf(cluster: TestCluster): Promise<unknown> {
  await cluster.must('POST /api/v1/namespaces/default/pods', pod);
  await cluster.settle();
  return (await cluster.must<Pod>('GET /api/v1/namespaces/default/pods/p')).spec?.nodeName;
}

test('without controllers those of the API server still act, and the scheduler does', async () => {
  const cluster = await TestCluster.start({ without: ['controllers'] });
  await cluster.must('POST /apis/apps/v1/namespaces/default/deployments', deployment);
  await cluster.settle();
  expect(await cluster.list('/apis/apps/v1/replicasets')).toEqual([]);
  expect(await tracking(cluster)).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(await warningOf(cluster)).toBeUndefined();
  expect(await cluster.list('/api/v1/serviceaccounts')).toEqual([]);
  expect(await cluster.list('/apis/networking.k8s.io/v1/ipaddresses')).not.toEqual([]);
  await cluster.must('POST /api/v1/namespaces/default/serviceaccounts', account);
  expect(await nodeOf(cluster)).toMatch(/^sim-/);
});

test('without the scheduler a pod waits, also after the object has slept', async () => {
  const cluster = await TestCluster.start({ without: ['scheduler'] });
  expect(await warningOf(cluster)).toContain('nothing acts on them yet');
  expect(await nodeOf(cluster)).toBeUndefined();
  cluster.evict();
  await cluster.settle();
  expect((await cluster.must<Pod>('GET /api/v1/namespaces/default/pods/p')).spec?.nodeName).toBeUndefined();
});
