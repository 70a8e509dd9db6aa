import { expect, test } from 'vitest';
import { alone, HOUR_MS, keep, lineOf, rowsOf, type Sample } from './samples.ts';

const NOW = 10 * HOUR_MS;
const sample = (ago: number, cpu = 1): Sample => ({ at: NOW - ago, cpu, memory: 2 * cpu });

test('samples are kept for an hour, in order, and near ones are one', () => {
  const kept = [sample(HOUR_MS + 1), sample(60_000), sample(30_000)].reduce<readonly Sample[]>(keep, []);
  expect(kept.map(({ at }) => NOW - at)).toEqual([HOUR_MS + 1, 60_000, 30_000]);
  expect(keep(kept, sample(0)).map(({ at }) => NOW - at)).toEqual([60_000, 30_000, 0]);
  expect(keep(kept, sample(45_000)).map(({ at }) => NOW - at)).toContain(45_000);
  expect(keep(kept, sample(31_000, 7)).at(-1)).toEqual(sample(31_000, 7));
});

test('a line spans the hour, and has nothing where nothing was measured', () => {
  const { at, values } = lineOf([sample(600_000), sample(585_000), sample(15_000)], 'memory', NOW);
  expect(values).toEqual([null, null, 2, 2, null, 2, null]);
  expect(at[0]).toBe(NOW - HOUR_MS);
  expect(at.at(-1)).toBe(NOW);
  expect(at.every((time, index) => index === 0 || time > (at[index - 1] as number))).toBe(true);
  expect(lineOf([sample(0)], 'cpu', NOW).values.at(-1)).toBe(1);
  expect(lineOf([], 'cpu', NOW).values).toEqual([null, null]);
});

test('a sample without neighbours is drawn as a point', () => {
  expect(alone([null, 1, null, 2, 3, null, 4])).toEqual([1, 6]);
});

test('a table has a row for each five minutes, the newest first', () => {
  const rows = rowsOf([sample(600_000, 1), sample(299_000, 2), sample(200_000, 3), sample(0, 4)]);
  expect(rows.map(({ cpu }) => cpu)).toEqual([4, 3, 1]);
});
