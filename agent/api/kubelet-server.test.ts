import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { createAuthority, issueServer } from '../../cli/local/certificates.ts';
import { ApiError } from './client.ts';
import { bearerToken, subresourcesOf } from './kubelet-access.ts';
import { KubeletServer } from './kubelet-server.ts';

const open: KubeletServer[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** `rights`: by user, the subresources of the node that it may get. Tokens are names of users. */
async function rig(rights: Record<string, string[]>) {
  const asked: string[] = [];
  const clock = { time: 0, now: () => clock.time };
  const state = { isDown: false, isBroken: false };
  const api = {
    request: async <T>(_method: string, path: string, body: unknown): Promise<T> => {
      if (state.isDown) throw new ApiError(0, 'no route');
      const { spec } = body as { spec: { token: string; user: string; resourceAttributes: Record<string, string> } };
      if (path.endsWith('/tokenreviews')) {
        asked.push(`token ${spec.token}`);
        const authenticated = Object.hasOwn(rights, spec.token);
        return { status: { authenticated, user: { username: spec.token, groups: ['g'] } } } as T;
      }
      if (state.isBroken) throw new ApiError(500, 'broken');
      const { verb, resource, subresource = '', name } = spec.resourceAttributes;
      asked.push(`${spec.user} ${verb} ${resource}/${name}/${subresource}`);
      return { status: { allowed: verb === 'get' && rights[spec.user]?.includes(subresource) } } as T;
    },
  };
  const now = Date.now();
  const pair = await issueServer(await createAuthority(now), ['n', '127.0.0.1'], now);
  const pods = [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', uid: 'u' } }];
  const stats = { startTime: null, cpu: { time: '2026-01-01T00:00:00Z', usageNanoCores: 1 } };
  const summary = {
    node: { nodeName: 'n', ...stats, memory: { time: '2026-01-01T00:00:00Z', workingSetBytes: 5 } },
    pods: [],
  };
  const warned: string[] = [];
  const server = await KubeletServer.listen(
    { port: 0, host: '127.0.0.1', ...pair },
    {
      api,
      clock,
      nodeName: 'n',
      node: { pods: () => pods, summary: async () => summary },
      warn: (text) => void warned.push(text),
    },
  );
  open.push(server);
  const ask = async (path: string, token?: string, method = 'GET') => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const where = { host: '127.0.0.1', port: server.port, path, method, headers, agent: false };
    const call = request({ ...where, rejectUnauthorized: false });
    call.end();
    const [response] = await once(call, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return { status: response.statusCode as number, text, type: response.headers['content-type'] as string };
  };
  return { ask, asked, clock, state, server };
}

test('a request without a token that the cluster knows is Unauthorized', async () => {
  const { ask, state } = await rig({ scraper: ['metrics'] });
  const unauthorized = { status: 401, text: 'Unauthorized', type: 'text/plain; charset=utf-8' };
  expect(await ask('/metrics/resource')).toEqual(unauthorized);
  expect(await ask('/healthz')).toEqual(unauthorized);
  expect(await ask('/metrics/resource', 'nobody')).toEqual(unauthorized);
  state.isDown = true;
  expect(await ask('/metrics/resource', 'scraper')).toEqual(unauthorized);
  state.isDown = false;
  expect((await ask('/metrics/resource', 'scraper')).status).toBe(200);
});

test('the pages are a kubelet’s, each for its own right', async () => {
  const { ask } = await rig({ scraper: ['metrics', 'stats', 'pods', 'healthz'] });
  const metrics = await ask('/metrics/resource?x=1', 'scraper');
  expect(metrics.type).toMatch(/^text\/plain; version=0.0.4/);
  expect(metrics.text).toContain('node_memory_working_set_bytes 5 ');
  expect(JSON.parse((await ask('/stats/summary', 'scraper')).text).node.nodeName).toBe('n');
  expect(JSON.parse((await ask('/pods/', 'scraper')).text)).toMatchObject({
    kind: 'PodList',
    items: [{ metadata: { name: 'p' } }],
  });
  expect(await ask('/healthz', 'scraper')).toMatchObject({ status: 200, text: 'ok' });
  expect(await ask('/metrics/none', 'scraper')).toMatchObject({ status: 404 });
});

test('a request without the right is Forbidden in the kubelet’s words; nodes/proxy stands for the rights to pods and health, not to metrics', async () => {
  const { ask, state } = await rig({ old: ['proxy'], scraper: ['metrics'] });
  expect((await ask('/pods', 'old')).status).toBe(200);
  expect((await ask('/healthz', 'old')).status).toBe(200);
  expect(await ask('/metrics/resource', 'old')).toMatchObject({
    status: 403,
    text: 'Forbidden (user=old, verb=get, resource=nodes, subresource(s)=[metrics])\n',
  });
  expect((await ask('/pods', 'scraper')).text).toBe(
    'Forbidden (user=scraper, verb=get, resource=nodes, subresource(s)=[pods proxy])\n',
  );
  expect((await ask('/metrics/resource', 'scraper', 'POST')).text).toBe(
    'Forbidden (user=scraper, verb=create, resource=nodes, subresource(s)=[metrics])\n',
  );
  state.isBroken = true;
  expect(await ask('/stats/summary', 'scraper')).toMatchObject({
    status: 500,
    text: 'Authorization error (user=scraper, verb=get, resource=nodes, subresource=stats)',
  });
});

test('answers of the cluster are kept for kubelet’s times, and no longer', async () => {
  const { ask, asked, clock } = await rig({ scraper: ['metrics'] });
  await ask('/metrics/resource', 'scraper');
  await ask('/metrics/resource', 'scraper');
  expect(asked).toEqual(['token scraper', 'scraper get nodes/n/metrics']);
  clock.time += 30_000;
  await ask('/stats/summary', 'scraper');
  clock.time += 90_000;
  await ask('/metrics/resource', 'scraper');
  await ask('/stats/summary', 'scraper');
  expect(asked.slice(2)).toEqual(['scraper get nodes/n/stats', 'token scraper', 'scraper get nodes/n/stats']);
  clock.time -= 60_000;
  await ask('/metrics/resource', 'scraper');
  expect(asked.slice(5)).toEqual(['token scraper']);
});

test('a path that cannot be read, and headers beyond the bound, are refused', async () => {
  const { ask, server } = await rig({ scraper: ['metrics'] });
  expect((await ask('/%E0%A4%A', 'scraper')).status).toBe(400);
  const socket = connect({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  socket.write(`GET /healthz HTTP/1.1\r\nHost: n\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toMatch(/^HTTP\/1.1 431/);
  socket.destroy();
});

test('a port that is taken is told in one line', async () => {
  const { server } = await rig({});
  const now = Date.now();
  const pair = await issueServer(await createAuthority(now), ['n'], now);
  await expect(KubeletServer.listen({ port: server.port, host: '127.0.0.1', ...pair }, {} as never)).rejects.toThrow(
    `cannot listen at port ${server.port} (--kubelet-port): another program listens there`,
  );
});

test('any header and any path are read', () => {
  expect(bearerToken('bearer a b')).toBe('a');
  expect(bearerToken('Bearer ')).toBeUndefined();
  expect(subresourcesOf('/metrics')).toEqual(['metrics']);
  expect(subresourcesOf('/metricsx')).toEqual(['proxy']);
  expect(subresourcesOf('/runningpods/')).toEqual(['pods', 'proxy']);
  expect(subresourcesOf('/configz')).toEqual(['configz', 'proxy']);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(bearerToken(text) ?? 'x').not.toBe('');
      expect(subresourcesOf(`/${text}`).length).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
});
