import { expect, test } from 'vitest';
import { created, daemonSet, deleted, LONG_AGO, node, planOf, pod, statusOf } from './testing/objects.ts';

const ready = LONG_AGO;
const nodes = ['n1', 'n2', 'n3'].map((name) => node(name));
const strategy = (maxUnavailable: unknown, maxSurge: unknown = 0) => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
});

test('replaces no more available pods than maxUnavailable, and those that are not available at once', () => {
  const old = (...readies: (string | undefined)[]) =>
    readies.map((since, at) => pod(`p${at + 1}`, { on: `n${at + 1}`, hash: 'old', ready: since }));
  const gone = (limit: unknown, ...readies: (string | undefined)[]) =>
    deleted(planOf(daemonSet(strategy(limit)), ...nodes, ...old(...readies)));
  expect(gone(1, ready, ready, ready)).toEqual(['p1']);
  expect(gone('60%', ready, ready, ready)).toEqual(['p1', 'p2']);
  expect(gone(1, ready, undefined, ready)).toEqual(['p2']);
  expect(gone(2, ready, undefined, ready)).toEqual(['p2', 'p1']);
  const waiting = [pod('new', { on: 'n1' }), ...old(undefined, ready, ready).slice(1)];
  expect(deleted(planOf(daemonSet(strategy(1)), ...nodes, ...waiting))).toEqual([]);
});

test('with a surge comes beside the old pod, which goes when the new one is available', () => {
  const old = [1, 2, 3].map((at) => pod(`p${at}`, { on: `n${at}`, hash: 'old', ready }));
  const surging = daemonSet(strategy(0, 1));
  const first = planOf(surging, ...nodes, ...old);
  expect([created(first), deleted(first)]).toEqual([['n1'], []]);
  const waiting = planOf(surging, ...nodes, ...old, pod('new'));
  expect([created(waiting), deleted(waiting)]).toEqual([[], []]);
  const done = planOf(surging, ...nodes, ...old, pod('new', { ready }));
  expect([created(done), deleted(done)]).toEqual([[], ['p1']]);
});

test('OnDelete leaves the pods, and counts those of the present template', () => {
  const made = planOf(
    daemonSet({ updateStrategy: { type: 'OnDelete' } }),
    ...nodes,
    pod('a', { on: 'n1', hash: 'old', ready }),
    pod('b', { on: 'n2', ready }),
    pod('c', { on: 'n3', ready }),
  );
  expect([created(made), deleted(made)]).toEqual([[], []]);
  expect(statusOf(made)).toMatchObject({ updatedNumberScheduled: 2, numberAvailable: 3, numberReady: 3 });
});

test('a pod is available after minReadySeconds, and the set is looked at again then', () => {
  const made = planOf(daemonSet({ minReadySeconds: 30 }), node('n1'), pod('a', { ready: '2026-01-01T00:59:50Z' }));
  expect(statusOf(made)).toMatchObject({ numberReady: 1, numberUnavailable: 1 });
  expect(made.requeueAfter).toBe(20_000);
  // With a surge the old pod that counts is available, and the new one beside it is waited for.
  const surging = daemonSet({ minReadySeconds: 30, ...strategy(0, 1) });
  const fresh = pod('new', { ready: '2026-01-01T00:59:40Z' });
  const beside = planOf(surging, node('n1'), pod('a', { hash: 'old', ready }), fresh);
  expect([deleted(beside), beside.requeueAfter]).toEqual([[], 10_000]);
});
