import { expect, test } from 'vitest';
import type { Event, Pod } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { Refusal } from './runtime/testing/memory-api.ts';
import { taintEvictionController } from './taint-eviction-controller.ts';

const MINUTE = 60_000;
const out = (key: string, more: object = {}) => ({ key, effect: 'NoExecute', ...more });
const exists = (key: string, tolerationSeconds?: number) => ({
  key,
  operator: 'Exists',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});

/** A node with a pod that has run for two hours. */
async function start(tolerations: object[]): Promise<Harness> {
  const harness = new Harness([taintEvictionController]);
  const { api, time } = harness;
  await api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} });
  await addPod(harness, 'p', tolerations);
  await harness.settle();
  time.advance(120 * MINUTE);
  return harness;
}

const addPod = ({ api, time }: Harness, name: string, tolerations: object[]) =>
  api.apply('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'n1', containers: [], tolerations },
    status: {
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: new Date(time.now()).toISOString() }],
    },
  });
const taint = ({ api }: Harness, ...taints: object[]) => api.patch('nodes', '', 'n1', { spec: { taints } });
const isThere = ({ api }: Harness, name = 'p') => api.read('pods', 'default', name) !== undefined;

/** The minutes that a pod stays. */
async function minutes(harness: Harness, name = 'p'): Promise<number> {
  const start = harness.time.now();
  for (let minute = 0; minute <= 600; minute++) {
    const end = start + minute * MINUTE;
    while (await harness.step(end)) {}
    if (!isThere(harness, name)) return minute;
    harness.time.advance(end - harness.time.now());
  }
  return Number.POSITIVE_INFINITY;
}

test('a pod that tolerates a taint for an hour stays an hour from the taint on, however old it is', async () => {
  const harness = await start([exists('k', 3600)]);
  await taint(harness, out('k'));
  expect(await minutes(harness)).toBe(60);
  await harness.settle();
  expect(harness.timers.rows.size).toBe(0);
});

test('neither evictions of the object nor changes of the node put that off', async () => {
  const harness = await start([exists('k', 3600)]);
  await taint(harness, out('k'));
  for (let part = 0; part < 3; part++) {
    await harness.settle(1_000);
    harness.kill();
    harness.time.advance(10 * MINUTE);
    await harness.api.patch('nodes', '', 'n1', { metadata: { labels: { part: String(part) } } });
  }
  expect(await minutes(harness)).toBe(30);
});

test('a pod that came to a tainted node stays as long from when it came', async () => {
  const harness = await start([exists('k', 3600)]);
  await taint(harness, out('k'));
  await harness.settle(1_000);
  harness.time.advance(30 * MINUTE);
  await addPod(harness, 'late', [exists('k', 3600)]);
  expect(await minutes(harness)).toBe(30);
  expect(await minutes(harness, 'late')).toBe(30);
});

test('a taint that went and came again is counted from when it came again', async () => {
  const harness = await start([exists('k', 3600)]);
  await taint(harness, out('k'));
  await harness.settle(1_000);
  harness.time.advance(30 * MINUTE);
  await taint(harness);
  await harness.settle(1_000);
  await taint(harness, out('k'));
  expect(await minutes(harness)).toBe(60);
});

test('of the tolerations of a taint the first counts, and of several taints the one that lets it stay the shortest', async () => {
  const first = await start([exists('k', 600), exists('k', 60)]);
  await taint(first, out('k'));
  expect(await minutes(first)).toBe(10);
  const both = await start([exists('a', 3600), exists('b', 600)]);
  await taint(both, out('a'), out('b'));
  expect(await minutes(both)).toBe(10);
  const forever = await start([exists('a'), exists('b', 600)]);
  await taint(forever, out('a'));
  expect(await minutes(forever)).toBe(Number.POSITIVE_INFINITY);
  await taint(forever, out('a'), out('b'));
  expect(await minutes(forever)).toBe(10);
});

test('a node that turns from not ready to unreachable evicts no later for it', async () => {
  const [notReady, unreachable] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  const harness = await start([exists(notReady, 300), exists(unreachable, 300)]);
  await taint(harness, out(notReady));
  await harness.settle(1_000);
  harness.time.advance(3 * MINUTE);
  await taint(harness, out(unreachable, { timeAdded: new Date(harness.time.now()).toISOString() }));
  expect(await minutes(harness)).toBe(2);
});

test('a taint is compared as the scheduler does', async () => {
  const same = { key: 'k', operator: 'Equal', value: '4', effect: 'NoExecute' };
  const harness = await start([same]);
  await taint(harness, out('k', { value: '4' }));
  expect(await minutes(harness)).toBe(Number.POSITIVE_INFINITY);
  await taint(harness, out('k', { value: '5' }));
  expect(await minutes(harness)).toBe(0);
});

test('a comparing toleration tolerates nothing while its feature gate is off', async () => {
  const harness = await start([{ key: 'k', operator: 'Lt', value: '5', effect: 'NoExecute' }]);
  await taint(harness, out('k', { value: '4' }));
  expect(await minutes(harness)).toBe(0);
});

test('a pod that waited for its eviction is told of when the taint is taken away, by an event without a uid', async () => {
  const harness = await start([exists('k', 3600)]);
  await addPod(harness, 'q', [exists('k')]);
  await taint(harness, out('k'));
  await harness.settle();
  harness.kill();
  await taint(harness);
  await harness.settle();
  const events = harness.api.all<Event>('events/');
  expect(events.map(({ message }) => message)).toEqual(['Cancelling deletion of Pod default/p']);
  expect(events[0]).toMatchObject({
    type: 'Normal',
    reason: 'TaintManagerEviction',
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'p' },
  });
  expect(events[0]?.involvedObject).not.toHaveProperty('uid');
  expect([isThere(harness), harness.timers.rows.size]).toEqual([true, 0]);
});

test('a pod that may not be evicted keeps no other pod of its node', async () => {
  const harness = await start([]);
  await addPod(harness, 'q', []);
  harness.api.intercept = ({ path, method }) => {
    if (method === 'DELETE' && path.endsWith('/pods/p')) throw new Refusal('Forbidden', 'no');
  };
  await taint(harness, out('k'));
  await harness.settle();
  expect([isThere(harness, 'p'), isThere(harness, 'q')]).toEqual([true, false]);
  const told = JSON.parse(harness.api.entries.find(({ change }) => change === 'delete')?.text ?? '{}');
  expect(told.status.conditions).toContainEqual({
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: expect.any(String),
    observedGeneration: 1,
  });
  harness.api.intercept = () => {};
  await harness.settle(MINUTE);
  expect(isThere(harness)).toBe(false);
});

test('a pod that may not be evicted puts off no pod that has to leave later', async () => {
  const harness = await start([]);
  await addPod(harness, 'q', [exists('k', 3600)]);
  harness.api.intercept = ({ path, method }) => {
    if (method === 'DELETE' && path.endsWith('/pods/p')) throw new Refusal('Forbidden', 'no');
  };
  await taint(harness, out('k'));
  // The time at which the taint was noticed is kept from the first retry on that is a timer's.
  expect(await minutes(harness, 'q')).toBeLessThanOrEqual(61);
  expect(isThere(harness)).toBe(true);
});

test('a pod that waits no longer is told of: it is deleted, is evicted at once, or may stay for ever', async () => {
  const harness = await start([exists('k', 3600)]);
  const { api } = harness;
  const messages = () => api.all<Event>('events/').map(({ message }) => message);
  await addPod(harness, 'staying', [exists('k', 3600), exists('other')]);
  await addPod(harness, 'deleted', [exists('k', 3600)]);
  await taint(harness, out('k'));
  await harness.settle(1_000);
  expect(messages()).toEqual([]);

  await api.remove('pods', 'default', 'deleted');
  await harness.settle(1_000);
  const cancelled = ['Cancelling deletion of Pod default/deleted'];
  expect(messages()).toEqual(cancelled);

  await taint(harness, out('other'));
  await harness.settle(1_000);
  expect([isThere(harness), isThere(harness, 'staying')]).toEqual([false, true]);
  const after = ['default/p', 'default/staying'].map((pod) => `Cancelling deletion of Pod ${pod}`);
  expect(messages().sort()).toEqual([...cancelled, ...after, 'Marking for deletion Pod default/p'].sort());
});

test('a pod that another deletes is evicted once while it ends, and says so', async () => {
  const harness = await start([]);
  const { api } = harness;
  await api.patch('pods', 'default', 'p', { metadata: { finalizers: ['own.io/x'] } });
  await api.remove('pods', 'default', 'p');
  await taint(harness, out('k'));
  await harness.settle(1_000);
  const conditions = () => api.read<Pod>('pods', 'default', 'p')?.status?.conditions?.map(({ reason }) => reason);
  expect(conditions()).toContain('DeletionByTaintManager');
  await api.patch('nodes', '', 'n1', { metadata: { labels: { own: 'x' } } });
  await taint(harness, out('k'), out('other'));
  await harness.settle(1_000);
  expect(api.all<Event>('events/').map(({ message, count }) => [message, count])).toEqual([
    ['Marking for deletion Pod default/p', 1],
  ]);
});
