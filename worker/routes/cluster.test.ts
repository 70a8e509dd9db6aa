import { afterEach, expect, test, vi } from 'vitest';
import { type Target, targetOf } from '../../durable-objects/wiring/http/responses.ts';
import { PATH_HEADER } from '../../wire/headers.ts';
import { FORWARDED_HEADER, ISSUER_HEADER } from '../../wire/identity.ts';
import { DIRECT_HEADER, type DirectCall } from '../../wire/stream.ts';
import type { Caller } from '../auth/authenticate.ts';
import type { EdgeRequest, Env } from '../env.ts';
import { serveAs } from './cluster.ts';

const CLAIMS = { iss: 'islet', sub: 'islet:admin', groups: [], jti: 'a', use: 'cluster', cluster: 'c1' } as const;
const CALLER = { claims: { ...CLAIMS, iat: 0, exp: 9e9 }, printed: '{}' } as unknown as Caller;

/** A GET of the path, and what the cluster's object was asked for it. */
async function get(path: string, query: string, headers: Record<string, string>, status = 200) {
  const asked: string[] = [];
  const forwarded: unknown[] = [];
  const cluster = {
    async fetch(url: string, init: { headers: Record<string, string> }) {
      asked.push(url);
      forwarded.push(JSON.parse(init.headers[FORWARDED_HEADER] ?? '{}'));
      return new Response('{}', { status });
    },
  };
  const env = { CLUSTER: { getByName: () => cluster } } as unknown as Env;
  const request = { method: 'GET', headers: new Headers(headers) } as unknown as EdgeRequest;
  const answer = await serveAs(request, env, { secure: true, host: 'h', path, query }, CALLER, { id: 'c1', path });
  const body = JSON.parse((await answer.text()) || '{}') as { reason?: string; message?: string };
  return { asked, forwarded, status: answer.status, body };
}

/** The path and query that the object reads of a request, as it comes from the runtime. */
async function target(path: string, query: string) {
  const targets: Target[] = [];
  const cluster = {
    async fetch(url: string, init: RequestInit) {
      const request = new Request(url, init);
      targets.push(targetOf(request.url, request.headers.get(PATH_HEADER)));
      return new Response('{}');
    },
  };
  const env = { CLUSTER: { getByName: () => cluster } } as unknown as Env;
  const request = { method: 'DELETE', headers: new Headers(), body: null } as unknown as EdgeRequest;
  await serveAs(request, env, { secure: true, host: 'h', path, query }, CALLER, { id: 'c1', path });
  return targets;
}

test.each([
  '/api/v1/namespaces/a/pods/..',
  '/api/v1/namespaces/a/pods/%2e%2E',
  '/api/v1/namespaces/a/pods/.%2e/pods',
  '/api/v1/./pods',
  '/api/v1\\pods',
  '/api/v1/namespaces/a/pods/x#y',
  '/openapi/v3/apis/..',
  '/api/v1/namespaces/a/pods/a..b',
])('the object reads the path %s as the client sent it', async (path) => {
  expect(await target(path, 'a=b')).toMatchObject([{ path }]);
});

test('the object reads a query to its end', async () => {
  expect(await target('/api/v1/pods', 'a=b#c&d=/../e')).toEqual([{ path: '/api/v1/pods', query: 'a=b%23c&d=/../e' }]);
});

test.each(['token', 'token/', 'toke%6E', '%74okenreviews', 'tokenreviews//'])(
  'the object is told the issuer of tokens where it is asked for %s',
  async (end) => {
    const forwarded: Record<string, string>[] = [];
    const cluster = {
      async fetch(_: string, init: { headers: Record<string, string> }) {
        forwarded.push(JSON.parse(init.headers[FORWARDED_HEADER] ?? '{}'));
        return new Response('{}');
      },
    };
    const env = { CLUSTER: { getByName: () => cluster } } as unknown as Env;
    const request = { method: 'POST', headers: new Headers(), body: null } as unknown as EdgeRequest;
    const path = `/api/v1/namespaces/a/serviceaccounts/b/${end}`;
    await serveAs(request, env, { secure: true, host: 'h', path, query: '' }, CALLER, { id: 'c1', path });
    expect(forwarded).toMatchObject([{ [ISSUER_HEADER]: 'https://h/clusters/c1' }]);
  },
);

test('the documents of OpenAPI are asked for as the user that is impersonated', async () => {
  const { forwarded } = await get('/openapi/v2', '', { 'Impersonate-User': 'jane', Accept: 'application/json' });
  expect(forwarded).toEqual([{ 'impersonate-user': 'jane' }]);
});

test('a log over a WebSocket reaches the object, unless a token is its only subprotocol', async () => {
  const [path, query] = ['/api/v1/namespaces/default/pods/web/log', 'follow=true'];
  const upgrade = { upgrade: 'WebSocket', connection: 'Upgrade' };
  expect((await get(path, query, upgrade, 404)).asked).toHaveLength(1);
  const bearer = 'base64url.bearer.authorization.k8s.io.YQ';
  const refused = await get(path, query, { ...upgrade, 'sec-websocket-protocol': bearer });
  expect([refused.status, refused.asked]).toEqual([401, []]);
  const two = await get(path, query, { ...upgrade, 'sec-websocket-protocol': `${bearer}, a, binary.k8s.io` }, 404);
  expect(two.asked).toHaveLength(1);
});

test('a watch over a WebSocket takes one subprotocol beside the token, and a token must not be the only one', async () => {
  const upgrade = { upgrade: 'websocket' };
  const bearer = 'base64url.bearer.authorization.k8s.io.YQ';
  const refused = await get('/api/v1/pods', 'watch=1', { ...upgrade, 'sec-websocket-protocol': bearer });
  expect([refused.status, refused.asked]).toEqual([401, []]);
  const one = await get('/api/v1/pods', 'watch=1', { ...upgrade, 'sec-websocket-protocol': `${bearer}, a` });
  expect(one.asked).toHaveLength(1);
});

test('other requests of WebSocket clients reach the object', async () => {
  const path = '/api/v1/namespaces/default/pods/log/exec';
  const { asked, status } = await get(path, 'command=true', { upgrade: 'websocket' });
  expect([status, asked]).toEqual([200, [`http://cluster${path}?command=true`]]);
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['session', 'sandbox', 'nosniff'],
  ['cluster', "script-src 'unsafe-inline'", null],
] as const)('a page of an aggregated API, to a %s', async (use, policy, sniffing) => {
  const call: DirectCall = {
    road: 'fetch',
    target: { host: 'api.example.com', port: 443 },
    http: { path: '/apis/g.dev/v1/page', headers: {}, isFrontProxy: true },
    milliseconds: 1000,
  };
  const cluster = { fetch: async () => new Response(JSON.stringify(call), { headers: { [DIRECT_HEADER]: '1' } }) };
  const headers = { 'content-type': 'text/html', 'content-security-policy': "script-src 'unsafe-inline'" };
  vi.stubGlobal('fetch', async () => new Response('<script>', { status: 404, headers }));
  const env = { CLUSTER: { getByName: () => cluster } } as unknown as Env;
  const caller = { ...CALLER, claims: { ...CALLER.claims, use } } as Caller;
  const path = '/apis/g.dev/v1/page';
  const request = { method: 'GET', url: `https://h${path}`, headers: new Headers() } as unknown as EdgeRequest;
  const answer = await serveAs(request, env, { secure: true, host: 'h', path, query: '' }, caller, { id: 'c1', path });
  const shown = ['content-type', 'content-security-policy', 'x-content-type-options'].map((name) =>
    answer.headers.get(name),
  );
  expect([answer.status, await answer.text(), ...shown]).toEqual([404, '<script>', 'text/html', policy, sniffing]);
});
