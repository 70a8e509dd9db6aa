import { expect, test } from 'vitest';
import { openNodeSql } from '../../store/sql/node.ts';
import { Alarms } from './alarms.ts';

function alarms() {
  const clock: { now: number; due?: number } = { now: 0 };
  const sql = openNodeSql();
  const open = () =>
    new Alarms({
      sql,
      now: () => clock.now,
      setAlarm: (due) => {
        clock.due = due;
      },
    });
  return { clock, open };
}

test('the alarm is set for the earliest task, and each runs when it is due', async () => {
  const { clock, open } = alarms();
  const made = open();
  const ran: string[] = [];
  for (const name of ['a', 'b']) made.on(name, () => void ran.push(name));
  made.set('a', 500);
  made.set('b', 300);
  expect(clock.due).toBe(300);
  clock.now = 300;
  await made.run();
  expect([ran, clock.due]).toEqual([['b'], 500]);
  made.set('a', undefined);
  expect(clock.due).toBeUndefined();
});

test('a task that fails is tried again, and holds no other up; one may set itself anew', async () => {
  const { clock, open } = alarms();
  const made = open();
  let broken = true;
  made.on('fails', () => {
    if (broken) throw new Error('unreachable');
  });
  made.on('repeats', () => made.set('repeats', 1000));
  made.set('fails', 10);
  made.set('repeats', 20);
  clock.now = 20;
  await expect(made.run()).rejects.toThrow('an account could not do all that was due');
  expect(clock.due).toBe(1000);
  clock.now = 60_020;
  broken = false;
  made.on('repeats', () => {});
  await made.run();
  expect(clock.due).toBeUndefined();
});

test('what was due while the object was gone is performed by the next one', async () => {
  const { clock, open } = alarms();
  open().set('a', 10);
  const ran: string[] = [];
  const next = open();
  next.on('a', async () => void ran.push('a'));
  clock.now = 10_000;
  await next.run();
  expect([ran, clock.due]).toEqual([['a'], undefined]);
});
