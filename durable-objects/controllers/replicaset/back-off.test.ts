import { expect, test } from 'vitest';
import type { PodProjection } from '../common/pods.ts';
import { allowance } from './back-off.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ALL = { limit: Number.POSITIVE_INFINITY };

/** `secondsAgo`: its age. */
const pod = (phase: string, secondsAgo: number) =>
  ({ pod: { phase }, created: NOW - secondsAgo * 1000 }) as unknown as PodProjection;
const failed = (...secondsAgo: number[]) => secondsAgo.map((ago) => pod('Failed', ago));

test('each replica may fail once, and is replaced at once', () => {
  expect(allowance([], 3, NOW)).toEqual(ALL);
  expect(allowance(failed(0, 0, 0), 3, NOW)).toEqual(ALL);
  expect(allowance(failed(0), 1, NOW)).toEqual(ALL);
});

test('after that one pod at a time is made, after one second, two, four … a quarter of an hour', () => {
  const waits = [2, 3, 4, 5, 11, 12, 60].map((many) => allowance(failed(...Array(many).fill(0)), 1, NOW).wait);
  expect(waits).toEqual([1000, 2000, 4000, 8000, 512_000, 900_000, 900_000]);
  expect(allowance(failed(1, 1), 1, NOW)).toEqual({ limit: 1 });
  expect(allowance(failed(3, 3, 3, 3, 3), 3, NOW)).toEqual({ limit: 1 });
});

test('a pod that does not run yet holds back the next one as long', () => {
  expect(allowance([...failed(60, 60, 60), pod('Pending', 1)], 1, NOW)).toEqual({ limit: 0, wait: 1000 });
  expect(allowance([...failed(60, 60, 60), pod('Pending', 2)], 1, NOW)).toEqual({ limit: 1 });
});

test('failures count no longer once a younger pod runs, and after half an hour without another', () => {
  expect(allowance([...failed(60, 61, 62, 63), pod('Running', 59)], 1, NOW)).toEqual(ALL);
  expect(allowance([...failed(0, 1, 2), pod('Running', 600)], 1, NOW)).toEqual({ limit: 0, wait: 2000 });
  expect(allowance(failed(1801, 1802, 1803), 1, NOW)).toEqual(ALL);
  expect(allowance(failed(0, 1801, 1802, 1803), 1, NOW)).toEqual(ALL);
});
