import { expect, test } from 'vitest';
import { EncodedItems } from './encoded-items.ts';

const PODS = { apiVersion: 'v1', kind: 'PodList' };
const bytes = (size: number) => new Uint8Array(size);

test('items are found by cluster, kind and revision', () => {
  const items = new EncodedItems();
  const pod = bytes(3);
  items.of('a', PODS).set(7, pod);
  expect(items.of('a', PODS).get(7)).toBe(pod);
  expect(items.of('a', PODS).get(8)).toBeUndefined();
  expect(items.of('b', PODS).get(7)).toBeUndefined();
  expect(items.of('a', { ...PODS, kind: 'NodeList' }).get(7)).toBeUndefined();
});

test('the lists that were asked for longest ago go where there are too many bytes, and at last the one itself', () => {
  const items = new EncodedItems(500);
  items.of('a', PODS).set(1, bytes(72));
  items.of('b', PODS).set(1, bytes(72));
  items.of('a', PODS);
  items.of('c', PODS).set(1, bytes(72));
  expect(['a', 'b', 'c'].map((cluster) => items.of(cluster, PODS).get(1)?.length)).toEqual([72, undefined, 72]);
  expect(items.size).toBe(400);
  const large = items.of('d', PODS);
  for (const revision of [1, 2, 3, 4]) large.set(revision, bytes(72));
  expect(items.size).toBeLessThanOrEqual(500);
});

test('a list that keeps no item has no place', () => {
  const items = new EncodedItems(500);
  items.of('a', PODS).set(1, bytes(200));
  const [first, second] = [items.of('b', PODS), items.of('b', PODS)];
  expect(items.lists).toBe(1);
  first.set(1, bytes(10));
  second.set(2, bytes(10));
  expect([items.lists, items.of('b', PODS).get(1)?.length, items.of('b', PODS).get(2)]).toEqual([2, 10, undefined]);
});
