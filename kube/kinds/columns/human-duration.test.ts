import { expect, test } from 'vitest';
import { humanDuration, since } from './human-duration.ts';

const [s, m, h, d] = [1000, 60_000, 3_600_000, 86_400_000];

test.each([
  [-2 * s, '<invalid>'],
  [-1.5 * s, '0s'],
  [0, '0s'],
  [119.9 * s, '119s'],
  [2 * m, '2m'],
  [9 * m + 59 * s, '9m59s'],
  [10 * m + 59 * s, '10m'],
  [3 * h, '3h'],
  [7 * h + 59 * m, '7h59m'],
  [8 * h + 59 * m, '8h'],
  [47 * h, '47h'],
  [2 * d + 3 * h, '2d3h'],
  [8 * d + 3 * h, '8d'],
  [729 * d, '729d'],
  [731 * d, '2y1d'],
  [2920 * d, '8y'],
])('%d milliseconds are %s', (duration, text) => {
  expect(humanDuration(duration)).toBe(text);
});

test('an object without a time has an unknown age', () => {
  expect(since(undefined, 0)).toBe('<unknown>');
  expect(since('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:01:00Z'))).toBe('60s');
});
