import { expect, test } from 'vitest';
import { openStore } from '../mvcc.ts';
import { causeAt, type Harness, MINUTE, put, remove, withStore } from './harness.ts';

const NOW = 1_000 * MINUTE;

function ago(minutes: number) {
  return { cause: causeAt(NOW - minutes * MINUTE) };
}

export function compactionContract(withSql: Harness): void {
  const short = { horizons: { history: 10 * MINUTE } };

  test(
    'within five minutes everything can be watched; before that, only what history keeps can be read',
    withStore(withSql, async (store) => {
      const key = 'pods/default/a';
      await put(store, key, 'one', ago(20));
      await put(store, key, 'two', ago(6));
      await put(store, key, 'three', ago(4));
      expect(store.compact(NOW)).toBe(false);
      expect([store.compacted, store.oldest]).toEqual([2, 0]);
      expect(store.log({ after: 2, limit: 9 })).toMatchObject([{ revision: 3, previous: 2 }]);
      expect(store.at(2)?.text).toBe('two');
      for (const read of [
        () => store.log({ after: 1, limit: 9 }),
        () => store.list({ prefix: 'pods/', revision: 1 }),
      ]) {
        expect(read).toThrow(expect.objectContaining({ code: 'compacted', revision: 2 }));
      }
      expect(store.list({ prefix: 'pods/', revision: 2 }).items).toMatchObject([{ text: 'two' }]);
    }),
  );

  test(
    'history reaches further back than watches, and only readers that ask for it get it',
    withStore(
      withSql,
      async (store) => {
        const key = 'pods/default/a';
        await put(store, key, 'one', ago(20));
        await put(store, key, 'two', ago(11));
        await put(store, key, 'three', ago(9));
        await put(store, key, 'four', ago(6));
        store.compact(NOW);
        expect([store.oldest, store.compacted]).toEqual([2, 4]);
        expect(() => store.log({ after: 2, limit: 9 })).toThrow(expect.objectContaining({ code: 'compacted' }));
        expect(store.log({ after: 2, limit: 9, history: true })).toHaveLength(2);
        expect(store.getAt(key, 3, true)?.text).toBe('three');
        expect(() => store.getAt(key, 1, true)).toThrow(expect.objectContaining({ code: 'compacted' }));
      },
      short,
    ),
  );

  test(
    'history ends early when it grows large, but not within what can be watched',
    withStore(
      withSql,
      async (store) => {
        for (let minute = 10; minute > 0; minute--) await put(store, 'pods/default/a', 'x'.repeat(100), ago(minute));
        store.compact(NOW);
        // 10…6 minutes ago are revisions 1…5; 350 of text are left by revision 6, but only five minutes end there.
        expect([store.oldest, store.compacted]).toEqual([5, 5]);
      },
      { horizons: { historySize: 350 } },
    ),
  );

  test(
    'a deleted key leaves no row behind, and its revision is never used again',
    withStore(
      withSql,
      async (store, sql) => {
        await put(store, 'pods/default/a', 'one', ago(30));
        await put(store, 'pods/default/b', 'one', ago(30));
        await remove(store, 'pods/default/b', ago(29));
        await put(store, 'pods/default/b', 'two', ago(28));
        await remove(store, 'pods/default/b', ago(27));
        store.compact(NOW);
        const keys = (table: string) => [...sql.query(`SELECT key FROM ${table}`)].map(({ key }) => key);
        expect([keys('log'), keys('current')]).toEqual([['pods/default/a'], ['pods/default/a']]);
        const again = openStore(sql);
        expect([again.revision, again.compacted]).toEqual([5, 5]);
        expect((await put(again, 'pods/default/b', 'three')).stored.revision).toBe(6);
      },
      short,
    ),
  );

  test(
    'Events live an hour, and cost one more row',
    withStore(withSql, async (store) => {
      await put(store, 'events/default/a', 'old', ago(70));
      await put(store, 'events/default/b', 'old', ago(65));
      await put(store, 'events/default/b', 'new', ago(30));
      store.compact(NOW);
      expect(store.list({ prefix: 'events/' }).items).toMatchObject([{ key: 'events/default/b', text: 'new' }]);
      expect(store.get('events/default/a')).toBeUndefined();
      expect(store.compacted).toBe(2);
      expect(store.log({ after: 2, limit: 9 })).toMatchObject([{ text: 'new', change: 'update' }]);
      // Two Events' rows, and the one that remembers how far compaction went.
      expect(store.rowsWritten.compaction).toBe(3);
      expect((await put(store, 'events/default/a', 'again', { expect: 'absent' })).entry?.change).toBe('create');
    }),
  );

  test(
    'a cluster where nothing is left to forget need not wake',
    withStore(
      withSql,
      async (store) => {
        await put(store, 'pods/default/a', 'one', ago(20));
        expect(store.compactAt()).toBeUndefined();
        await put(store, 'pods/default/a', 'two', ago(8));
        await put(store, 'events/default/a', 'e', ago(58.5));
        const due = store.compactAt()!;
        expect(due).toBe(NOW + 1.5 * MINUTE + 1);
        store.compact(due);
        expect(store.compactAt()).toBe(NOW + 2 * MINUTE + 1);
        store.compact(NOW + 2 * MINUTE + 1);
        expect(store.compactAt()).toBeUndefined();
        expect(store.oldest).toBe(2);
      },
      short,
    ),
  );

  test('a call does a bounded amount of work, and says that there is more', () =>
    withSql(async (sql) => {
      const store = openStore(sql, { ...short, inFlight: () => 2 });
      await Promise.all(Array.from({ length: 2500 }, (_, i) => put(store, 'leases/default/a', `${i}`, ago(30))));
      expect([store.compact(NOW), store.compact(NOW), store.compact(NOW)]).toEqual([true, true, false]);
      expect([...sql.query('SELECT revision FROM log')]).toHaveLength(1);
      expect(store.rowsWritten.compaction).toBe(2499 + 3);
      expect(store.get('leases/default/a')?.text).toBe('2499');
    }));
}
