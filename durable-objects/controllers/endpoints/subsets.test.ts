import { expect, test } from 'vitest';
import { type Address, repackSubsets, type Subset } from './repack.ts';
import { truncate } from './subsets.ts';

const ip = (last: number | string, uid?: string): Address =>
  ({ ip: `10.0.0.${last}`, ...(uid ? { targetRef: { uid } } : {}) }) as Address;
const many = (count: number): Address[] => Array.from({ length: count }, (_, at) => ip(at));
const port = (number: number, name?: string) => ({ port: number, ...(name ? { name } : {}) }) as never;

test('ports that the same addresses have share a subset, and an address that is not ready anywhere is not ready', () => {
  const subsets: Subset[] = [
    { addresses: [ip(2), ip(1)], ports: [port(80, 'a'), port(81, 'b')] },
    { addresses: [ip(1)], notReadyAddresses: [ip(2)], ports: [port(82, 'c')] },
    { addresses: [ip(3)] },
    { notReadyAddresses: [ip(2)], ports: [port(81, 'b')] },
  ];
  expect(repackSubsets(subsets)).toEqual([
    { addresses: [ip(1)], notReadyAddresses: [ip(2)], ports: [port(81, 'b'), port(82, 'c')] },
    { addresses: [ip(1), ip(2)], ports: [port(80, 'a')] },
    { addresses: [ip(3)] },
  ]);
});

test('two pods with one address are two', () => {
  expect(repackSubsets([{ addresses: [ip(1, 'y'), ip(1, 'x'), ip(1, 'x')] }])).toEqual([
    { addresses: [ip(1, 'x'), ip(1, 'y')] },
  ]);
});

test('of too many addresses each subset keeps its share, and those that are ready go first', () => {
  const sizes = (subsets: Subset[]) =>
    subsets.map(({ addresses, notReadyAddresses }) => [addresses?.length ?? 0, notReadyAddresses?.length ?? 0]);
  const few: Subset[] = [{ addresses: many(900), notReadyAddresses: many(100) }];
  expect(truncate(few)).toBe(false);
  expect(sizes(few)).toEqual([[900, 100]]);
  const unready: Subset[] = [
    { addresses: many(300), notReadyAddresses: many(600) },
    { addresses: many(300), notReadyAddresses: many(300) },
  ];
  expect(truncate(unready)).toBe(true);
  expect(sizes(unready)).toEqual([
    [300, 267],
    [300, 133],
  ]);
  const ready: Subset[] = [
    { addresses: many(1500), notReadyAddresses: many(10) },
    { addresses: many(500), notReadyAddresses: many(10) },
  ];
  expect(truncate(ready)).toBe(true);
  expect(sizes(ready)).toEqual([
    [750, 0],
    [250, 0],
  ]);
});
