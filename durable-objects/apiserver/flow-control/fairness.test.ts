import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { control, fill, turn } from '../testing/flow-control.ts';

const LEVEL: KubeObject = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name: 'passing' },
  spec: {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 245, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  },
};
const SCHEMA: KubeObject = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 'passing' },
  spec: {
    priorityLevelConfiguration: { name: 'passing' },
    matchingPrecedence: 50,
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'jill' } }],
        resourceRules: [{ verbs: ['*'], apiGroups: [''], resources: ['configmaps'], namespaces: ['*'] }],
      },
    ],
  },
};

test('a level that is deleted keeps its seats from others until its last request has ended, and no longer', async () => {
  const { enter, add, remove } = control(245);
  add(LEVEL);
  add(SCHEMA);
  const last = await enter('jill');
  remove(SCHEMA);
  remove(LEVEL);
  (await enter('jane')).leave();
  last.leave();
  expect(await fill(enter, 'jane')).toHaveLength(150);
});

test('flows that fill the queues leave room for those of other levels', async () => {
  const { enter } = control(2);
  const seats = [await enter('jane'), await enter('system:node:n1', { groups: ['system:nodes'] })];
  const waiting: Promise<unknown>[] = [];
  for (const user of ['jane', 'jim']) {
    for (let i = 0; i < 200; i++) waiting.push(enter(user, { namespace: `n${i}` }).then((seat) => seat.leave()));
  }
  await turn();
  await expect(enter('joan')).rejects.toMatchObject({ code: 429 });
  waiting.push(enter('system:node:n1', { groups: ['system:nodes'] }).then((seat) => seat.leave()));
  await turn();
  for (const seat of seats) seat.leave();
  await Promise.all(waiting);
});

test('a request behind one that is refused after its time begins then, where it needs fewer seats', async () => {
  const { enter, pass } = control(245);
  const held = await fill(enter, 'jane');
  const wide = enter('jane', { bodySize: 900_000 }).catch((error: unknown) => error);
  // One for the request that found none, and one that is free.
  held[0]?.leave();
  held[1]?.leave();
  await pass(10_000);
  const narrow = enter('jane').then(() => 'begun');
  await pass(6000);
  expect(await wide).toMatchObject({ code: 429 });
  expect(await Promise.race([narrow, turn().then(() => 'waits')])).toBe('begun');
});
