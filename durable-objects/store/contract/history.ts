import { expect, test } from 'vitest';
import { causeAt, type Harness, MINUTE, put, remove, withStore } from './harness.ts';

const NOW = 1_000 * MINUTE;

const ago = (minutes: number) => ({ cause: causeAt(NOW - minutes * MINUTE) });

export function historyContract(withSql: Harness): void {
  test(
    'lists reach as far back as history does, for readers that ask for it, and tell what changed since',
    withStore(
      withSql,
      async (store) => {
        await put(store, 'pods/default/a', 'a1', ago(20));
        await put(store, 'pods/default/b', 'b2', ago(15));
        await put(store, 'pods/default/c', 'c3', ago(14));
        await put(store, 'pods/default/a', 'a4', ago(8));
        await remove(store, 'pods/default/b', ago(7));
        await put(store, 'services/default/d', 'd6', ago(1));
        store.compact(NOW);
        expect([store.oldest, store.compacted]).toEqual([3, 5]);
        const texts = (revision: number) =>
          store.list({ prefix: 'pods/', revision, history: true }).items.map(({ text }) => text);
        expect([texts(3), texts(4), texts(5)]).toEqual([
          ['a1', 'b2', 'c3'],
          ['a4', 'b2', 'c3'],
          ['a4', 'c3'],
        ]);
        const scanned = store.scan({ prefix: '', revision: 3, history: true });
        expect(Array.from(scanned, ({ key }) => key)).toEqual(['pods/default/a', 'pods/default/b', 'pods/default/c']);
        for (const revision of [2, 7]) expect(() => store.list({ prefix: 'pods/', revision, history: true })).toThrow();
        expect(() => store.list({ prefix: 'pods/', revision: 4 })).toThrow(
          expect.objectContaining({ code: 'compacted' }),
        );
        expect(store.history.changedSince(3, '', 9)).toEqual([
          'pods/default/a',
          'pods/default/b',
          'services/default/d',
        ]);
        expect(store.history.changedSince(4, 'pods/default/b', 9)).toEqual(['services/default/d']);
        expect(store.history.changedSince(3, '', 1)).toEqual(['pods/default/a']);
      },
      { horizons: { history: 10 * MINUTE } },
    ),
  );

  test(
    'a revision has a time, and a time a revision',
    withStore(withSql, async (store) => {
      for (const minutes of [20, 15, 15, 10]) await put(store, 'pods/default/a', String(minutes), ago(minutes));
      const { history } = store;
      expect([1, 3, 4, 9].map((revision) => history.timeOf(revision))).toEqual(
        [20, 15, 10, 10].map((minutes) => NOW - minutes * MINUTE),
      );
      expect(history.timeOf(0)).toBeUndefined();
      const at = (minutes: number) => history.revisionAt(NOW - minutes * MINUTE, 0, store.revision);
      expect([25, 20, 16, 15, 12, 10, 0].map(at)).toEqual([0, 1, 1, 3, 3, 4, 4]);
      expect(history.revisionAt(NOW, 0, 2)).toBe(2);
      expect(history.revisionAt(0, 3, 4)).toBe(3);
    }),
  );
}
