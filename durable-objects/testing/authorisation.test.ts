import { expect, test } from 'vitest';
import type { ClusterRole } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const rule = { verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] };
const TO_VIEW = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };

test('view, edit and admin gather what is labelled for them, one after the other', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const has = async (name: string) => {
    const { rules } = await cluster.must<ClusterRole>(`GET ${ROLES}/${name}`);
    return rules?.some(({ resources }) => resources?.includes('widgets'));
  };
  const { metadata } = await cluster.must<ClusterRole>(`GET ${ROLES}/view`);
  expect(metadata.managedFields).toMatchObject([
    { manager: 'clusterrole-aggregation-controller', operation: 'Apply', fieldsV1: { 'f:rules': {} } },
    { manager: 'kube-apiserver', operation: 'Update' },
  ]);
  await cluster.must(`POST ${ROLES}`, { metadata: { name: 'widgets', labels: TO_VIEW }, rules: [rule] });
  await cluster.settle();
  expect([await has('view'), await has('edit'), await has('admin')]).toEqual([true, true, true]);
  await cluster.must(`DELETE ${ROLES}/widgets`);
  await cluster.settle();
  expect([await has('view'), await has('edit'), await has('admin')]).toEqual([false, false, false]);
});

test('another build brings back a role that was deleted, and the same one does not', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await cluster.must(`DELETE ${ROLES}/system:heapster`);
  await cluster.settle();
  cluster.evict();
  expect((await cluster.send(`GET ${ROLES}/system:heapster`)).status).toBe(404);
  cluster.deploy('next');
  expect((await cluster.send(`GET ${ROLES}/system:heapster`)).status).toBe(200);
});

test('a controller whose binding is gone does its work no more', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  await cluster.must(
    'DELETE /apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:controller:service-account-controller',
  );
  await cluster.must('POST /api/v1/namespaces', { metadata: { name: 'a' } });
  await cluster.settle();
  expect((await cluster.send('GET /api/v1/namespaces/a/serviceaccounts/default')).status).toBe(404);
});
