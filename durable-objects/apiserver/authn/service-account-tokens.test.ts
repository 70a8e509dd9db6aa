import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { ISSUER_HEADER } from '../../../wire/identity.ts';
import { accountPayload, legacyPayload } from '../../../wire/service-account-tokens.ts';
import { testApi } from '../testing/harness.ts';
import { testIdentity, testKeys } from '../testing/identity.ts';
import { MERGE, node, PODS, pod } from '../testing/objects.ts';
import { serviceAccountTokens } from './service-account-tokens.ts';

const CORE = '/api/v1/namespaces/default';
const ISSUER = 'https://islet.example/clusters/abcdefghij';
const INVALIDATED = 'service account token has been invalidated';

async function setUp() {
  const keys = testKeys();
  const api = await testApi({ identity: testIdentity({ keys: () => keys }) });
  const account = await api.create(`${CORE}/serviceaccounts`, { metadata: { name: 'robot' } });
  const issue = async (spec: object = {}) => {
    const { body } = await api.call<{ status: { token: string } }>(`POST ${CORE}/serviceaccounts/robot/token`, {
      body: { spec },
      headers: { [ISSUER_HEADER]: ISSUER },
    });
    return body.status.token;
  };
  const bound = async (kind: string, { metadata: { name, uid } }: KubeObject) =>
    issue({ boundObjectRef: { apiVersion: 'v1', kind, name, uid } });
  /** A request with the token: its user, or whether the refusal is final. */
  const use = async (token: string) => {
    const answer = api.api.authenticate(await keys.verify(token, api.clock.time));
    return answer.ok ? answer : { ...answer, user: undefined };
  };
  const why = async (token: string) => {
    const answer = await use(token);
    return answer.ok ? 'counts' : answer.why;
  };
  return { ...api, keys, account, issue, bound, use, why };
}

test('the user of a token is its account, with pod, node and token', async () => {
  const { bound, use, create, account } = await setUp();
  const n1 = await create('/api/v1/nodes', node('n1'));
  const web = await create(PODS, pod('web', { spec: { serviceAccountName: 'robot', nodeName: 'n1' } }));
  const answer = await use(await bound('Pod', web));
  expect(answer).toMatchObject({
    ok: true,
    user: {
      name: 'system:serviceaccount:default:robot',
      uid: account.metadata.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)],
        'authentication.kubernetes.io/node-name': ['n1'],
        'authentication.kubernetes.io/node-uid': [n1.metadata.uid],
        'authentication.kubernetes.io/pod-name': ['web'],
        'authentication.kubernetes.io/pod-uid': [web.metadata.uid],
      },
    },
    audiences: [ISSUER],
  });
  // Watches and streams that the token opened end with these objects.
  expect(answer.ok && answer.credential.id.split('/').slice(1)).toEqual([account.metadata.uid, web.metadata.uid]);
});

test('a token dies with its account, and does not serve one of the same name', async () => {
  const { issue, why, call, create, account } = await setUp();
  const token = await issue();
  expect(await why(token)).toBe('counts');
  await call(`DELETE ${CORE}/serviceaccounts/robot`);
  expect(await why(token)).toBe('serviceaccounts "robot" not found');
  const again = await create(`${CORE}/serviceaccounts`, { metadata: { name: 'robot' } });
  expect(await why(token)).toBe(
    `service account UID (${again.metadata.uid}) does not match claim (${account.metadata.uid})`,
  );
});

test.each([
  ['Secret', `${CORE}/secrets`, {}],
  ['Node', '/api/v1/nodes', {}],
  ['Pod', PODS, { spec: { serviceAccountName: 'robot', containers: [{ name: 'c', image: 'x' }] } }],
])('a token that is bound to a %s ends with it', async (kind, path, body) => {
  const { bound, use, why, call, create } = await setUp();
  const object = await create(path, { metadata: { name: 'it' }, ...body });
  const token = await bound(kind, object);
  expect(await why(token)).toBe('counts');
  await call(`DELETE ${path}/it?gracePeriodSeconds=0`);
  expect(await use(token)).toMatchObject({ ok: false, isFinal: true, why: INVALIDATED });
  const again = await create(path, { metadata: { name: 'it' }, ...body });
  const word = kind.toLowerCase();
  expect(await why(token)).toBe(
    `${word} UID (${again.metadata.uid}) does not match service account ${word} ref claim (${object.metadata.uid})`,
  );
});

test('a pod that is going keeps its token for its grace period and a minute', async () => {
  const { bound, why, call, create, clock } = await setUp();
  await create('/api/v1/nodes', node('n1'));
  const web = await create(PODS, pod('web', { spec: { serviceAccountName: 'robot', nodeName: 'n1' } }));
  const token = await bound('Pod', web);
  await call(`DELETE ${PODS}/web?gracePeriodSeconds=30`);
  clock.time += 90_000;
  expect(await why(token)).toBe('counts');
  clock.time += 1000;
  expect(await why(token)).toBe(INVALIDATED);
});

test("a token's node may go where its pod stays", async () => {
  const { bound, why, call, create } = await setUp();
  await create('/api/v1/nodes', node('n1'));
  const web = await create(PODS, pod('web', { spec: { serviceAccountName: 'robot', nodeName: 'n1' } }));
  const token = await bound('Pod', web);
  await call('DELETE /api/v1/nodes/n1');
  expect(await why(token)).toBe('counts');
});

test('a token of another cluster or audience, or an expired one, is refused', async () => {
  const { issue, use, keys, account, api, clock } = await setUp();
  const binding = {
    audiences: [ISSUER],
    namespace: 'default',
    account: { name: 'robot', uid: account.metadata.uid ?? '' },
  };
  const order = { issuer: ISSUER, cluster: 'zzzzzzzzzz', binding, jti: 'j', now: clock.time / 1000, expires: 600 };
  expect(await use(await keys.signPayload(accountPayload(order)))).toMatchObject({ ok: false });
  expect(await use(await keys.signPayload(accountPayload({ ...order, cluster: 'abcdefghij' })))).toMatchObject({
    ok: true,
  });
  expect(await use(await issue({ audiences: ['vault', 'other'] }))).toMatchObject({
    ok: false,
    isFinal: true,
    why: `token audiences ["vault" "other"] is invalid for the target audiences ["${ISSUER}"]`,
  });
  const claims = await keys.verify(await issue(), clock.time);
  clock.time += 3600_000;
  expect(api.authenticate(claims)).toMatchObject({ ok: false, why: 'service account token has expired' });
});

test('a legacy token counts while its Secret has it, and the Secret says when it was used', async () => {
  const { why, keys, account, call, create, clock } = await setUp();
  const owner = { name: 'robot', uid: account.metadata.uid ?? '' };
  const [token, other] = await Promise.all(
    [0, 1].map(() => keys.signPayload(legacyPayload('abcdefghij', 'default', owner, 'old'))),
  );
  expect(await why(token ?? '')).toBe('Token has been invalidated');
  await create(`${CORE}/secrets`, {
    metadata: { name: 'old', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
    stringData: { token },
  });
  expect(await why(token ?? '')).toBe('counts');
  expect(await why(other ?? '')).toBe("Token does not match server's copy");
  const labels = async () => (await call(`GET ${CORE}/secrets/old`)).body.metadata.labels;
  await expect.poll(labels).toEqual({ 'kubernetes.io/legacy-token-last-used': '2026-01-02' });
  clock.time += 2 * 24 * 3600_000;
  await why(token ?? '');
  await expect.poll(labels).toEqual({ 'kubernetes.io/legacy-token-last-used': '2026-01-04' });
  await call(`DELETE ${CORE}/serviceaccounts/robot`);
  expect(await why(token ?? '')).toBe('serviceaccounts "robot" not found');
});

test('the answer to a token that was made for an account of itself warns of that', async () => {
  const { use, keys, account, call, create, api } = await setUp();
  const owner = { name: 'robot', uid: account.metadata.uid ?? '' };
  const token = await keys.signPayload(legacyPayload('abcdefghij', 'default', owner, 'robot-token-x'));
  await create(`${CORE}/secrets`, {
    metadata: { name: 'robot-token-x', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    type: 'kubernetes.io/service-account-token',
    stringData: { token },
  });
  expect(await use(token)).not.toHaveProperty('credential.warning');
  const listed = { secrets: [{ name: 'robot-token-x' }] };
  await call(`PATCH ${CORE}/serviceaccounts/robot`, { headers: MERGE, body: listed });
  const used = await use(token);
  if (!used.ok) throw new Error('refused');
  const { user, credential } = used;
  const answer = await api.handle({
    method: 'GET',
    path: '/api',
    query: '',
    header: () => undefined,
    user,
    credential,
  });
  expect(answer).toHaveProperty(
    'headers.warning',
    '299 - "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens."',
  );
});

test('a token dies with its account also where so many keys are looked after that they are begun anew', () => {
  const objects = new Map<string, string>();
  let committed: (entries: readonly { key: string }[]) => void = () => {};
  const store = {
    get: (key: string) => (objects.has(key) ? { text: objects.get(key) } : undefined),
    onCommit: (listener: typeof committed) => {
      committed = listener;
    },
  };
  const now = () => 0;
  const authenticate = serviceAccountTokens({ cluster: 'c', store: store as never, isRevoked: () => false, now });
  const claimsOf = (name: string, more: object = {}) => ({
    ...{ use: 'service-account', cluster: 'c', jti: name, exp: 100, iss: 'i', sub: name, groups: [] },
    serviceAccount: { audiences: ['i'], namespace: 'default', account: { name, uid: 'u' }, ...more },
  });
  for (let i = 1; i < 10_000; i++) authenticate(claimsOf(`a${i}`) as never);
  objects.set('serviceaccounts/default/robot', '{"metadata":{"uid":"u"}}');
  objects.set('pods/default/web', '{"metadata":{"uid":"p"}}');
  const claims = claimsOf('robot', { pod: { name: 'web', uid: 'p' } }) as never;
  expect(authenticate(claims)?.ok).toBe(true);
  objects.delete('serviceaccounts/default/robot');
  committed([{ key: 'serviceaccounts/default/robot' }]);
  expect(authenticate(claims)?.ok).toBe(false);
});
