import { expect, test } from 'vitest';
import { AddressPool } from './addresses.ts';

const taken = (pool: AddressPool, count: number) => Array.from({ length: count }, (_, index) => pool.take(`p${index}`));

test.each([
  ['10.0.0.0/24', 253, '10.0.0.2', '10.0.0.254'],
  ['10.0.0.16/28', 13, '10.0.0.18', '10.0.0.30'],
  ['10.0.0.0/22', 1021, '10.0.0.2', '10.0.3.254'],
  ['fd00:1::/124', 14, 'fd00:1::2', 'fd00:1::f'],
])('%s has %i addresses for pods', (podCIDR, count, first, last) => {
  const pool = new AddressPool(podCIDR);
  const all = taken(pool, count);
  expect([all[0], all.at(-1), new Set(all).size]).toEqual([first, last, count]);
  expect(pool.take('one more')).toBeUndefined();
  pool.release('p3');
  expect(pool.take('one more')).toBe(all[3]);
});

test('a range without addresses gives none, and a huge one goes on', () => {
  expect([new AddressPool('10.0.0.0/32').take('p'), new AddressPool('10.0.0.0/31').take('p')]).toEqual([
    undefined,
    undefined,
  ]);
  expect(taken(new AddressPool('fd00::/8'), 2)).toEqual(['fd00::2', 'fd00::3']);
});

test('an address that two pods say they have is not given while one of them holds it', () => {
  const pool = new AddressPool('10.0.0.0/29');
  pool.hold('10.0.0.2', 'a');
  pool.hold('10.0.0.2', 'b');
  pool.hold('10.0.1.2', 'c');
  pool.release('a');
  expect(taken(pool, 5)).toEqual(['10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6', undefined]);
});

test('a pod that says it has another one’s address leaves it to that one when it ends, and may hold it after it', () => {
  const pool = new AddressPool('10.0.0.0/30');
  expect(pool.take('a')).toBe('10.0.0.2');
  pool.hold('10.0.0.2', 'b');
  pool.release('b');
  expect([pool.take('c'), pool.take('a')]).toEqual([undefined, '10.0.0.2']);
  pool.hold('10.0.0.2', 'b');
  pool.release('a');
  expect(pool.take('c')).toBeUndefined();
  pool.release('b');
  expect(pool.take('c')).toBe('10.0.0.2');
});
