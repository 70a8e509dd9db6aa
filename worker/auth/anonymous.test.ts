import { expect, test } from 'vitest';
import type { EdgeRequest, Env } from '../env.ts';
import { locate } from '../location.ts';
import { serveCluster } from '../routes/cluster.ts';
import { isAnonymous } from './anonymous.ts';

/** A cluster's object that is woken fails the test. */
const ENV = { CLUSTER: { getByName: () => expect.unreachable() } } as unknown as Env;

async function ask(line: string, headers: Record<string, string> = {}, origin = 'https://islet.test') {
  const [method = '', path = ''] = line.split(' ');
  const request = { method, headers: new Headers(headers) } as unknown as EdgeRequest;
  const location = locate(`${origin}/clusters/abcdefghij${path}`);
  const answer = await serveCluster(request, ENV, location, { id: 'abcdefghij', path: path.replace(/\?.*/, '') });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const cannot = (what: string) => `User "system:anonymous" cannot ${what}`;

test.each([
  [
    'GET /api/v1/namespaces/default/pods',
    cannot('list resource "pods" in API group "" in the namespace "default"'),
    { kind: 'pods' },
  ],
  ['GET /api/v1/pods?watch=1', cannot('watch resource "pods" in API group "" at the cluster scope'), { kind: 'pods' }],
  [
    'POST /api/v1/namespaces/default/pods/x/exec',
    cannot('create resource "pods/exec" in API group "" in the namespace "default"'),
    { name: 'x', kind: 'pods' },
  ],
  [
    'GET /apis/apps/v1/namespaces/a/deployments/b',
    cannot('get resource "deployments" in API group "apps" in the namespace "a"'),
    { name: 'b', group: 'apps', kind: 'deployments' },
  ],
  ['GET /api', cannot('get path "/api"'), {}],
  ['OPTIONS /', cannot('options path "/"'), {}],
])('a stranger is refused by name, and wakes nothing: %s', async (line, why, details) => {
  const { status, headers, text } = await ask(line);
  const { name, kind, group } = details as { name?: string; kind?: string; group?: string };
  const what = `${kind}${group ? `.${group}` : ''}${name ? ` "${name}"` : ''} is `;
  expect([status, headers.get('x-content-type-options')]).toEqual([403, 'nosniff']);
  // In the order of upstream's fields.
  expect(text).toBe(
    `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `${kind ? what : ''}forbidden: ${why}`, reason: 'Forbidden', details, code: 403 })}\n`,
  );
});

test('public paths are answered to requests without a bearer token', async () => {
  for (const path of ['/healthz', '/livez', '/readyz', '/version', '/version/']) {
    expect((await ask(`GET ${path}`)).status).toBe(200);
    expect((await ask(`GET ${path}`, { authorization: 'Basic eDp5' })).status).toBe(200);
  }
});

test('browsers without a session are asked to sign in', () => {
  const anonymous = (headers: Record<string, string>, origin = 'https://islet.test') =>
    isAnonymous({ headers: new Headers(headers) } as unknown as EdgeRequest, locate(`${origin}/clusters/a/api`));
  expect(anonymous({})).toBe(true);
  expect(anonymous({ authorization: 'Basic eDp5' })).toBe(true);
  expect(anonymous({ authorization: 'Bearer x' })).toBe(false);
  expect(anonymous({ 'sec-fetch-site': 'same-origin' })).toBe(false);
  expect(anonymous({ 'sec-websocket-protocol': 'base64url.bearer.authorization.k8s.io.YQ' })).toBe(false);
  expect(anonymous({}, 'http://localhost:7444')).toBe(false);
});
