import { expect, test } from 'vitest';
import { openStore } from '../store/mvcc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { Timers } from '../store/timers.ts';
import { COMPACTION_PREFIX, scheduleCompaction } from './compaction.ts';
import { SharedTimers } from './timers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function cluster(quota?: number) {
  const sql = openNodeSql();
  const store = openStore(sql, { quota });
  const timers = new Timers(sql);
  const life = { now: 0, wakes: 0, watched: false, asked: () => {} };
  const live = () =>
    scheduleCompaction({
      store,
      timers: new SharedTimers(timers).port(COMPACTION_PREFIX),
      now: () => life.now,
      pause: async () => {},
      areEventsWatched: () => {
        life.asked();
        return life.watched;
      },
    });
  let compaction = live();
  const put = (key: string, more = '') =>
    store.commit({
      key,
      expect: 'any',
      apply: () => ({ text: `{"metadata":{}}${more}` }),
      cause: { kind: 'system', at: life.now, why: 't' },
    });
  /** Lets time pass as the object's alarm does. */
  const until = async (end: number): Promise<void> => {
    for (let next = timers.next(); next !== undefined && next <= end; next = timers.next()) {
      life.now = Math.max(life.now, next);
      life.wakes++;
      await compaction.alarm(life.now);
    }
    life.now = end;
  };
  const evict = (): void => {
    compaction = live();
  };
  return { store, timers, life, put, until, evict };
}

test('a burst of Events is gone after its hour, in one wake, and nothing follows', async () => {
  const { store, timers, life, put, until } = cluster();
  for (let count = 0; count < 50; count++) {
    life.now += 1000;
    await put(`events/default/e${count}`);
  }
  await until(5 * HOUR);
  expect(store.count('events/')).toBe(0);
  expect(life.wakes).toBe(1);
  expect(timers.next()).toBeUndefined();
});

test('a cluster that wakes and sleeps all day long is compacted nevertheless', async () => {
  const { store, life, put, until, evict } = cluster();
  for (let minute = 0; minute < 180; minute++) {
    await until(minute * MINUTE);
    evict();
    await put(`events/default/e${minute}`);
  }
  expect(store.count('events/')).toBeLessThan(75);
  expect(life.wakes).toBeLessThan(40);
});

test('clients that watch Events are told of those whose hour is over, each at a revision of its own', async () => {
  const { store, life, put, until } = cluster();
  const deleted: [key: string, text: string][] = [];
  store.onCommit((entries) => {
    for (const { key, change, text } of entries) if (change === 'delete') deleted.push([key, text]);
  });
  await put('events/default/a');
  await put('events/default/b');
  life.now += 30 * MINUTE;
  await put('events/default/b');
  await until(70 * MINUTE);
  expect(deleted).toEqual([]);
  life.watched = true;
  await put('events/default/c');
  await put('events/default/c');
  await until(4 * HOUR);
  expect(deleted).toEqual([
    ['events/default/b', '{"metadata":{"resourceVersion":"6"}}'],
    ['events/default/c', '{"metadata":{"resourceVersion":"7"}}'],
  ]);
  expect([store.count('events/'), store.expiringEvents(life.now)]).toEqual([0, []]);
});

test('an Event that is written while those of its age expire stays for another hour', async () => {
  const { store, life, put, until } = cluster();
  life.watched = true;
  await put('events/default/a');
  await put('events/default/b');
  let written: Promise<unknown> | undefined;
  // The write is ahead of the deletes in the queue.
  life.asked = () => {
    written ??= put('events/default/a');
  };
  await until(70 * MINUTE);
  await written;
  expect([store.get('events/default/a')?.revision, store.get('events/default/b')]).toEqual([3, undefined]);
  await until(4 * HOUR);
  expect(store.count('events/')).toBe(0);
});

test('a compaction that fails is followed by another', async () => {
  const { store, life, put, until } = cluster();
  await put('events/default/a');
  life.asked = () => {
    life.asked = () => {};
    throw new Error('the storage is broken');
  };
  await expect(until(2 * HOUR)).rejects.toThrow('the storage is broken');
  await until(3 * HOUR);
  expect([store.count('events/'), life.wakes]).toEqual([0, 2]);
});

test('a compaction that an eviction ends is followed by another, without a write', async () => {
  const { store, timers, life, put, until, evict } = cluster();
  await put('events/default/a');
  const gone = (): never => {
    throw new Error('evicted');
  };
  // An object that is evicted does no more after that.
  life.asked = () => {
    life.asked = () => {};
    store.compactAt = gone;
    gone();
  };
  await expect(until(2 * HOUR)).rejects.toThrow('evicted');
  Reflect.deleteProperty(store, 'compactAt');
  evict();
  await until(4 * HOUR);
  expect([store.count('events/'), timers.next()]).toEqual([0, undefined]);
});

test('a write soon after all was deleted is compacted, too', async () => {
  const { store, timers, life, put, until } = cluster();
  await put('events/default/a');
  await until(65 * MINUTE);
  await put('pods/default/a');
  await until(67 * MINUTE);
  expect([store.count('events/'), life.wakes, timers.next()]).toEqual([0, 1, undefined]);
  await put('events/default/b');
  await until(4 * HOUR);
  expect(store.count('events/')).toBe(0);
});

test('a burst that fills the storage is followed by a compaction within seconds, though all further writes are refused', async () => {
  const { store, life, put, until } = cluster(1_000_000);
  await put('pods/default/a');
  life.now += 1000;
  for (let i = 0; !store.use.isFull; i++) await put('pods/default/a', ' '.repeat(50_000 + i));
  await expect(put('pods/default/b')).rejects.toThrow('no room');
  await until(2 * MINUTE);
  expect(store.use.isFull).toBe(false);
  await put('pods/default/b');
});
