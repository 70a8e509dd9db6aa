import { expect, test } from 'vitest';
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin } from '../framework/interface.ts';
import { PrioritySort } from '../plugins/priority-sort.ts';
import type { ObservedEvent } from './observed-events.ts';
import { Queue } from './queue.ts';

const fit: Plugin = { name: 'Fit', wakesOn: ['pod-removed'] };
const observed = (...events: ClusterEvent[]): ObservedEvent[] => events.map((event) => ({ event }));

function queueOf(...names: string[]): Queue {
  const queue = new Queue([PrioritySort, fit]);
  for (const name of names) queue.add({ key: name, uid: name, priority: 0, fingerprint: '' }, false);
  return queue;
}

function take(queue: Queue) {
  const pod = queue.pop();
  if (!pod) throw new Error('nothing is active');
  return pod;
}

test('an event while a pod is in flight is not lost on it', () => {
  const queue = queueOf('a', 'b');
  const [a, b] = [take(queue), take(queue)];
  queue.failed(a, new Set(['Fit']), 0);
  queue.happened(observed('pod-removed'), 10);
  queue.failed(b, new Set(['Fit']), 20);
  queue.release(1020);
  expect([queue.pop()?.key, queue.pop()?.key]).toEqual(['a', 'b']);
});

test('events before a pod was popped, and those that its rejecting plugin does not wake on, leave it where it is', () => {
  const queue = queueOf('a');
  queue.happened(observed('pod-removed'), 0);
  const a = take(queue);
  queue.happened(observed('node-labels'), 5);
  queue.failed(a, new Set(['Fit']), 10);
  queue.happened(observed('node-labels'), 20);
  queue.happened([{ event: 'pod-removed', causedBy: 'a' }], 30);
  queue.release(60_000);
  expect(queue.pop()).toBeUndefined();
  expect(queue.nextDue).toBe(10 + 300_000);
});

test('a pod is unschedulable for five minutes at most, and then goes behind those that came meanwhile', () => {
  const queue = queueOf('a', 'b');
  queue.failed(take(queue), new Set(['Fit']), 0);
  queue.release(299_999);
  expect(queue.ready).toBe(1);
  queue.release(300_000);
  expect([queue.pop()?.key, queue.pop()?.key]).toEqual(['b', 'a']);
});

test('back-off doubles with each failure in a row, up to ten seconds and the end of a second', () => {
  const queue = queueOf('a');
  const delays: number[] = [];
  let now = 0;
  for (let i = 0; i < 6; i++) {
    queue.failed(take(queue), new Set(), now);
    delays.push((queue.nextDue ?? 0) - now);
    now = queue.nextDue ?? 0;
    queue.release(now);
  }
  expect(delays).toEqual([2000, 3000, 5000, 9000, 11_000, 11_000]);
  // It fits nowhere for the first time.
  queue.failed(take(queue), new Set(['Fit']), now + 1);
  queue.happened(observed('pod-removed'), now + 1);
  expect(queue.nextDue).toBe(now + 2000);
});

const sizes = (queue: Queue) => [queue.ready, queue.sizes().backoff];

test('pods that something may have helped are tried while nothing else is to be, unless they are many', () => {
  const queue = queueOf('a', 'b', 'c');
  const failed = (plugins: string[], at: number) => {
    const pod = take(queue);
    queue.failed(pod, new Set(plugins), at);
    return pod;
  };
  failed(['Fit'], 100);
  failed([], 200);
  queue.happened(observed('pod-removed'), 300);
  expect(sizes(queue)).toEqual([2, 2]);
  expect([queue.pop()?.key, queue.pop()?.key, queue.pop()]).toEqual(['c', 'a', undefined]);
  const names = Array.from({ length: 51 }, (_, i) => `p${i}`);
  const many = queueOf(...names);
  for (const _ of names) many.failed(take(many), new Set(['Fit']), 0);
  many.happened(observed('pod-removed'), 1);
  expect([many.ready, many.pop()]).toEqual([0, undefined]);
  many.release(2000);
  expect(many.ready).toBe(51);
});

test('a change of its own does not bring a pod forward that backs off', () => {
  const queue = queueOf('a', 'b');
  queue.failed(take(queue), new Set(), 100);
  queue.add({ key: 'a', uid: 'a', priority: 0, fingerprint: 'new' }, false);
  expect([queue.pop()?.key, queue.pop(), queue.nextDue]).toEqual(['b', undefined, 2000]);
});

test('an event of a pod’s own moves that pod alone, and none is lost while it is in flight', () => {
  const queue = queueOf();
  const own = (name: string): ClusterEvent => `changed:claims/n/${name}`;
  for (const name of ['a', 'b', 'c']) {
    const wakesOn = new Map([['Fit', new Set([own(name)])]]);
    queue.add({ key: name, uid: name, priority: 0, fingerprint: '', wakesOn }, false);
  }
  const [a, b, c] = [take(queue), take(queue), take(queue)];
  queue.failed(a, new Set(['Fit']), 0);
  queue.failed(b, new Set(['Other']), 0);
  queue.happened(observed(own('a'), own('b')), 5000);
  queue.happened(observed(own('c')), 5000);
  queue.failed(c, new Set(['Fit']), 5000);
  queue.release(6000);
  expect([queue.pop()?.key, queue.pop()?.key, queue.pop()]).toEqual(['a', 'c', undefined]);
});

test('a gated pod is found by the events that may help it, until it is let in or goes', () => {
  const queue = queueOf();
  const event: ClusterEvent = 'changed:claims/n/c';
  const wakesOn = new Map([['Devices', new Set([event])]]);
  for (const name of ['a', 'b']) queue.add({ key: name, uid: name, priority: 0, fingerprint: '', wakesOn }, true);
  expect([queue.gatedOn(event), queue.empty, queue.ready]).toEqual([['a', 'b'], false, 0]);
  queue.remove('b');
  queue.ungate('a', event);
  expect([queue.gatedOn(event), queue.pop()?.key]).toEqual([[], 'a']);
});

test('a pod that waited and is gated since waits for its whole time again', () => {
  const queue = queueOf('a');
  queue.wait(take(queue), 'Fit', 10_000);
  queue.add({ key: 'a', uid: 'a', priority: 0, fingerprint: 'gated' }, true);
  queue.add({ key: 'a', uid: 'a', priority: 0, fingerprint: 'open' }, false);
  expect(take(queue).deadline).toBe(Number.POSITIVE_INFINITY);
});

test('pods are tried again after their time, also where the clock was set back meanwhile', () => {
  const queue = queueOf('a', 'b');
  const [a, b] = [take(queue), take(queue)];
  queue.failed(a, new Set(['Fit']), 3_600_000);
  queue.wait(b, 'Fit', 3_600_000 + 200_000);
  queue.release(0);
  expect(queue.nextDue).toBe(200_000);
  queue.release(200_000);
  expect(queue.pop()?.key).toBe('b');
  expect(queue.nextDue).toBe(300_000);
  queue.release(300_000);
  expect(queue.pop()?.key).toBe('a');
});
