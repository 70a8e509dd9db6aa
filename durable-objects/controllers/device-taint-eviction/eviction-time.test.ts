import { expect, test } from 'vitest';
import { waitFor } from './eviction-time.ts';

test('a pod leaves by its taints, and once the clock is set back after what was left of its wait', () => {
  const first = waitFor(1300, undefined, 1000);
  expect(first.due).toBe(1300);
  expect(waitFor(1300, first.memo, 1100).due).toBe(1300);
  const back = waitFor(1300, first.memo, 200);
  expect(back.due).toBe(500);
  expect(waitFor(1300, back.memo, 450).due).toBe(500);
  // Another taint, or toleration, counts anew.
  expect(waitFor(700, back.memo, 450).due).toBe(700);
});

test('a memo of an earlier build is no time', () => {
  expect(waitFor(1300, 'waits', 1000).due).toBe(1300);
});
