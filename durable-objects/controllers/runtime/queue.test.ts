import { expect, test } from 'vitest';
import { Registry } from '../../../kube/metrics/registry.ts';
import { printText } from '../../../kube/metrics/text.ts';
import { backoff, HOLD_MS, WorkQueue } from './queue.ts';
import { QueueMetrics, queueGauges } from './queue-metrics.ts';

const never = () => {
  throw new Error('was held back');
};

test('a key is in work once at a time, and comes again when it was added meanwhile', () => {
  const queue = new WorkQueue();
  queue.add('a', 7);
  queue.add('a', 9);
  expect(queue.next(0, never)).toEqual({ id: 'a', saw: 7 });
  queue.add('a', 12);
  expect(queue.next(0, never)).toBeUndefined();
  expect(queue.lowest()).toBe(7);
  queue.done('a');
  expect(queue.lowest()).toBe(12);
  expect(queue.next(0, never)).toEqual({ id: 'a', saw: 12 });
  queue.done('a');
  expect(queue.isEmpty).toBe(true);
  expect(queue.lowest()).toBeUndefined();
});

test('a failed key keeps its revision while it waits in memory, and lets go of it when a row waits for it', () => {
  const queue = new WorkQueue();
  queue.add('a', 3);
  queue.next(0, never);
  queue.retryLater('a');
  expect([queue.lowest(), queue.hasReady]).toEqual([3, false]);
  queue.release('a');
  expect(queue.next(1000, never)?.id).toBe('a');
  queue.park('a');
  expect(queue.lowest()).toBeUndefined();
});

test('a key that asks for another run soon keeps its revision until then, and has it at once when it is added', () => {
  const queue = new WorkQueue();
  queue.add('a', 3);
  queue.next(0, never);
  queue.runLater('a');
  expect([queue.lowest(), queue.hasReady, queue.inWork, queue.isEmpty]).toEqual([3, false, 0, false]);
  queue.add('a', 5);
  expect(queue.next(0, never)).toMatchObject({ id: 'a' });
  expect(queue.lowest()).toBe(3);
  queue.release('a');
  queue.add('a', 6);
  queue.runLater('a');
  expect([queue.lowest(), queue.hasReady]).toEqual([6, true]);
  queue.next(0, never);
  queue.done('a');
  queue.release('a');
  expect([queue.isEmpty, queue.hasReady]).toEqual([true, false]);
});

test('a key that comes again and again is held back once it has run ten times', () => {
  const queue = new WorkQueue();
  const held: number[] = [];
  let runs = 0;
  for (let now = 0; now < 500; now += 5) {
    queue.add('a', now + 1);
    const item = queue.next(now, (id, ms) => {
      held.push(ms);
      queue.release(id);
    });
    if (item) {
      runs++;
      queue.done(item.id);
    }
  }
  expect(held[0]).toBeLessThanOrEqual(HOLD_MS);
  expect(held.length).toBeGreaterThan(30);
  expect(runs).toBeGreaterThan(10);
});

test('back-off doubles from 5 ms up to 1000 s', () => {
  expect([0, 1, 7, 8, 40].map((failures) => backoff(failures))).toEqual([5, 10, 640, 1280, 1_000_000]);
  const slower = { first: 1000, longest: 60_000 };
  expect([0, 1, 5, 6, 40].map((failures) => backoff(failures, slower))).toEqual([1000, 2000, 32_000, 60_000, 60_000]);
});

test('an item that was held for its time is held again when it comes too soon once more', () => {
  const queue = new WorkQueue();
  const held: number[] = [];
  const comes = (now: number): boolean => {
    queue.add('a', 1);
    const isNext = queue.next(now, (_id, ms) => held.push(ms)) !== undefined;
    if (isNext) queue.done('a');
    return isNext;
  };
  while (comes(0)) {}
  queue.release('a');
  expect([comes(50), comes(60)]).toEqual([true, false]);
  expect(held).toEqual([50, 40]);
});

test('items are counted as they become ready, wait and are worked on', () => {
  const registry = new Registry();
  const clock = { time: 0, now: () => clock.time };
  const metrics = new QueueMetrics(registry, clock, 'namespace-controller');
  const queue = new WorkQueue(HOLD_MS, metrics);
  registry.onRead(() => queueGauges([{ metrics, queue }], clock.now()));
  const lines = () =>
    [...printText(registry.families())]
      .join('')
      .split('\n')
      .filter((line) => /^workqueue.*(_sum|_count|_total|depth|seconds)\{/.test(line));
  queue.add('a', 1);
  queue.add('a', 2);
  queue.add('b', 3);
  clock.time = 2000;
  queue.next(clock.time, never);
  queue.add('a', 4);
  clock.time = 5000;
  expect(lines()).toEqual([
    'workqueue_adds_total{name="namespace"} 2',
    'workqueue_depth{name="namespace"} 1',
    'workqueue_longest_running_processor_seconds{name="namespace"} 3',
    'workqueue_queue_duration_seconds_sum{name="namespace"} 2',
    'workqueue_queue_duration_seconds_count{name="namespace"} 1',
    'workqueue_unfinished_work_seconds{name="namespace"} 3',
    'workqueue_work_duration_seconds_sum{name="namespace"} 0',
    'workqueue_work_duration_seconds_count{name="namespace"} 0',
  ]);
  queue.failed('a');
  queue.done('a');
  expect(lines()).toEqual(
    expect.arrayContaining([
      'workqueue_adds_total{name="namespace"} 3',
      'workqueue_depth{name="namespace"} 2',
      'workqueue_retries_total{name="namespace"} 1',
      'workqueue_work_duration_seconds_sum{name="namespace"} 3',
    ]),
  );
});

test('an item that came too often is not held back for the time by which the clock was set back', () => {
  const queue = new WorkQueue();
  const held: number[] = [];
  const comes = (now: number): boolean => {
    queue.add('a', 1);
    const isNext = queue.next(now, (_id, ms) => held.push(ms)) !== undefined;
    if (isNext) queue.done('a');
    return isNext;
  };
  while (comes(86_400_000)) {}
  queue.release('a');
  expect(comes(86_400_000)).toBe(true);
  expect([comes(0), comes(1)]).toEqual([true, true]);
  expect(held).toEqual([HOLD_MS]);
});
