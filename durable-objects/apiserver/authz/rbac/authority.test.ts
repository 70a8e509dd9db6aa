import { expect, test } from 'vitest';
import type { PolicyRule, Subject } from '../../../../kube/types.ts';
import { grant } from '../../testing/grant.ts';
import { testApi } from '../../testing/harness.ts';

const PATH = '/apis/rbac.authorization.k8s.io/v1';
const JANE = { name: 'jane', groups: ['staff', 'system:authenticated'] };
const ROBOT = { name: 'system:serviceaccount:a:robot', groups: ['system:serviceaccounts', 'system:authenticated'] };

const rule = (verbs: string[], resources: string[], more: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs,
  apiGroups: [''],
  resources,
  ...more,
});

async function setUp() {
  const api = await testApi();
  const status = async (line: string, user = JANE) => (await api.call(line, { user })).status;
  const bind = (namespace: string, subject: Partial<Subject>, role = 'view', kind = 'ClusterRole') =>
    api.create(`${PATH}/namespaces/${namespace}/rolebindings`, {
      metadata: { name: `to-${subject.name}` },
      roleRef: { kind, name: role },
      subjects: [subject],
    });
  for (const name of ['a', 'b']) await api.create('/api/v1/namespaces', { metadata: { name } });
  return { ...api, status, bind };
}

test('a role counts from the next request on, and no longer once it changes or its binding goes', async () => {
  const api = await setUp();
  const list = () => api.status('GET /api/v1/namespaces/a/pods');
  expect(await list()).toBe(403);
  await grant(api, 'jane', [rule(['list'], ['pods'])], 'a');
  expect(await list()).toBe(200);
  expect(await api.status('GET /api/v1/namespaces/b/pods')).toBe(403);
  expect(await api.status('GET /api/v1/pods')).toBe(403);
  await api.call(`PUT ${PATH}/namespaces/a/roles/of-jane`, {
    body: { metadata: { name: 'of-jane' }, rules: [rule(['get'], ['pods'])] },
  });
  expect(await list()).toBe(403);
  await api.call(`PUT ${PATH}/namespaces/a/roles/of-jane`, {
    body: { metadata: { name: 'of-jane' }, rules: [rule(['*'], ['*'])] },
  });
  expect(await list()).toBe(200);
  await api.call(`DELETE ${PATH}/namespaces/a/rolebindings/of-jane`);
  expect(await list()).toBe(403);
});

test('users, groups and service accounts are bound, an account without a namespace in that of the binding', async () => {
  const { bind, status, create } = await setUp();
  await create(`${PATH}/namespaces/a/roles`, { metadata: { name: 'r' }, rules: [rule(['list'], ['pods'])] });
  const list = (user: typeof JANE) => status('GET /api/v1/namespaces/a/pods', user);
  expect([await list(JANE), await list(ROBOT)]).toEqual([403, 403]);
  await bind('a', { kind: 'Group', name: 'staff' }, 'r', 'Role');
  await bind('a', { kind: 'ServiceAccount', name: 'robot' }, 'r', 'Role');
  expect([await list(JANE), await list(ROBOT)]).toEqual([200, 200]);
  expect(await list({ ...ROBOT, name: 'system:serviceaccount:b:robot' })).toBe(403);
});

test('names, subresources and paths are told apart', async () => {
  const api = await setUp();
  await grant(api, 'jane', [
    rule(['get', 'list'], ['configmaps'], { resourceNames: ['one'] }),
    rule(['get'], ['pods/log', '*/scale']),
    { verbs: ['get'], nonResourceURLs: ['/metrics', '/islet/*'] },
  ]);
  const maps = '/api/v1/namespaces/a/configmaps';
  expect(await api.status(`GET ${maps}/one`)).toBe(404);
  expect(await api.status(`GET ${maps}/two`)).toBe(403);
  expect(await api.status(`GET ${maps}`)).toBe(403);
  expect(await api.status(`GET ${maps}?fieldSelector=metadata.name%3Done`)).toBe(200);
  expect(await api.status('GET /api/v1/namespaces/a/pods/x/log')).toBe(404);
  expect(await api.status('GET /api/v1/namespaces/a/pods/x')).toBe(403);
  expect(await api.status('GET /apis/apps/v1/namespaces/a/deployments/x/scale')).toBe(403);
  expect(await api.status('GET /api/v1/namespaces/a/replicationcontrollers/x/scale')).toBe(404);
  expect(await api.status('GET /metrics')).toBe(200);
  expect(await api.status('GET /metrics/x')).toBe(403);
  expect(await api.status('GET /islet/v1/x')).toBe(404);
});

test('a decision names the binding that it rests on, and roles that are not there', async () => {
  const { bind, call } = await setUp();
  const ask = async (resource: string, user = 'jane') => {
    const spec = { user, groups: JANE.groups, resourceAttributes: { namespace: 'a', verb: 'list', resource } };
    const path = 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews';
    return (await call<{ status: { allowed: boolean; reason?: string } }>(path, { body: { spec } })).body.status;
  };
  await bind('a', { kind: 'Group', name: 'staff' }, 'system:aggregate-to-view');
  expect(await ask('pods')).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by RoleBinding "to-staff/a" of ClusterRole "system:aggregate-to-view" to Group "staff"',
  });
  expect(await ask('secrets')).toEqual({ allowed: false });
  await bind('a', { kind: 'ServiceAccount', name: 'robot' }, 'none', 'Role');
  await bind('a', { kind: 'User', name: ROBOT.name }, 'no', 'ClusterRole');
  expect(await ask('secrets', ROBOT.name)).toEqual({
    allowed: false,
    reason:
      'RBAC: [role.rbac.authorization.k8s.io "none" not found, clusterrole.rbac.authorization.k8s.io "no" not found]',
  });
  const refused = await call('GET /api/v1/namespaces/a/secrets', { user: { ...ROBOT, groups: [] } });
  expect(refused.body.message).toBe(
    `secrets is forbidden: User "${ROBOT.name}" cannot list resource "secrets" in API group "" in the namespace "a": RBAC: [role.rbac.authorization.k8s.io "none" not found, clusterrole.rbac.authorization.k8s.io "no" not found]`,
  );
});

test('administrators are bound by RBAC alone, masters are not', async () => {
  const { call, status } = await setUp();
  const admin = { name: 'islet:admin', groups: ['islet:cluster-admins', 'system:authenticated'] };
  expect(await status('GET /api/v1/secrets', admin)).toBe(200);
  await call(`DELETE ${PATH}/clusterrolebindings/islet:cluster-admins`);
  expect(await status('GET /api/v1/secrets', admin)).toBe(403);
  expect(await status('GET /api/v1/secrets', { name: 'islet:admin', groups: ['system:masters'] })).toBe(200);
});

test('bindings are read once, those of a namespace when it is asked for, and roles when they are needed', async () => {
  const api = await setUp();
  const { store, status } = api;
  await grant(api, 'jane', [rule(['list'], ['pods'])], 'a');
  const reads: string[] = [];
  const { scan, get } = { scan: store.scan.bind(store), get: store.get.bind(store) };
  const isPolicy = (key: string) => key.includes('rbac.authorization.k8s.io');
  store.scan = (query) => {
    if (isPolicy(query.prefix)) reads.push(query.prefix);
    return scan(query);
  };
  store.get = (key) => {
    if (isPolicy(key)) reads.push(key);
    return get(key);
  };
  for (let times = 0; times < 3; times++) expect(await status('GET /api/v1/namespaces/b/pods')).toBe(403);
  for (let times = 0; times < 3; times++) expect(await status('GET /api/v1/namespaces/a/pods')).toBe(200);
  expect(reads.filter((key) => !key.startsWith('clusterroles.'))).toEqual([
    'clusterrolebindings.rbac.authorization.k8s.io/',
    'rolebindings.rbac.authorization.k8s.io/b/',
    'rolebindings.rbac.authorization.k8s.io/a/',
    'roles.rbac.authorization.k8s.io/a/of-jane',
  ]);
  expect(new Set(reads).size).toBe(reads.length);
});
