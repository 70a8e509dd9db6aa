import { expect, test } from 'vitest';
import type { PolicyRule } from '../../../kube/types.ts';
import { IMPERSONATED_EXTRA } from '../../../wire/impersonation.ts';
import type { UserInfo } from '../request.ts';
import { grant } from '../testing/grant.ts';
import { testApi } from '../testing/harness.ts';

const JANE = { name: 'jane', groups: ['system:authenticated'] };

test.each([
  ['system:serviceaccount:a:b', '', ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated']],
  ['system:serviceaccount:a:b', 'staff', ['staff', 'system:authenticated']],
  ['jane', 'system:authenticated', ['system:authenticated']],
  ['jane', 'system:unauthenticated', ['system:unauthenticated']],
  ['system:anonymous', '', ['system:unauthenticated']],
])('%s in the groups "%s" is in %j', async (name, groups, expected) => {
  const { call } = await testApi();
  const headers = { 'impersonate-user': name, ...(groups && { 'impersonate-group': groups }) };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const allowed = await call<{ status: { userInfo: { groups: string[] } } }>(`POST ${path}`, { headers, body: {} });
  const seen = allowed.status === 201 ? allowed.body.status.userInfo.groups : undefined;
  const isAuthenticated = expected.includes('system:authenticated');
  expect([allowed.status, seen]).toEqual(isAuthenticated ? [201, expected] : [403, undefined]);
});

test('a group of a directory is one group, whatever its name holds after a comma', async () => {
  const { call } = await testApi();
  const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'CN=x,system:masters, staff' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { body } = await call<{ status: object }>(`POST ${path}`, { headers, body: {} });
  expect(body.status).toEqual({
    userInfo: { username: 'jane', groups: ['CN=x,system:masters', 'staff', 'system:authenticated'] },
  });
});

test('a master may act as another user', async () => {
  const { call } = await testApi();
  const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'staff, ops' };
  const who = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const review = await call<{ status: unknown }>(`POST ${who}`, { headers, body: {} });
  expect(review.body.status).toEqual({
    userInfo: { username: 'jane', groups: ['staff', 'ops', 'system:authenticated'] },
  });
  expect((await call('GET /api/v1/pods', { headers })).status).toBe(403);
  const withExtra = { ...headers, [IMPERSONATED_EXTRA]: '{"scopes":["view"]}' };
  const reviewed = await call<{ status: unknown }>(`POST ${who}`, { headers: withExtra, body: {} });
  expect(reviewed.body.status).toMatchObject({ userInfo: { username: 'jane', extra: { scopes: ['view'] } } });
  const nobody = await call(`POST ${who}`, { headers: { [IMPERSONATED_EXTRA]: '{"scopes":["view"]}' }, body: {} });
  expect([nobody.status, nobody.body.message]).toEqual([
    400,
    'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string(nil), Extra:map[string][]string{"scopes":[]string{"view"}}} without impersonating a user name',
  ]);
});

const BOUND = { 'impersonate-user': 'bob' };
const AGENT = 'system:serviceaccount:imp:sa';

/** The refusals of kube-apiserver 1.36: those of the first mode that fits the user. */
test.each([
  [
    BOUND,
    'GET /api/v1/pods',
    'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" at the cluster scope',
  ],
  [
    { 'impersonate-user': 'system:node:n1' },
    'GET /api/v1/namespaces/a/pods/x',
    'pods "x" is forbidden: User "jane" cannot impersonate-on:arbitrary-node:get resource "pods" in API group "" in the namespace "a"',
  ],
  [
    { 'impersonate-user': 'system:node:n1', 'impersonate-group': 'system:nodes' },
    'GET /api/v1/pods',
    'users "system:node:n1" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  ],
  [
    { 'impersonate-user': 'system:serviceaccount:a:b' },
    'GET /metrics',
    'forbidden: User "jane" cannot impersonate-on:serviceaccount:get path "/metrics"',
  ],
  [
    { 'impersonate-user': 'system:serviceaccount:a' },
    'GET /metrics',
    'forbidden: User "jane" cannot impersonate-on:user-info:get path "/metrics"',
  ],
])('as %j, %s is refused', async (headers, line, message) => {
  const { call } = await testApi();
  const refused = await call(line, { headers, user: JANE });
  expect([refused.status, refused.body.message]).toEqual([403, message]);
});

async function granting(rules: PolicyRule[], user = JANE) {
  const api = await testApi();
  await grant(api, user.name, rules);
  return async (line: string, headers: Record<string, string>, extra: UserInfo['extra'] = undefined) => {
    const { status, body } = await api.call(line, { headers, user: { ...user, ...(extra && { extra }) }, body: {} });
    return status < 300 ? status : body.message;
  };
}

test('a narrow right to act as another counts for the verbs and resources that it names', async () => {
  const as = await granting([
    { verbs: ['impersonate:user-info'], apiGroups: ['authentication.k8s.io'], resources: ['users', 'groups'] },
    {
      verbs: ['impersonate-on:user-info:create'],
      apiGroups: ['authentication.k8s.io'],
      resources: ['selfsubjectreviews'],
    },
  ]);
  const who = 'POST /apis/authentication.k8s.io/v1/selfsubjectreviews';
  expect(await as(who, BOUND)).toBe(201);
  expect(await as('GET /api/v1/pods', BOUND)).toContain('cannot impersonate-on:user-info:list');
  expect(await as(who, { ...BOUND, 'impersonate-group': 'system:masters' })).toBe(
    'groups.authentication.k8s.io "system:masters" is forbidden: User "jane" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the system:masters group is not allowed',
  );
  expect(await as(who, { ...BOUND, 'impersonate-group': '' })).toBe(
    'groups.authentication.k8s.io is forbidden: User "jane" cannot impersonate:user-info resource "groups" in API group "authentication.k8s.io" at the cluster scope: impersonating the empty string group is not allowed',
  );
  expect(await as(who, { ...BOUND, 'impersonate-uid': '7' })).toBe(
    'uids.authentication.k8s.io "7" is forbidden: User "jane" cannot impersonate:user-info resource "uids" in API group "authentication.k8s.io" at the cluster scope',
  );
});

test('a service account may act as the node that its pod runs on, and as no other', async () => {
  const agent = { name: AGENT, groups: ['system:authenticated'] };
  const as = await granting(
    [
      { verbs: ['impersonate:associated-node'], apiGroups: ['authentication.k8s.io'], resources: ['nodes'] },
      { verbs: ['impersonate-on:associated-node:list'], apiGroups: [''], resources: ['pods'] },
    ],
    agent,
  );
  const extra = { 'authentication.kubernetes.io/node-name': ['n1'] };
  const list = (node: string) =>
    as(`GET /api/v1/pods?fieldSelector=spec.nodeName%3D${node}`, { 'impersonate-user': `system:node:${node}` }, extra);
  expect(await list('n1')).toBe(200);
  expect(await list('n2')).toContain('cannot impersonate-on:arbitrary-node:list');
});

test('the plain right counts for every request, also for a group that no narrow one reaches', async () => {
  const as = await granting([{ verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'] }]);
  expect(await as('GET /api/v1/pods', { ...BOUND, 'impersonate-group': 'system:masters' })).toBe(200);
});
