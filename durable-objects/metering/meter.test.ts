import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { Meter } from './meter.ts';

const MINUTE = 60_000;

function metered(sql = openNodeSql()) {
  const clock = { now: Date.UTC(2026, 10, 28, 23, 58) };
  const rows = { read: 0, written: 0 };
  const writes = { count: 0 };
  const counted = {
    query: sql.query,
    first: sql.first,
    run: (statement: string, ...bindings: never[]) => {
      if (statement.startsWith('INSERT')) writes.count++;
      return sql.run(statement, ...bindings);
    },
  };
  return { sql, clock, rows, writes, meter: new Meter({ sql: counted, rows, now: () => clock.now }) };
}

test('use is told at once, written once a minute at most, and there after a sleep', () => {
  const { sql, clock, rows, writes, meter } = metered();
  for (let request = 0; request < 3; request++) {
    const end = meter.begin('request');
    rows.read += 10;
    rows.written += 2;
    meter.sent(100);
    clock.now += 500;
    end();
  }
  const use = {
    requests: 3,
    messages: 0,
    rowsRead: 30,
    // The meter's own row is one.
    rowsWritten: 7,
    activeSeconds: 1.5,
    bytesSent: 300,
  };
  expect(writes.count).toBe(1);
  expect(meter.use()).toEqual({ days: [{ day: '2026-11-28', ...use }], total: use, lastAsked: 0 });
  clock.now += MINUTE;
  meter.asked();
  meter.begin('message')();
  expect(writes.count).toBe(2);
  const woken = metered(sql);
  woken.clock.now = clock.now;
  expect(woken.meter.use().lastAsked).toBe(clock.now);
  expect(woken.meter.use().total).toEqual({ ...use, messages: 1, rowsWritten: 8 });
});

test('each day has its own, and the total is of all', () => {
  const { clock, meter } = metered();
  meter.begin('request')();
  clock.now += 3 * MINUTE;
  meter.begin('request')();
  const { days, total } = meter.use();
  expect(days.map(({ day, requests }) => [day, requests])).toEqual([
    ['2026-11-29', 1],
    ['2026-11-28', 1],
  ]);
  expect(total.requests).toBe(2);
});

test('work that overlaps is one time awake; what goes on counts up to now', () => {
  const { clock, meter } = metered();
  const first = meter.begin('request');
  clock.now += 1000;
  const second = meter.begin();
  clock.now += 1000;
  first();
  clock.now += 1000;
  expect(meter.use().total.activeSeconds).toBe(3);
  second();
  clock.now += 50_000;
  expect(meter.use().total).toMatchObject({ activeSeconds: 3, requests: 1 });
});

test('much within a minute is written before it can be lost', () => {
  const { rows, writes, meter } = metered();
  meter.begin('request')();
  expect(writes.count).toBe(1);
  for (let request = 0; request < 2500; request++) meter.begin('request')();
  expect(writes.count).toBe(3);
  rows.written += 1000;
  meter.begin()();
  expect(writes.count).toBe(4);
});
