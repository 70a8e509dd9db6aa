/** The service's own paths are authorised by the pipeline, like every other non-resource URL. */
import { expect, test } from 'vitest';
import { KindRegistry } from '../../kube/kinds/registry.ts';
import { Registry } from '../../kube/metrics/registry.ts';
import { bootstrapRbac } from '../apiserver/authz/rbac/bootstrap.ts';
import { makeApiServer } from '../apiserver/pipeline.ts';
import type { ApiRequest, Credential, UserInfo } from '../apiserver/request.ts';
import { testIdentity } from '../apiserver/testing/identity.ts';
import { openStore } from '../store/mvcc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import type { Sharing } from '../tenancy/sharing/sharing.ts';
import type { TokenIssuer } from '../tenancy/token-issuer.ts';
import { isletApi } from './islet-api.ts';

const ADMIN: UserInfo = { name: 'islet:admin', groups: ['islet:cluster-admins', 'system:authenticated'] };
const NODE: UserInfo = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
const JOINER: UserInfo = { name: 'system:bootstrap:j', groups: ['system:bootstrappers', 'system:authenticated'] };
const JANE: UserInfo = { name: 'jane', groups: ['system:authenticated'] };

async function setUp() {
  const tokens = {
    list: () => [],
    exchange: async () => 'node-token',
    renew: async () => 'renewed',
  } as unknown as TokenIssuer;
  const store = openStore(openNodeSql(), {});
  const kinds = new KindRegistry();
  const api = makeApiServer({
    store,
    kinds,
    clock: { now: () => 0 },
    random: { next: () => 0, uuid: () => 'u' },
    sleep: async () => {},
    report: () => {},
    metrics: new Registry(),
    identity: testIdentity(),
    extension: isletApi({
      tokens,
      sharing: {} as Sharing,
      isNodeReady: () => false,
      stats: () => ({}),
      trace: () => ({ status: 200, body: {} }),
      why: () => ({ status: 200, body: {} }),
      usageHour: async () => ({ status: 200, body: {} }),
      forward: async () => ({ status: 200, body: {} }),
      authority: async () => 'PEM',
    }),
  });
  await bootstrapRbac({ store, kinds, api, uuid: () => 'u' }, 0);
  return async (
    line: string,
    user: UserInfo,
    more: Partial<ApiRequest> & { headers?: Record<string, string> } = {},
  ) => {
    const [method = '', path = ''] = line.split(' ');
    const headers = more.headers ?? {};
    const answer = await api.handle({ method, path, query: '', header: (name) => headers[name], user, ...more });
    if (answer.type !== 'response') return answer;
    return { status: answer.status, body: JSON.parse(String(answer.body)) as { message?: string } };
  };
}

const credential = (use: Credential['use'], node?: string): Credential => ({ id: 'c', use, expires: 1, node });

test('administrators list tokens, others are refused in the words for non-resource URLs', async () => {
  const ask = await setUp();
  expect(await ask('GET /islet/v1/tokens', ADMIN)).toEqual({ status: 200, body: { items: [] } });
  for (const user of [JANE, NODE, JOINER]) {
    expect(await ask('GET /islet/v1/tokens', user)).toMatchObject({
      status: 403,
      body: { message: `forbidden: User "${user.name}" cannot get path "/islet/v1/tokens"` },
    });
  }
  expect(await ask('GET /islet/v1/nothing', ADMIN)).toMatchObject({ status: 404 });
  expect(await ask('GET /islet/v1/nothing', JANE)).toMatchObject({ status: 403 });
});

test('an administrator who impersonates another has only the rights of the other', async () => {
  const ask = await setUp();
  const headers = { 'impersonate-user': 'jane' };
  expect(await ask('GET /islet/v1/tokens', ADMIN, { headers })).toMatchObject({ status: 403 });
  expect(await ask('GET /islet/v1/socket', ADMIN, { headers })).toMatchObject({
    type: 'socket',
    user: { name: 'jane' },
  });
});

test('a join token joins, a node token renews, and neither does the other', async () => {
  const ask = await setUp();
  const body = '{"nodeName":"n1"}';
  const join = { credential: credential('join'), body };
  const node = { credential: credential('cluster', 'n1') };
  expect(await ask('POST /islet/v1/join', JOINER, join)).toMatchObject({ status: 201, body: { token: 'node-token' } });
  expect(await ask('POST /islet/v1/renew', NODE, node)).toMatchObject({ status: 201, body: { token: 'renewed' } });
  expect(await ask('POST /islet/v1/renew', JOINER, join)).toMatchObject({ status: 403 });
  expect(await ask('POST /islet/v1/join', NODE, node)).toMatchObject({ status: 403 });
  // Impersonation makes another user, and no other credential.
  expect(await ask('POST /islet/v1/renew', ADMIN, { credential: credential('cluster') })).toMatchObject({
    status: 403,
  });
});
