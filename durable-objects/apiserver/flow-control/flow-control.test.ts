import { expect, test } from 'vitest';
import { BOOTSTRAP_PRIORITY_LEVELS } from '../../../kube/flowcontrol/bootstrap.ts';
import { ApiError } from '../errors.ts';
import { type Ask, control, fill, turn } from '../testing/flow-control.ts';
import { grant } from '../testing/grant.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';
import type { Seat } from './flow-control.ts';

test('a request without a seat waits for one; flows take turns, and so do the programs and namespaces of each', async () => {
  const { enter } = control(2);
  const first = await enter('jane');
  const order: string[] = [];
  const queued = async (user: string, what: string, ask?: Ask) => {
    const seat = await enter(user, ask);
    order.push(what);
    await turn();
    seat.leave();
  };
  const all = [
    queued('jane', 'jane 1'),
    queued('jane', 'jane 2'),
    queued('jane', 'jane 3'),
    queued('jim', 'jim 1'),
    queued('jane', 'jane elsewhere', { namespace: 'other' }),
    queued('jane', 'jane by kubectl', { agent: 'kubectl' }),
  ];
  await turn();
  expect(order).toEqual([]);
  first.leave();
  first.leave();
  await Promise.all(all);
  expect(order).toEqual(['jane 1', 'jim 1', 'jane elsewhere', 'jane by kubectl', 'jane 2', 'jane 3']);
});

test('masters and the cluster itself need no seat, and a node has those of its level', async () => {
  const { enter } = control(2);
  const waiting = enter('jane').then(() => enter('jane'));
  await enter('root', { groups: ['system:masters'] });
  await enter('system:kube-scheduler', {}, { cause: { kind: 'system', at: 0, why: 'test' } });
  await enter('system:node:n1', { groups: ['system:nodes'] });
  expect(await Promise.race([waiting, turn().then(() => 'waits')])).toBe('waits');
});

test('a level borrows what others can lend, and no more; theirs is theirs at once', async () => {
  const { enter } = control(245);
  // Of 245 seats the others keep 5 + 20 + 30 + 10 + 20 + 10.
  expect(await fill(enter, 'jane')).toHaveLength(150);
  const accounts = await fill(enter, 'system:serviceaccount:a:b', { groups: ['system:serviceaccounts'] });
  expect(accounts).toHaveLength(10);
});

test('long lists take several seats and go on four at a time, past which others find theirs', async () => {
  const { enter } = control(245);
  const lists = await fill(enter, 'jane', { method: 'GET' });
  expect(lists).toHaveLength(4);
  const more = Array.from({ length: 20 }, () => enter('jane', { method: 'GET' }));
  const [quiet, own] = [await enter('jim'), await enter('jane', { agent: 'kubectl' })];
  expect(await Promise.race([...more, turn().then(() => 'waits')])).toBe('waits');
  // The list of another user has the next turn.
  const order: string[] = [];
  const other = enter('jim', { method: 'GET' }).then((seat) => {
    order.push('jim');
    return seat;
  });
  void more[0]?.then(() => order.push('jane'));
  void more[1]?.then(() => order.push('jane'));
  lists[0]?.leave();
  lists[1]?.leave();
  (await other).leave();
  await turn();
  expect(order.slice(0, 2).sort()).toEqual(['jane', 'jim']);
  quiet.leave();
  own.leave();
  const paged = control(245);
  expect(await fill(paged.enter, 'jane', { method: 'GET', query: 'limit=200' })).toHaveLength(20);
});

test('a watch that begins with the state takes the seats of its list; others, and one of a single object, take one', async () => {
  const taken = async (query: string): Promise<number> => {
    const { enter } = control(245);
    return (await fill(enter, 'jane', { method: 'GET', query })).length;
  };
  expect(await taken('watch=1')).toBe(4);
  expect(await taken('watch=1&resourceVersion=0&limit=1')).toBe(4);
  expect(await taken('watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan')).toBe(4);
  expect(await taken('watch=1&resourceVersion=7')).toBeGreaterThan(10);
  expect(await taken('watch=1&fieldSelector=metadata.name%3Da')).toBeGreaterThan(10);
});

test('a large body takes several seats, too', async () => {
  const { enter } = control(245);
  expect(await fill(enter, 'jane', { bodySize: 900_000 })).toHaveLength(4);
  await enter('jane', { bodySize: 20_000, agent: 'kubectl' });
  await enter('jim');
});

test('a schema of the cluster counts from its creation on', async () => {
  const { enter, add } = control(245);
  const [rejects] = BOOTSTRAP_PRIORITY_LEVELS.filter(({ metadata }) => metadata.name === 'catch-all');
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'jane' } }],
    resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['configmaps'], namespaces: ['*'] }],
  };
  await enter('jane');
  add({
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'few' },
    spec: { priorityLevelConfiguration: { name: rejects?.metadata.name }, matchingPrecedence: 50, rules: [rule] },
  });
  for (let i = 0; i < 5; i++) await enter('jane');
  const taken: Seat[] = [];
  await expect(
    (async () => {
      for (;;) taken.push(await enter('jane'));
    })(),
  ).rejects.toMatchObject({ code: 429 });
  expect(taken.length).toBeGreaterThan(0);
  await enter('jim');
});

test('a flow cannot fill all queues, and a queued request is refused after its time', async () => {
  const { enter, pass, time } = control(2);
  const seat = await enter('jane');
  const waiting = Array.from({ length: 50 }, () => enter('jane').catch((error: ApiError) => error));
  await expect(enter('jane')).rejects.toMatchObject({ code: 429, options: { retryAfter: 1 } });
  const other = enter('jim').catch((error: ApiError) => error);
  await pass(10_000);
  await pass(6_000);
  expect((await Promise.all(waiting)).every((each) => each instanceof ApiError && each.code === 429)).toBe(true);
  expect(await other).toMatchObject({ code: 429 });
  await pass(1001);
  // Without waiting requests the clock is not read.
  expect(time.sleeping).toEqual([]);
  seat.leave();
  (await enter('jim')).leave();
});

test('a user who names many namespaces takes one turn of two, and leaves room for others', async () => {
  const { enter } = control(2);
  const seat = await enter('jane');
  const order: string[] = [];
  const queued = async (user: string, namespace: string) => {
    const own = await enter(user, { namespace });
    order.push(user);
    await turn();
    own.leave();
  };
  const many = Array.from({ length: 300 }, (_, index) => queued('jane', `n${index}`));
  await expect(enter('jane', { namespace: 'another' })).rejects.toMatchObject({ code: 429 });
  const few = Array.from({ length: 3 }, () => queued('jim', 'default'));
  await turn();
  seat.leave();
  await Promise.all(few);
  expect(order.filter((user) => user === 'jane').length).toBeLessThanOrEqual(4);
  await Promise.all(many);
});

test('an answer keeps its seat while it is read, and loses it when reading takes too long', async () => {
  const { enter, pass } = control(2);
  const take = async (): Promise<Seat> => enter('jane', { method: 'GET' });
  const read = [...(await take()).holdWhileRead(['a', 'b'])];
  expect(read).toEqual(['a', 'b']);
  const left = (await take()).holdWhileRead(['a', 'b'])[Symbol.iterator]();
  left.next();
  left.return?.();
  const stalledSeat = await take();
  // The time that the answer took to be made does not count.
  await pass(61_000);
  const stalled = stalledSeat.holdWhileRead(['a', 'b'])[Symbol.iterator]();
  stalled.next();
  const next = take();
  await pass(9000);
  expect(await Promise.race([next, turn().then(() => 'waits')])).toBe('waits');
  await pass(1001);
  (await next).leave();
  expect(stalled.next().value).toBe('b');
});

test('a list keeps its seat until its body has been read, and an answer says whose seats it took', async () => {
  const user = { name: 'jane', groups: ['system:authenticated'] };
  const api = await testApi({ limits: { readsInFlight: 1, writesInFlight: 1 } });
  const { call, send } = api;
  await grant(api, user.name, [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]);
  const made = await Promise.all(['a', 'b', 'c'].map((name) => call(`POST ${MAPS}`, { body: configMap(name), user })));
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(made[0]?.headers).toMatchObject({
    'x-kubernetes-pf-flowschema-uid': expect.any(String),
    'x-kubernetes-pf-prioritylevel-uid': expect.any(String),
  });
  const list = await send(`GET ${MAPS}`, { user });
  if (list.type !== 'response') throw new Error('no response');
  let isRead = false;
  const get = call(`GET ${MAPS}/a`, { user }).finally(() => {
    isRead = true;
  });
  await turn();
  expect(isRead).toBe(false);
  expect([...list.body].join('')).toContain('"name":"c"');
  expect((await get).status).toBe(200);
});

test('the objects of a list are counted where they are stored, and those of resources that are made up are not', async () => {
  const { enter, time } = control(400);
  for (let i = 0; i < 3; i++) await enter('jane', { method: 'GET', path: `/apis/made.up/v1/things${i}` });
  expect(time.counted).toBe(0);
  for (const path of ['/apis/events.k8s.io/v1/events', '/api/v1/events']) await enter('jane', { method: 'GET', path });
  expect(time.counted).toBe(1);
});
