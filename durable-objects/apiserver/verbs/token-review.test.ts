import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { ADMINISTRATOR, type Claims, ISSUER_HEADER } from '../../../wire/identity.ts';
import { testApi } from '../testing/harness.ts';
import { testIdentity, testKeys } from '../testing/identity.ts';

const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews';
const ISSUER = 'https://islet.example/clusters/abcdefghij';
const headers = { [ISSUER_HEADER]: ISSUER };

async function setUp(hasToken = async (_account: string, _id: string): Promise<boolean> => true) {
  const keys = testKeys();
  const api = await testApi({ identity: testIdentity({ keys: () => keys, hasToken }) });
  const review = async (token: string, audiences?: string[]) => {
    const { body } = await api.call<KubeObject>(`POST ${REVIEWS}`, { body: { spec: { token, audiences } }, headers });
    return body.status;
  };
  const issue = async (audiences?: string[]) => {
    const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
    const { body } = await api.call<{ status: { token: string } }>(`POST ${path}`, {
      body: { spec: { audiences } },
      headers,
    });
    return body.status.token;
  };
  return { ...api, keys, review, issue };
}

test('a token of a service account is reviewed for its audiences', async () => {
  const { review, issue } = await setUp();
  const [api, vault] = [await issue(), await issue(['vault', 'x'])];
  expect(await review(api)).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:default:default', uid: expect.any(String) },
    audiences: [ISSUER],
  });
  expect(await review(vault, ['y', 'vault'])).toMatchObject({ authenticated: true, audiences: ['vault'] });
  expect(await review(vault)).toEqual({
    user: {},
    error: `[invalid bearer token, token audiences ["vault" "x"] is invalid for the target audiences ["${ISSUER}"]]`,
  });
});

test("the service's own tokens are for the API alone, and a text that is none says so", async () => {
  const { review, keys, clock } = await setUp();
  const iat = clock.time / 1000;
  const claims: Claims = {
    iss: 'islet',
    ...ADMINISTRATOR,
    groups: [...ADMINISTRATOR.groups],
    iat,
    exp: iat + 60,
    jti: 'j',
    use: 'cluster',
    cluster: 'abcdefghij',
  };
  const token = await keys.sign(claims);
  expect(await review(token)).toMatchObject({
    authenticated: true,
    user: { username: 'islet:admin' },
    audiences: [ISSUER],
  });
  const invalid = { user: {}, error: 'invalid bearer token' };
  expect(await review(token, ['vault'])).toEqual(invalid);
  expect(await review(await keys.sign({ ...claims, cluster: 'zzzzzzzzzz' }))).toEqual(invalid);
  expect(await review(await testKeys().sign(claims))).toEqual(invalid);
  expect(await review('garbage')).toEqual(invalid);
});

test("an account's token counts while the account has it, and a session of the dashboard does not", async () => {
  const { review, keys, clock } = await setUp(async (account, id) => {
    if (account !== 'alice') return false;
    if (id === 'lost') throw new Error('the account is not there');
    return id === 'kept';
  });
  const iat = clock.time / 1000;
  const of = { iss: 'islet', ...ADMINISTRATOR, groups: [...ADMINISTRATOR.groups], iat, exp: iat + 60 };
  const reviewed = async (claims: Pick<Claims, 'jti' | 'use' | 'account'>) =>
    review(await keys.sign({ ...of, ...claims }));
  const invalid = { user: {}, error: 'invalid bearer token' };
  expect(await reviewed({ jti: 'kept', use: 'account', account: 'alice' })).toMatchObject({ authenticated: true });
  for (const jti of ['revoked', 'lost'])
    expect(await reviewed({ jti, use: 'account', account: 'alice' })).toEqual(invalid);
  expect(await reviewed({ jti: 'kept', use: 'account', account: 'bob' })).toEqual(invalid);
  expect(await reviewed({ jti: 'kept', use: 'session', account: 'alice' })).toEqual(invalid);
});

test('a review without a token is none', async () => {
  const { call } = await setUp();
  const { status, body } = await call(`POST ${REVIEWS}`, { body: { spec: {} } });
  expect([status, body.message]).toEqual([400, 'token is required for TokenReview in authentication']);
});
