import { expect, test } from 'vitest';
import { IMPERSONATED_EXTRA } from '../../wire/impersonation.ts';
import { testApi } from './testing/harness.ts';

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

test('a master may act as another user, and only a master', async () => {
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
  const refused = await call('GET /api/v1/pods', { headers: { 'impersonate-user': 'islet:admin' }, user: JANE });
  expect(refused.body.message).toBe(
    'users "islet:admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
  );
});
