import { expect, test } from 'vitest';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { TestCluster } from '../testing/cluster.ts';

const ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

test('a new cluster has its roles and flow schemas without a row for each', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  expect((await cluster.list(ROLES)).length).toBeGreaterThan(60);
  expect((await cluster.list('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas')).length).toBeGreaterThan(10);
  expect(cluster.rowsWritten).toBeLessThan(60);
  expect(cluster.reported).toEqual([]);
});

test('another build gives back what was deleted, keeps what was changed, and writes nothing else', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const role = (name: string) => cluster.must<KubeObject & { rules: unknown }>(`GET ${ROLES}/${name}`);
  const before = new Map((await cluster.list(ROLES)).map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
  await cluster.must(`DELETE ${ROLES}/system:discovery`);
  await cluster.must(`PATCH ${ROLES}/view`, { metadata: { labels: { mine: 'yes' } } }, 'application/merge-patch+json');
  await cluster.must(`PATCH ${ROLES}/system:basic-user`, { rules }, 'application/merge-patch+json');
  cluster.evict();
  expect((await cluster.send(`GET ${ROLES}/system:discovery`)).status).toBe(404);
  cluster.deploy('another');
  await cluster.settle();
  expect((await role('system:discovery')).metadata.uid).toBeDefined();
  expect((await role('view')).metadata.labels).toMatchObject({ mine: 'yes' });
  expect((await role('system:basic-user')).rules).toEqual(expect.arrayContaining(rules));
  const changed = (await cluster.list(ROLES)).filter(
    ({ metadata }) => metadata.resourceVersion !== before.get(metadata.name),
  );
  expect(changed.map(({ metadata }) => metadata.name).sort()).toEqual([
    'system:basic-user',
    'system:discovery',
    'view',
  ]);
});

test('a role that is added at once in a new cluster is gathered, though the controllers begin behind what it was given', async () => {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  const before = await cluster.list(ROLES);
  const rule = { verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] };
  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
  await cluster.must(`POST ${ROLES}`, { metadata: { name: 'widgets', labels }, rules: [rule] });
  cluster.evict();
  await cluster.settle();
  const view = await cluster.must<KubeObject & { rules: unknown }>(`GET ${ROLES}/view`);
  expect(view.rules).toEqual(expect.arrayContaining([rule]));
  const changed = (await cluster.list(ROLES)).filter(
    ({ metadata }) =>
      metadata.resourceVersion !== before.find((one) => one.metadata.name === metadata.name)?.metadata.resourceVersion,
  );
  expect(changed.map(({ metadata }) => metadata.name).sort()).toEqual(['admin', 'edit', 'view', 'widgets']);
});
