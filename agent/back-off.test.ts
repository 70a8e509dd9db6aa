import { expect, test } from 'vitest';
import { BackOff } from './back-off.ts';

test('Waits double up to the limit, and begin anew after a success', () => {
  const backOff = new BackOff({ initial: 100, max: 500 }, () => 0.5);
  expect([1, 2, 3, 4, 5].map(() => backOff.next())).toEqual([100, 200, 400, 500, 500]);
  backOff.reset();
  expect(backOff.next()).toBe(100);
});

test('Waits differ by half of themselves at most', () => {
  const waits = [0, 0.25, 0.999].map((random) => new BackOff({ initial: 100, max: 500 }, () => random).next());
  expect(waits).toEqual([50, 75, 149.9]);
});
