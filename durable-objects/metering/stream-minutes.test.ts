import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { MINUTE } from './day.ts';
import { StreamMinutes } from './stream-minutes.ts';
import { StreamTimes } from './stream-times.ts';

const MORNING = Date.UTC(2026, 10, 28, 8);
const HOUR = 60 * MINUTE;

/** An account whose limit is 10 minutes, and a cluster of it with the node n1. */
function counted(limit = 10, sql = openNodeSql()) {
  const state = { now: MORNING, due: undefined as number | undefined, connected: true, used: 0, isAway: false };
  const ended: string[] = [];
  const cut: string[] = [];
  const told: { day: string; ms: number }[] = [];
  const problems: unknown[] = [];
  const times = new StreamTimes(sql);
  const minutes = new StreamMinutes({
    times,
    now: () => state.now,
    timer: {
      due: () => state.due,
      set: (due) => {
        state.due = due;
      },
    },
    limit: () => limit,
    isVisitor: () => true,
    tell: async (use) => {
      if (state.isAway) throw new Error('away');
      told.push(use);
      state.used += use.ms;
      return limit === 0 ? {} : { left: limit * MINUTE - state.used };
    },
    connected: () => state.connected,
    end: (_, sessions) => ended.push(...sessions),
    cut: (session) => cut.push(session),
    report: (problem) => problems.push(problem),
  });
  /** Lets time pass; the timer rings when it is due. */
  const pass = async (ms: number): Promise<void> => {
    const end = state.now + ms;
    while (state.due !== undefined && state.due <= end) {
      state.now = Math.max(state.now, state.due);
      state.due = undefined;
      await minutes.ring();
    }
    state.now = end;
  };
  return { state, ended, cut, told, problems, times, minutes, pass, sql };
}

test('a stream counts from its beginning to its end, and the account is told once there is something to tell', async () => {
  const { minutes, times, told, pass, state } = counted(0);
  minutes.opened('a', 'n1');
  await pass(20_000);
  expect(times.use(state.now).total).toBe(20);
  await minutes.heard('n1', { type: 'streams', ended: ['a'], open: [] });
  minutes.opened('b', 'n1');
  minutes.opened('c', 'n1');
  expect(told).toEqual([]);
  await pass(30_000);
  await minutes.heard('n1', { type: 'streams', ended: ['b', 'c'], open: [] });
  expect(told).toEqual([{ day: '2026-11-28', ms: 80_000 }]);
  expect(times.use(state.now)).toEqual({ days: new Map([['2026-11-28', 80]]), total: 80 });
  await minutes.heard('n1', { type: 'streams', ended: ['b', 'c', 'unknown'], open: [] });
  expect(times.use(state.now).total).toBe(80);
});

test('open streams are counted every few minutes, each day for itself, and after a sleep', async () => {
  const first = counted(0);
  first.minutes.opened('a', 'n1');
  await first.pass(20 * HOUR);
  expect(first.told.length).toBeLessThanOrEqual(22);
  const days = first.times.use(first.state.now).days;
  expect([days.get('2026-11-28'), days.get('2026-11-29')]).toEqual([16 * 3600, 4 * 3600]);
  const woken = counted(0, first.sql);
  woken.state.now = first.state.now + HOUR;
  await woken.minutes.heard('n1', { type: 'streams', ended: ['a'], open: [] });
  expect(woken.times.use(woken.state.now).total).toBe(21 * 3600);
});

test('where the day is used up, streams are ended, refused until the next day, and cut where an agent does not', async () => {
  const { minutes, ended, cut, pass, state, times } = counted(10);
  expect(await minutes.refusal()).toBeUndefined();
  minutes.opened('a', 'n1');
  minutes.opened('b', 'n1');
  await pass(4 * MINUTE);
  expect(ended).toEqual([]);
  await pass(MINUTE + 1000);
  expect(ended).toEqual(['a', 'b']);
  expect(await minutes.refusal()).toMatchObject({
    code: 403,
    message: expect.stringMatching(/10 stream minutes of today.*after midnight UTC, or sign in for more$/),
  });
  await minutes.heard('n1', { type: 'streams', ended: ['a'], open: ['b'] });
  await pass(15_000);
  expect(cut).toEqual(['b']);
  expect([times.all(), state.due]).toEqual([[], undefined]);
  state.now += 16 * HOUR;
  state.used = 0;
  expect(await minutes.refusal()).toBeUndefined();
});

test('what other clusters of the account have used is heard of before a stream begins', async () => {
  const { minutes, state, told } = counted(10);
  state.used = 10 * MINUTE;
  expect((await minutes.refusal())?.code).toBe(403);
  expect((await minutes.refusal())?.code).toBe(403);
  expect(told).toEqual([{ day: '2026-11-28', ms: 0 }]);
  state.used = 0;
  state.now += 6 * MINUTE;
  expect(await minutes.refusal()).toBeUndefined();
  state.now += 6 * MINUTE;
  state.isAway = true;
  expect(await minutes.refusal()).toBeUndefined();
});

test('the agent is believed about what is open: ends that were missed, and requests that last', async () => {
  const { minutes, pass, times, state } = counted(0);
  minutes.opened('a', 'n1');
  minutes.opened('b', 'n1');
  minutes.opened('other', 'n2');
  await pass(MINUTE);
  minutes.opened('new', 'n1');
  await minutes.heard('n1', { type: 'streams', ended: [], open: ['b', 'lasting'] });
  expect(times.all().map(({ session }) => session)).toEqual(['b', 'lasting', 'new', 'other']);
  // Of more than fit into a message it does not say which are open.
  await minutes.heard('n1', { type: 'streams', ended: ['b'] });
  expect(times.openOf('n1').map(({ session }) => session)).toEqual(['lasting', 'new']);
  state.connected = false;
  await pass(2 * HOUR);
  expect([times.all(), state.due]).toEqual([[], undefined]);
});

test('what could not be told is told later', async () => {
  const { minutes, pass, state, told, problems } = counted(10);
  state.isAway = true;
  minutes.opened('a', 'n1');
  await pass(2 * MINUTE);
  await minutes.heard('n1', { type: 'streams', ended: ['a'], open: [] });
  expect([told, problems.length]).toEqual([[], 1]);
  state.isAway = false;
  minutes.opened('b', 'n1');
  await pass(MINUTE);
  await minutes.heard('n1', { type: 'streams', ended: ['b'], open: [] });
  expect(told).toEqual([{ day: '2026-11-28', ms: 3 * MINUTE }]);
});
