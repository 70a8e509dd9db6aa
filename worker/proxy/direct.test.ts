import { afterEach, expect, test, vi } from 'vitest';
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
