import { expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import { makeFlowControl, type Seat } from './flow-control.ts';
import { parseQuery } from './query.ts';
import type { ApiRequest } from './request.ts';
import { parseRequest } from './request-info.ts';
import { testApi } from './testing/harness.ts';
import { configMap, MAPS } from './testing/objects.ts';

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function control(limits: { readsInFlight?: number; writesInFlight?: number }) {
  const time = { now: 0, sleeping: [] as (() => void)[] };
  const ports = {
    clock: { now: () => time.now },
    sleep: () => new Promise<void>((resolve) => time.sleeping.push(resolve)),
  };
  const flow = makeFlowControl(ports, limits);
  const enter = async (user: string, namespace = 'default', method = 'POST', more: Partial<ApiRequest> = {}) => {
    const info = parseRequest(method, `/api/v1/namespaces/${namespace}/configmaps`, parseQuery(''));
    return flow.enter({ name: user, groups: [] }, info, more as ApiRequest);
  };
  /** A second passes. */
  const pass = async (ms: number) => {
    time.now += ms;
    for (const wake of time.sleeping.splice(0)) wake();
    await turn();
  };
  return { enter, pass, time };
}

test('a request without a seat waits for one, and flows take turns', async () => {
  const { enter } = control({ writesInFlight: 1 });
  const first = await enter('jane');
  const order: string[] = [];
  const queued = async (user: string, what: string, namespace?: string) => {
    const seat = await enter(user, namespace);
    order.push(what);
    await turn();
    seat.leave();
  };
  const all = [
    queued('jane', 'jane 1'),
    queued('jane', 'jane 2'),
    queued('jane', 'jane 3'),
    queued('jim', 'jim 1'),
    queued('jane', 'jane elsewhere', 'other'),
  ];
  await turn();
  expect(order).toEqual([]);
  first.leave();
  first.leave();
  await Promise.all(all);
  expect(order).toEqual(['jane 1', 'jim 1', 'jane elsewhere', 'jane 2', 'jane 3']);
});

test('reads and writes have seats of their own, and the cluster itself needs none', async () => {
  const { enter } = control({ writesInFlight: 1, readsInFlight: 1 });
  await enter('jane');
  await enter('jane', 'default', 'GET');
  await enter('system:kube-scheduler', 'default', 'POST', { cause: { kind: 'system', at: 0, why: 'test' } });
});

test('one flow cannot fill the common queue, and no request waits for ever', async () => {
  const { enter, pass, time } = control({ writesInFlight: 1 });
  const seat = await enter('jane');
  const waiting = Array.from({ length: 50 }, () => enter('jane').catch((error: ApiError) => error));
  await expect(enter('jane')).rejects.toMatchObject({ code: 429, options: { retryAfter: 1 } });
  const other = enter('jim').catch((error: ApiError) => error);
  await pass(10_000);
  await pass(6_000);
  expect((await Promise.all(waiting)).every((each) => each instanceof ApiError && each.code === 429)).toBe(true);
  expect(await other).toMatchObject({ code: 429 });
  await pass(1000);
  // Without waiting requests the clock is not read.
  expect(time.sleeping).toEqual([]);
  seat.leave();
  (await enter('jim')).leave();
});

test('a user who names many namespaces takes one turn of two, and no more than half of the room', async () => {
  const { enter } = control({ writesInFlight: 1 });
  const seat = await enter('jane');
  const order: string[] = [];
  const queued = async (user: string, namespace: string) => {
    const own = await enter(user, namespace);
    order.push(user);
    await turn();
    own.leave();
  };
  const many = Array.from({ length: 200 }, (_, index) => queued('jane', `n${index}`));
  await expect(enter('jane', 'another')).rejects.toMatchObject({ code: 429 });
  const few = Array.from({ length: 3 }, () => queued('jim', 'default'));
  await turn();
  seat.leave();
  await Promise.all(few);
  expect(order.filter((user) => user === 'jane').length).toBeLessThanOrEqual(4);
  await Promise.all(many);
});

test('an answer keeps its seat while it is read, and loses it when reading stalls', async () => {
  const { enter, pass } = control({ readsInFlight: 1 });
  const take = async (): Promise<Seat> => enter('jane', 'default', 'GET');
  const read = [...(await take()).holdWhileRead(['a', 'b'])];
  expect(read).toEqual(['a', 'b']);
  const left = (await take()).holdWhileRead(['a', 'b'])[Symbol.iterator]();
  left.next();
  left.return?.();
  const stalled = (await take()).holdWhileRead(['a', 'b'])[Symbol.iterator]();
  stalled.next();
  await pass(61_000);
  const next = take();
  await pass(1000);
  (await next).leave();
  expect(stalled.next().value).toBe('b');
});

test('a list keeps its seat until its body has been read', async () => {
  const { call, send } = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  const made = await Promise.all(['a', 'b', 'c'].map((name) => call(`POST ${MAPS}`, { body: configMap(name) })));
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  const list = await send(`GET ${MAPS}`);
  if (list.type !== 'response') throw new Error('no response');
  let isRead = false;
  const get = call(`GET ${MAPS}/a`).finally(() => {
    isRead = true;
  });
  await turn();
  expect(isRead).toBe(false);
  expect([...list.body].join('')).toContain('"name":"c"');
  expect((await get).status).toBe(200);
});
