import { expect, test } from 'vitest';
import type { HistoryChanges, HistoryDiff } from '../../wire/history.ts';
import type { UserInfo } from '../apiserver/request.ts';
import { ADMIN, TestCluster } from '../testing/cluster.ts';

const JANE: UserInfo = { name: 'jane', groups: ['system:authenticated'] };

test('the past of a namespace that was made anew is not its new reader’s', async () => {
  const cluster = await TestCluster.start();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { a: name } });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' };
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }];
  await cluster.must('POST /api/v1/namespaces', namespace);
  await cluster.must('POST /api/v1/namespaces/shop/secrets', secret('old'));
  const before = cluster.revision;
  await cluster.must('DELETE /api/v1/namespaces/shop');
  await cluster.advance(60_000);
  await cluster.must('POST /api/v1/namespaces', namespace);
  await cluster.must('POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings', {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'jane' } },
    ...{ roleRef, subjects },
  });
  await cluster.must('POST /api/v1/namespaces/shop/secrets', secret('new'));
  const get = async (user: UserInfo, path: string) => {
    const [where = '', query = ''] = path.split('?', 2);
    const answer = await cluster.handle({ method: 'GET', path: where, query, header: () => undefined, user });
    if (answer.type !== 'response') throw new Error(answer.type);
    const text = typeof answer.body === 'string' ? answer.body : [...answer.body].join('');
    return { status: answer.status, body: JSON.parse(text) };
  };
  const secrets = '/api/v1/namespaces/shop/secrets';
  for (const path of [secrets, `${secrets}/old`]) {
    const past = `/islet/v1/history/${before}${path}`;
    expect([(await get(JANE, past)).status, (await get(ADMIN, past)).status]).toEqual([403, 200]);
  }
  expect((await get(JANE, `/islet/v1/history/${cluster.revision}${secrets}/new`)).status).toBe(200);
  const names = async (user: UserInfo, path: string) => {
    const { items } = (await get(user, path)).body as HistoryChanges | HistoryDiff;
    return items.filter(({ resource }) => resource === 'secrets').map(({ change, name }) => `${change} ${name}`);
  };
  const changes = '/islet/v1/history/changes?namespace=shop';
  expect(await names(JANE, changes)).toEqual(['create new']);
  expect(await names(ADMIN, changes)).toEqual(['create old', 'delete old', 'create new']);
  const diff = `/islet/v1/history/diff?from=${before}&namespace=shop`;
  expect(await names(JANE, diff)).toEqual(['added new']);
  expect(await names(ADMIN, diff)).toEqual(['added new', 'removed old']);
});
