import { expect, test } from 'vitest';
import { MemoryTimers, VirtualTime } from './testing/virtual-time.ts';
import { TimerRows } from './timer-rows.ts';

function start() {
  const time = new VirtualTime(0);
  const timers = new MemoryTimers();
  const rows = () => new TimerRows(timers, () => time.now());
  const due = (id: string) => timers.get(id)?.due;
  return { time, timers, rows, due };
}

test('a great many rows that are due at once are taken in a part at a time, and none is lost', () => {
  const { timers, rows, due } = start();
  for (let at = 0; at < 450; at++) timers.set(`a/${at}`, 5);
  const life = rows();
  const parts: number[] = [];
  while ((timers.next() ?? 10) < 10) {
    life.fire(10);
    parts.push(life.take().length);
  }
  expect(parts).toEqual([200, 200, 50]);
  expect(due('a/0')).toBe(30_010);
});

test('a run that fails leaves a row that comes before its retry, and takes the place of the row that fired', () => {
  const { time, rows, due } = start();
  const life = rows();
  life.delay('a', 10_000);
  life.retry('a', 1_000_000, 18);
  expect(due('a')).toBe(10_000);
  time.advance(10_000);
  life.fire(time.now());
  expect(life.take()).toEqual([{ id: 'a', failures: 18 }]);
  life.retry('a', 1_000_000, 19);
  expect(due('a')).toBe(1_010_000);
});

test('the memo and the failures of a row outlive the object', () => {
  const { time, rows, due } = start();
  rows().answered('a', 60_000, 'memo');
  rows().retry('a', 70_000, 3);
  const life = rows();
  expect([life.memo('a'), due('a')]).toEqual(['memo', 60_000]);
  time.advance(60_000);
  life.fire(time.now());
  expect(life.take()).toEqual([{ id: 'a', failures: 3 }]);
  life.answered('a', undefined);
  expect(due('a')).toBeUndefined();
});
