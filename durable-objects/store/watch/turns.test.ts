import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('each item has a turn of its own, in order; one that comes again queues behind the others', () => {
  const deferred: (() => void)[] = [];
  const done: string[] = [];
  let again = 2;
  const turns = new Turns<string>(
    (callback) => void deferred.push(callback),
    (item) => {
      done.push(item);
      if (item === 'a' && again-- > 0) turns.wait('a');
    },
  );
  for (const item of ['a', 'b', 'a', 'c']) turns.wait(item);
  expect(deferred).toHaveLength(1);
  while (deferred.length > 0) {
    const before = done.length;
    deferred.shift()?.();
    expect(done.length - before).toBe(1);
  }
  expect(done).toEqual(['a', 'b', 'c', 'a', 'a']);
  expect(turns.isIdle).toBe(true);
});

test('an item that throws holds up no other', () => {
  const deferred: (() => void)[] = [];
  const done: string[] = [];
  const turns = new Turns<string>(
    (callback) => void deferred.push(callback),
    (item) => {
      if (item === 'bad') throw new Error('bad');
      done.push(item);
    },
  );
  turns.wait('bad');
  turns.wait('good');
  expect(() => deferred.shift()?.()).toThrow('bad');
  deferred.shift()?.();
  expect(done).toEqual(['good']);
});
