import { expect, test } from 'vitest';
import { failure } from '../../../kube/machinery/status.ts';
import { accept, JSON_OBJECT } from '../../apiserver/negotiate/accept.ts';
import { page, response } from '../../apiserver/negotiate/respond.ts';
import type { ApiAnswer } from '../../apiserver/request.ts';
import { tooManyAnswer } from '../cluster-limits.ts';
import { SocketHub, type SocketHubPorts, subscriptionRequest } from './socket-hub.ts';
import { Turns } from './turns.ts';

test('the path of a list stands for its watch, and the user is the socket’s', () => {
  const user = { name: 'jane', groups: [] };
  const request = (path: string) => {
    const { path: asked, query, user: by } = subscriptionRequest(path, user);
    return [asked, query, by.name];
  };
  expect(request('/api/v1/pods')).toEqual(['/api/v1/pods', 'watch=true', 'jane']);
  expect(request('/api/v1/pods?limit=1')).toEqual(['/api/v1/pods', 'limit=1&watch=true', 'jane']);
  expect(request('/api/v1/pods?watch=1&limit=1')).toEqual(['/api/v1/pods', 'watch=1&limit=1', 'jane']);
  expect(request('/api/v1/pods?rewatch=1')[1]).toBe('rewatch=1&watch=true');
});

test('a subscription to rows or to metadata asks as an HTTP client would', () => {
  const accepts = (as?: 'table' | 'metadata') =>
    subscriptionRequest('/api/v1/pods', { name: 'jane', groups: [] }, as).header('accept');
  expect(accepts()).toBe('application/json');
  expect(accept(accepts('table'), { isWatch: true })).toMatchObject({ as: 'table', version: 'v1' });
  expect(accept(accepts('metadata'), { isWatch: true })).toMatchObject({ as: 'metadata', version: 'v1' });
});

test('turns are taken one after another, with a pause in between, and one that fails holds up none', async () => {
  const seen: string[] = [];
  const turns = new Turns(async () => void seen.push('pause'), 3);
  const work = (name: string, fails = false) =>
    turns.take(async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const [first, second] = [work('a', true), work('b')];
  expect(turns.full).toBe(false);
  const third = work('c');
  expect(turns.full).toBe(true);
  await expect(first).rejects.toThrow('a');
  await Promise.all([second, third]);
  expect(turns.full).toBe(false);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'pause', 'c begins', 'c ends', 'pause']);
});

/** The refusals of a subscription that the API server answers so. */
async function refusalsOf(answer: ApiAnswer, node?: string, asked: unknown[] = []): Promise<unknown[]> {
  const refused: unknown[] = [];
  const hub = new SocketHub({
    sockets: {
      peers: () => [],
      peer: () => ({ id: 'p' }),
      attachment: () => ({
        peer: 'p',
        credential: { id: 'a', use: 'cluster', expires: 1, node },
        user: { name: 'jane' },
      }),
    },
    hub: {
      restore: () => {},
      refuse: (peer: { id: string }, id: number, { message, code }: { message: string; code: number }) =>
        refused.push([peer.id, id, message, code]),
    },
    credentials: { ended: () => undefined },
    handle: async (_request: unknown, of: string | undefined) => {
      asked.push(of);
      return answer;
    },
    pause: async () => {},
  } as unknown as SocketHubPorts);
  await hub.message({} as never, JSON.stringify({ type: 'subscribe', id: 1, path: '/api/v1/pods?watch=false' }));
  return refused;
}

test('a list that a subscription asks for by mistake is let go, or its seat would stay taken', async () => {
  let isLetGo = false;
  const body: IterableIterator<string> = {
    [Symbol.iterator]: () => body,
    next: () => ({ done: false, value: 'an item' }),
    return() {
      isLetGo = true;
      return { done: true, value: undefined };
    },
  };
  const refused = await refusalsOf({ type: 'response', status: 200, headers: {}, body });
  expect(isLetGo).toBe(true);
  expect(refused).toEqual([['p', 1, 'only lists and watches can be subscribed to', 400]]);
});

test('a subscription to a kind that is not there, or not any more, is refused', async () => {
  expect(await refusalsOf(page(404, '404 page not found\n'))).toEqual([['p', 1, '404 page not found', 404]]);
  const status = { kind: 'Status', message: 'no', code: 403 };
  const json = response(403, JSON.stringify(status), JSON_OBJECT);
  expect(await refusalsOf(json)).toEqual([['p', 1, 'no', 403]]);
});

test('a subscription is known as its node’s, or the limits of a cluster would hold for machines', async () => {
  const asked: unknown[] = [];
  const { code, ...status } = failure('TooManyRequests', 'ask less often');
  const answer = tooManyAnswer({ ...status, code, details: { retryAfterSeconds: 1 } });
  expect(await refusalsOf(answer, 'metal', asked)).toEqual([['p', 1, 'ask less often', 429]]);
  expect(asked).toEqual(['metal']);
});
