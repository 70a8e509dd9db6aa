import { expect, test } from 'vitest';
import { NO_LIMITS, parseQuota, tighter } from './quota.ts';

test('a setting names some limits; a slip in it takes none away', () => {
  const otherwise = { ...NO_LIMITS, objects: 1000, nodes: 5 };
  expect(parseQuota('nodes=7, watches=3 objects=many pods=4 clusters=-1', otherwise)).toEqual({
    ...otherwise,
    nodes: 7,
    watches: 3,
  });
  expect(parseQuota(undefined, otherwise)).toEqual(otherwise);
  expect(parseQuota('objects=0', otherwise).objects).toBe(0);
  expect(parseQuota('nodes=1.5 streamMinutes=0.5', otherwise)).toEqual({ ...otherwise, streamMinutes: 0.5 });
});

test('a limit of objects leaves room for those that a new cluster has', () => {
  expect(parseQuota('objects=20', NO_LIMITS).objects).toBe(300);
});

test('of two limits the smaller counts, and 0 is none', () => {
  expect([tighter(3, 5), tighter(0, 5), tighter(3, 0), tighter(0, 0)]).toEqual([3, 5, 3, 0]);
});
