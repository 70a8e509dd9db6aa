import { expect, test } from 'vitest';
import { openStore } from '../store/mvcc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { Timers } from '../store/timers.ts';
import { SharedTimers } from './timers.ts';

function setUp() {
  const sql = openNodeSql();
  openStore(sql);
  const live = () => {
    const timers = new Timers(sql);
    const shared = new SharedTimers(timers);
    return { timers, shared, a: shared.port('a/'), b: shared.port('b/') };
  };
  return { live };
}

test('a due row outlives the object until its own user takes it, and one that was moved meanwhile is not due', () => {
  const { live } = setUp();
  const first = live();
  first.a.set('a/1', 1);
  first.b.set('b/1', 1, 'kept');
  first.b.set('b/2', 2);
  expect(first.a.takeDue(5, 10).map(({ id }) => id)).toEqual(['a/1']);
  first.b.set('b/2', 9);
  const second = live();
  expect(second.timers.next()).toBe(1);
  expect(second.b.takeDue(5, 10)).toEqual([{ id: 'b/1', due: 1, payload: 'kept' }]);
  expect(second.timers.next()).toBe(9);
});

test('what a user leaves for its next turn is still due', () => {
  const { a, timers } = setUp().live();
  for (const at of [1, 2, 3]) a.set(`a/${at}`, at);
  expect(a.takeDue(5, 2)).toHaveLength(2);
  expect(timers.next()).toBe(3);
});

test('a row that no port is for is dropped once it is due, and others stay', () => {
  const { a, shared, timers } = setUp().live();
  timers.set('gone/1', 1);
  timers.set('gone/2', 7);
  a.set('a/1', 3);
  shared.dropUnclaimed(5);
  expect([timers.ids(''), timers.next()]).toEqual([['a/1', 'gone/2'], 3]);
});
