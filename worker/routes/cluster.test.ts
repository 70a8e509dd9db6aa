import { expect, test } from 'vitest';
import type { Caller } from '../auth/authenticate.ts';
import type { EdgeRequest, Env } from '../env.ts';
import { serveAs } from './cluster.ts';

const CLAIMS = { iss: 'islet', sub: 'islet:admin', groups: [], jti: 'a', use: 'cluster', cluster: 'c1' } as const;
const CALLER = { claims: { ...CLAIMS, iat: 0, exp: 9e9 }, printed: '{}' } as unknown as Caller;

/** A GET of the path, and what the cluster's object was asked for it. */
async function get(path: string, query: string, headers: Record<string, string>) {
  const asked: string[] = [];
  const cluster = {
    async fetch(url: string) {
      asked.push(url);
      return new Response('{}');
    },
  };
  const env = { CLUSTER: { getByName: () => cluster } } as unknown as Env;
  const request = { method: 'GET', headers: new Headers(headers) } as unknown as EdgeRequest;
  const answer = await serveAs(request, env, { secure: true, host: 'h', path, query }, CALLER, { id: 'c1', path });
  return { asked, status: answer.status, body: (await answer.json()) as { reason?: string; message?: string } };
}

test.each([
  ['/api/v1/pods', 'watch=true'],
  ['/api/v1/watch/pods', ''],
  ['/api/v1/namespaces/default/pods/web/log', 'follow=true'],
])('a WebSocket client of %s?%s is told that it is answered over HTTP', async (path, query) => {
  const { asked, status, body } = await get(path, query, { upgrade: 'WebSocket', connection: 'Upgrade' });
  expect([status, body.reason]).toEqual([501, 'NotImplemented']);
  expect(body.message).toContain('without an upgrade');
  expect(asked).toEqual([]);
  expect((await get(path, query, {})).asked).toHaveLength(1);
});

test('other requests of WebSocket clients reach the object', async () => {
  const path = '/api/v1/namespaces/default/pods/log/exec';
  const { asked, status } = await get(path, 'command=true', { upgrade: 'websocket' });
  expect([status, asked]).toEqual([200, [`http://cluster${path}?command=true`]]);
});
