import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Indexes } from './indexes.ts';

test('indexes are written as upstream writes them, and read back', () => {
  expect(String(Indexes.of([0, 2, 3, 5, 6, 7]))).toBe('0,2,3,5-7');
  expect(String(Indexes.parse('0,2,3,5-7', 100))).toBe('0,2,3,5-7');
  expect(String(Indexes.parse('0,2,3,5-7', 6))).toBe('0,2,3,5');
  expect(String(Indexes.parse('x,1-,2-y,4', 10))).toBe('4');
  expect(String(Indexes.parse('', 10))).toBe('');
});

test('sets are joined, counted and compared', () => {
  const some = Indexes.parse('1,3-5', 10);
  expect(String(some.with(Indexes.of([2, 7])))).toBe('1-5,7');
  expect([some.count, some.has(4), some.has(2)]).toEqual([4, true, false]);
  expect(Indexes.parse('0-3', 10).countIn(some)).toBe(2);
});

test('gaps are the lowest indexes that are missing', () => {
  expect(Indexes.parse('1,3-5', 10).gaps(4, 8)).toEqual([0, 2, 6, 7]);
  expect(Indexes.parse('1,3-5', 10).gaps(2, 8)).toEqual([0, 2]);
  expect(Indexes.parse('0-7', 8).gaps(5, 8)).toEqual([]);
  expect(Indexes.NONE.gaps(2, 1)).toEqual([0]);
});

test('sets of any shape contain and share what their lists do', () => {
  const list = fc.uniqueArray(fc.nat({ max: 40 }));
  fc.assert(
    fc.property(list, list, (some, others) => {
      const set = Indexes.of(some);
      for (let index = 0; index <= 41; index++) expect(set.has(index)).toBe(some.includes(index));
      expect(set.countIn(Indexes.of(others))).toBe(some.filter((index) => others.includes(index)).length);
    }),
  );
});

test('a hundred thousand indexes, of which every other one is done, are looked up in no time', () => {
  const done = Indexes.of(Array.from({ length: 100_000 }, (_, at) => 2 * at));
  let found = 0;
  for (let index = 0; index < 200_000; index++) if (done.has(index)) found++;
  expect([found, done.countIn(done)]).toEqual([100_000, 100_000]);
});
