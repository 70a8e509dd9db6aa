import { expect, test } from 'vitest';
import { BOOTSTRAP_PRIORITY_LEVELS } from './bootstrap.ts';
import { seatsOf } from './concurrency.ts';

test('600 seats are shared as kube-apiserver shares them', () => {
  const seats = seatsOf(
    BOOTSTRAP_PRIORITY_LEVELS.map(({ spec }) => spec),
    600,
  );
  const named = BOOTSTRAP_PRIORITY_LEVELS.map(({ metadata }, i) => [metadata.name, seats[i]?.nominal, seats[i]?.min]);
  expect(named).toEqual([
    ['exempt', 0, 0],
    ['catch-all', 13, 13],
    ['system', 74, 50],
    ['node-high', 98, 73],
    ['leader-election', 25, 25],
    ['workload-high', 98, 49],
    ['workload-low', 245, 24],
    ['global-default', 49, 24],
  ]);
  expect(seats.map(({ max }) => max)).toEqual(Array.from({ length: 8 }, () => 600));
});

test('a level borrows no more than it may', () => {
  const limited = { nominalConcurrencyShares: 1, borrowingLimitPercent: 50, limitResponse: { type: 'Reject' } };
  const level = { type: 'Limited', limited };
  expect(seatsOf([level, level], 200)[0]).toEqual({ nominal: 100, min: 100, max: 150 });
});
