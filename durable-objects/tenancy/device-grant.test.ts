import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { openDeviceGrant } from './device-grant.ts';

const ASK = { client: 'islet on laptop', address: '192.0.2.1', seconds: 3600, cluster: 'shop' };
const APPROVAL = { account: 'p-ada', approval: 'a', seconds: 3600 };

function setUp() {
  const sql = openNodeSql();
  const clock = { now: Date.UTC(2026, 0, 1) };
  const alarms: number[] = [];
  const tables = () => [...sql.query('SELECT name FROM sqlite_master')].length;
  const removeAll = () => sql.run('DROP TABLE IF EXISTS device');
  const grant = openDeviceGrant({ sql, now: () => clock.now, setAlarm: (due) => alarms.push(due), removeAll });
  return { grant, clock, alarms, tables };
}

test('a program asks, a person sees what and from where, and what is approved is told once', async () => {
  const { grant, clock, alarms, tables } = setUp();
  expect(await grant.begin({ ...ASK, secret: 's' })).toBe(true);
  expect(alarms).toEqual([clock.now + 600_000]);
  expect(await grant.look({})).toEqual({
    ...ASK,
    created: '2026-01-01T00:00:00Z',
    expires: '2026-01-01T00:10:00Z',
  });
  expect(await grant.poll({ secret: 's' })).toEqual({ state: 'pending' });
  expect(await grant.decide({ approval: APPROVAL })).toBe(true);
  expect(await grant.look({})).toBeUndefined();
  expect(await grant.decide({})).toBe(false);
  expect(await grant.poll({ secret: 's' })).toEqual({ state: 'approved', ...APPROVAL });
  expect(await grant.poll({ secret: 's' })).toEqual({ state: 'expired' });
  expect(tables()).toBe(0);
});

test('another program’s secret learns nothing, and spends nothing', async () => {
  const { grant } = setUp();
  await grant.begin({ ...ASK, secret: 's' });
  await grant.decide({ approval: APPROVAL });
  expect(await grant.poll({ secret: 'other' })).toEqual({ state: 'expired' });
  expect(await grant.poll({ secret: 's' })).toMatchObject({ state: 'approved' });
});

test('a program that asks too often is told so, one that is denied is told once', async () => {
  const { grant, clock } = setUp();
  await grant.begin({ ...ASK, secret: 's' });
  const states = [];
  for (const wait of [0, 5000, 1000, 5000]) {
    clock.now += wait;
    states.push((await grant.poll({ secret: 's' })).state);
  }
  expect(states).toEqual(['pending', 'pending', 'too fast', 'pending']);
  await grant.decide({});
  expect(await grant.poll({ secret: 's' })).toEqual({ state: 'denied' });
});

test('after ten minutes there is nothing to see, to decide, or to be given, and the code is free', async () => {
  const { grant, clock } = setUp();
  await grant.begin({ ...ASK, secret: 's' });
  expect(await grant.begin({ ...ASK, secret: 'other' })).toBe(false);
  await grant.decide({ approval: APPROVAL });
  clock.now += 600_000;
  expect(await grant.poll({ secret: 's' })).toEqual({ state: 'expired' });
  expect(await grant.begin({ ...ASK, secret: 'other' })).toBe(true);
});

test('a look at a code that nobody asked for stores nothing', async () => {
  const { grant, tables } = setUp();
  expect(await grant.look({})).toBeUndefined();
  expect(await grant.decide({ approval: APPROVAL })).toBe(false);
  expect(await grant.poll({ secret: '' })).toEqual({ state: 'expired' });
  expect(tables()).toBe(0);
});
