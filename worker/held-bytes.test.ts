import { AsyncLocalStorage } from 'node:async_hooks';
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

/** Holders let go in their next turn. */
const turn = () => Promise.resolve();

test('beyond what a cluster may hold, its largest holder is given up', async () => {
  const { held, givenUp, open } = setUp();
  const [small, large] = [open('a', 'small'), open('a', 'large')];
  large.grow(80);
  small.grow(20);
  expect(givenUp).toEqual([]);
  small.grow(1);
  await turn();
  expect(givenUp).toEqual(['large']);
  expect(held.size).toBe(21);
  large.grow(1000);
  large.shrink(80);
  expect(held.size).toBe(21);
});

test('beyond what all may hold, the largest of the largest cluster is given up', async () => {
  const { held, givenUp, open } = setUp();
  const [a, b, c] = [open('a', 'a'), open('b', 'b'), open('c', 'c')];
  a.grow(60);
  b.grow(80);
  c.grow(20);
  await turn();
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

test('where a cluster has as many holders as it may, its oldest idle watch makes room', async () => {
  const { held, givenUp, open } = setUp();
  const watch = (name: string) => held.open('a', () => givenUp.push(name), true);
  const busy = watch('busy');
  busy?.grow(10);
  watch('first');
  watch('second');
  expect(open('a', 'log')).toBeDefined();
  await turn();
  expect(givenUp).toEqual(['first']);
  expect(watch('third')).toBeDefined();
  await turn();
  expect(givenUp).toEqual(['first', 'second']);
  // A watch that is being written to, a log and the newest watch are left.
  expect(watch('fourth')).toBeDefined();
  await turn();
  expect(givenUp).toEqual(['first', 'second', 'third']);
  expect(held.size).toBe(10);
});

test('a holder that fails to let go counts no longer, and fails no other', () => {
  const held = new HeldBytes({ perCluster: 100, total: 150, holdersPerCluster: 1 });
  const broken = held.open('a', () => {
    throw new Error('of another request');
  });
  broken?.grow(90);
  const other = held.open('b', () => {});
  expect(() => other?.grow(70)).not.toThrow();
  expect(held.size).toBe(70);
});

test('a holder lets go within its own request, whichever needs the room: the runtime lets no other touch its socket', async () => {
  const held = new HeldBytes({ perCluster: 100, total: 150, holdersPerCluster: 1 });
  const request = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const letGo = () => seen.push(request.getStore());
  request.run('first', () => held.open('a', letGo, true));
  const second = request.run('second', () => held.open('a', letGo));
  expect(second).toBeDefined();
  const third = request.run('third', () => held.open('b', () => {}));
  second?.grow(90);
  request.run('third', () => third?.grow(70));
  await turn();
  expect(seen).toEqual(['first', 'second']);
});
