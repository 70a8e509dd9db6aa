import { expect, test } from 'vitest';
import { HeldBytes, type Holder } from './held-bytes.ts';

function setUp() {
  const held = new HeldBytes({ perCluster: 100, total: 150, holdersPerCluster: 3 });
  const givenUp: string[] = [];
  const open = (cluster: string, name: string): Holder => {
    const holder = held.open(cluster, () => givenUp.push(name));
    if (!holder) throw new Error('refused');
    return holder;
  };
  return { held, givenUp, open };
}

test('beyond what a cluster may hold, its largest holder is given up', () => {
  const { held, givenUp, open } = setUp();
  const [small, large] = [open('a', 'small'), open('a', 'large')];
  large.grow(80);
  small.grow(20);
  expect(givenUp).toEqual([]);
  small.grow(1);
  expect(givenUp).toEqual(['large']);
  expect(held.size).toBe(21);
  large.grow(1000);
  large.shrink(80);
  expect(held.size).toBe(21);
});

test('beyond what all may hold, the largest of the largest cluster is given up', () => {
  const { held, givenUp, open } = setUp();
  const [a, b, c] = [open('a', 'a'), open('b', 'b'), open('c', 'c')];
  a.grow(60);
  b.grow(80);
  c.grow(20);
  expect(givenUp).toEqual(['b']);
  expect(held.size).toBe(80);
});

test('released bytes count no longer, and a cluster has so many holders', () => {
  const { held, givenUp, open } = setUp();
  const holder = open('a', '1');
  holder.grow(90);
  holder.shrink(90);
  holder.grow(50);
  holder.close();
  holder.close();
  expect([held.size, givenUp]).toEqual([0, []]);
  const three = [open('a', '1'), open('a', '2'), open('a', '3')];
  expect(held.open('a', () => {})).toBeUndefined();
  expect(held.open('b', () => {})).toBeDefined();
  three[0]?.close();
  expect(held.open('a', () => {})).toBeDefined();
});
