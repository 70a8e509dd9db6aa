import { afterEach, expect, test, vi } from 'vitest';
import { LAUNCHER_HEAD } from '../../wire/launcher.ts';
import type { DirectCall } from '../../wire/stream.ts';
import type { EdgeRequest, Env } from '../env.ts';
import { callDirectly } from './direct.ts';

afterEach(() => vi.unstubAllGlobals());

async function called(path: string): Promise<{ status: number; asked: string[] }> {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response('answer');
  });
  const call: DirectCall = {
    road: 'fetch',
    target: { host: 'api.example.com', port: 443 },
    http: { path, headers: {}, isFrontProxy: true },
    milliseconds: 1000,
  };
  const request = { method: 'GET', url: 'https://islet.example/', headers: new Headers() } as unknown as EdgeRequest;
  const { status } = await callDirectly({} as Env, request, call);
  return { status, asked };
}

test.each(['/apis/g.dev/v1/a', '/apis/g.dev/v1/a.b/..c/%2e%2ed?x=/../y'])('%s is asked for as it came', async (path) =>
  expect(await called(path)).toEqual({ status: 200, asked: [`https://api.example.com:443${path}`] }),
);

test.each([
  '/apis/g.dev/v1/namespaces/a/things/../../b/things',
  '/apis/g.dev/v1/things/.%2E/others?a',
  '/apis/g.dev/v1/things/%2e',
  '/apis/g.dev/v1/things/..',
  '/apis/g.dev/v1/things\\..\\others',
])('%s, which was authorised as another path than fetch would ask for, is not asked for', async (path) =>
  expect(await called(path)).toEqual({ status: 503, asked: [] }),
);

test.each([
  ['launcher', 'dial tcp localhost:9443: connect: connection refused (through the local launcher)'],
  ['fetch', 'internal error (by fetch from the edge)'],
] as const)(
  'an aggregated API that cannot be reached is told with the road that was tried: %s',
  async (road, words) => {
    vi.stubGlobal('fetch', async () => Promise.reject(new Error('internal error')));
    const message = 'dial tcp localhost:9443: connect: connection refused';
    const LAUNCHER = {
      fetch: async () => new Response(null, { headers: { [LAUNCHER_HEAD]: JSON.stringify({ ok: false, message }) } }),
    };
    const request = { method: 'GET', url: 'https://islet.example/', headers: new Headers() } as unknown as EdgeRequest;
    const http = { path: '/apis/g.dev/v1', headers: {}, isFrontProxy: true } as const;
    const call: DirectCall = { road, target: { host: 'localhost', port: 9443 }, http, milliseconds: 1000 };
    const answer = await callDirectly({ LAUNCHER } as unknown as Env, request, call);
    expect([answer.status, await answer.text()]).toEqual([503, `error trying to reach service: ${words}\n`]);
  },
);
