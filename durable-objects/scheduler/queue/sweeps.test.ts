import { expect, test } from 'vitest';
import type { Plugin } from '../framework/interface.ts';
import { PrioritySort } from '../plugins/priority-sort.ts';
import { Queue } from './queue.ts';

const fit: Plugin = { name: 'Fit', wakesOn: ['pod-removed', 'node-added'] };
const MANY = 5000;

/** A queue in which this many pods fit nowhere. */
function waiting(count: number, alike: (name: string) => string, helps: (key: string) => boolean) {
  let asked = 0;
  const queue = new Queue([PrioritySort, fit], undefined, (key) => {
    asked++;
    return helps(key);
  });
  for (let i = 0; i < count; i++) queue.add({ key: `p${i}`, uid: `p${i}`, priority: 0, fingerprint: '' }, false);
  for (let pod = queue.pop(); pod; pod = queue.pop()) {
    pod.alike = alike(pod.key);
    queue.failed(pod, new Set(['Fit']), 0);
  }
  return { queue, asked: () => asked };
}

test('of thousands that wait only some are looked at in one turn, and in the end all', () => {
  const { queue, asked } = waiting(
    MANY,
    () => '',
    () => true,
  );
  queue.happened([{ event: 'pod-removed' }], 20_000);
  expect([queue.ready < MANY / 10, queue.sweeping, queue.busy]).toEqual([true, true, true]);
  for (let turns = 0; queue.sweeping; turns++) {
    expect(turns).toBeLessThan(MANY);
    queue.release(20_000);
  }
  expect([queue.ready, asked()]).toEqual([MANY, MANY]);
});

test('of pods that are alike one is asked about', () => {
  const { queue, asked } = waiting(
    MANY,
    (key) => (key.endsWith('7') ? 'sevens' : 'others'),
    (key) => key.endsWith('7'),
  );
  queue.happened([{ event: 'pod-removed' }], 20_000);
  while (queue.sweeping) queue.release(20_000);
  expect([queue.ready, asked()]).toEqual([MANY / 10, 2]);
});

test('what happens meanwhile is looked at afterwards, and the pod that caused it is left alone', () => {
  const { queue } = waiting(
    MANY,
    () => '',
    (key) => key === 'p1' || key === 'p2',
  );
  queue.happened([{ event: 'node-added', causedBy: 'p1' }], 20_000);
  queue.happened([{ event: 'pod-removed', causedBy: 'p2' }], 20_000);
  while (queue.sweeping) queue.release(20_000);
  expect([queue.pop()?.key, queue.pop()?.key, queue.pop()]).toEqual(['p1', 'p2', undefined]);
});

test('a pod that was tried since has heard of what happened', () => {
  const { queue, asked } = waiting(
    MANY,
    () => '',
    () => false,
  );
  queue.happened([{ event: 'pod-removed' }], 0);
  queue.add({ key: `p${MANY - 1}`, uid: `p${MANY - 1}`, priority: 0, fingerprint: 'changed' }, false);
  const changed = queue.pop();
  if (changed) queue.failed(changed, new Set(['Fit']), 0);
  while (queue.sweeping) queue.release(0);
  expect(asked()).toBe(MANY - 1);
});

test('an event that no plugin wakes on makes nothing to do', () => {
  const { queue, asked } = waiting(
    MANY,
    () => '',
    () => true,
  );
  queue.happened([{ event: 'node-labels' }], 0);
  expect([queue.sweeping, asked()]).toEqual([false, 0]);
});
