import { expect, test } from 'vitest';
import { migrate } from './migrations.ts';
import { Notes } from './notes.ts';
import { SCHEMA } from './schema.ts';
import { openNodeSql } from './sql/node.ts';
import { Timers } from './timers.ts';

test('the alarm follows the earliest due time, and never rings with nothing due', () => {
  const { timers, alarms } = setup();
  timers.set('a', 100);
  timers.set('b', 200);
  expect(alarms).toEqual([100]);
  timers.set('a', 150);
  expect(alarms).toEqual([100, 150]);
  timers.set('c', 50, 'early');
  timers.clear('c');
  timers.set('d', 160);
  expect(alarms).toEqual([100, 150, 50, 150]);
  expect(timers.takeDue(50, 10)).toEqual([]);
  expect(timers.next()).toBe(150);
  expect([timers.get('b')?.due, timers.get('c')]).toEqual([200, undefined]);
});

test('an alarm that is needed no more is cleared', () => {
  const { timers, alarms } = setup();
  timers.set('a', 100);
  timers.set('b', 200);
  timers.clear('a');
  timers.clear('c');
  expect(alarms).toEqual([100, 200]);
  timers.clear('b');
  expect(alarms).toEqual([100, 200, undefined]);
  timers.set('a', 300);
  expect(alarms).toEqual([100, 200, undefined, 300]);
});

test('a row that is due beyond all times that the runtime sets an alarm for has the latest of these', () => {
  const { timers, alarms } = setup();
  timers.set('a', 9.2e21);
  expect(alarms).toEqual([Date.UTC(2189)]);
  expect(timers.takeDue(Date.UTC(2189), 10)).toEqual([]);
  timers.set('b', 100);
  expect(alarms).toEqual([Date.UTC(2189), 100]);
});

test('due rows are taken out once, earliest first, a bounded number at a time', () => {
  const { timers } = setup();
  for (const [id, due] of [
    ['c', 3],
    ['a', 1],
    ['b', 2],
    ['later', 9],
  ] as const)
    timers.set(id, due, id.toUpperCase());
  expect(timers.takeDue(5, 2)).toEqual([
    { id: 'a', due: 1, payload: 'A' },
    { id: 'b', due: 2, payload: 'B' },
  ]);
  expect(timers.next()).toBe(3);
  expect(timers.takeDue(5, 2)).toMatchObject([{ id: 'c' }]);
  expect(timers.takeDue(5, 2)).toEqual([]);
  expect(timers.next()).toBe(9);
});

test('rows of some ids come earlier, and the alarm with them', () => {
  const { timers, alarms } = setup();
  timers.set('a/1', 500);
  timers.set('b/1', 400);
  timers.set('c/1', 450);
  timers.shift(['a/', 'c/'], 300);
  expect(alarms).toEqual([500, 400, 150]);
  expect(timers.takeDue(400, 9).map(({ id, due }) => [id, due])).toEqual([
    ['c/1', 150],
    ['a/1', 200],
    ['b/1', 400],
  ]);
});

test('timers survive a restart, and the alarm that is set for them is known', () => {
  const { sql, timers } = setup();
  timers.set('a', 100);
  const again = new Timers(sql);
  const alarms: number[] = [];
  again.onMove((due) => alarms.push(due ?? Number.NaN));
  again.set('b', 150);
  again.set('c', 90);
  expect(alarms).toEqual([90]);
  expect(again.takeDue(100, 9).map(({ id }) => id)).toEqual(['c', 'a']);
});

test('the earliest due time is found without a look at all rows', () => {
  const { sql } = setup();
  let lines = 0;
  const counted: typeof sql = {
    ...sql,
    *query(...args) {
      for (const row of sql.query(...args)) {
        lines++;
        yield row as never;
      }
    },
  };
  const timers = new Timers(counted);
  for (let at = 0; at < 100; at++) timers.set(`a/${at}`, 1000 + (at % 7));
  expect([timers.next(), lines]).toEqual([1000, 0]);
  for (let at = 0; at < 99; at++) timers.clear(`a/${at}`);
  expect([timers.next(), lines]).toEqual([1001, 0]);
});

test('a row that a rollback took back rings once at most', () => {
  const { sql, timers } = setup();
  const fails = () =>
    sql.transaction(() => {
      timers.set('a', 100);
      throw new Error('rolled back');
    });
  expect(fails).toThrow('rolled back');
  expect(timers.due(100, 10)).toEqual([]);
  expect(timers.next()).toBeUndefined();
});

test('a note is kept, and writing the same again costs no row', () => {
  const { sql } = setup();
  const notes = new Notes(sql);
  expect(notes.read('cursor')).toBeUndefined();
  notes.write('cursor', '7');
  notes.write('cursor', '8');
  expect(new Notes(sql).read('cursor')).toBe('8');
  let rows = 0;
  new Notes({ ...sql, run: (...args) => (rows += sql.run(...args)) }).write('cursor', '8');
  expect(rows).toBe(0);
});

function setup() {
  const sql = openNodeSql();
  migrate(sql, SCHEMA);
  const timers = new Timers(sql);
  const alarms: (number | undefined)[] = [];
  timers.onMove((due) => alarms.push(due));
  return { sql, timers, alarms };
}
