import { expect, test } from 'vitest';
import { openStore } from '../mvcc.ts';
import { SCAN_PIECE } from '../scan.ts';
import { type Harness, MINUTE, put, remove, testSealer, withStore } from './harness.ts';

const COUNT = 3 * SCAN_PIECE + 7;
const keyOf = (resource: string, n: number) => `${resource}/default/n${String(n).padStart(4, '0')}`;

export function scanContract(withSql: Harness): void {
  for (const resource of ['pods', 'events']) {
    test(
      `a scan of ${resource} is the state at its revision, whatever is written while it is read`,
      withStore(withSql, async (store) => {
        for (let n = 0; n < COUNT; n++) await put(store, keyOf(resource, n), `first ${n}`);
        const scan = store.scan({ prefix: `${resource}/` });
        const texts: string[] = [];
        for (const { text } of scan) {
          const n = texts.push(text) - 1;
          // Behind and ahead of the cursor, within its piece and beyond; a write that fails; and of the other table.
          if (n % 20 === 3) {
            await put(store, keyOf(resource, n), 'second');
            await put(store, keyOf(resource, n + 2), 'second');
            await remove(store, keyOf(resource, n + 1));
            await put(store, `${keyOf(resource, n)}-new`, 'new');
          }
          if (n % 20 === 11) await put(store, keyOf(resource === 'pods' ? 'events' : 'pods', n), 'elsewhere');
          if (n % 20 === 15) {
            const apply = () => {
              throw new Error('refused');
            };
            await expect(put(store, keyOf(resource, n + 3), '', { apply })).rejects.toThrow('refused');
          }
        }
        expect(texts).toEqual(Array.from({ length: COUNT }, (_, n) => `first ${n}`));
      }),
    );
  }

  test(
    'a scan starts where it is told, at the revision it is told, and two go side by side',
    withStore(withSql, async (store) => {
      for (let n = 0; n < COUNT; n++) await put(store, keyOf('pods', n), `first ${n}`);
      for (let n = 0; n < COUNT; n++) await put(store, keyOf('pods', n), `second ${n}`);
      const old = store.scan({ prefix: 'pods/', revision: COUNT, after: keyOf('pods', 1) })[Symbol.iterator]();
      const now = store.scan({ prefix: 'pods/', after: keyOf('pods', 1) })[Symbol.iterator]();
      for (let n = 2; n < COUNT; n++) {
        expect([old.next().value?.text, now.next().value?.text]).toEqual([`first ${n}`, `second ${n}`]);
      }
      expect([old.next().done, now.next().done]).toEqual([true, true]);
      expect([...store.scan({ prefix: keyOf('pods', 5) })]).toMatchObject([{ text: 'second 5' }]);
      expect([...store.scan({ prefix: 'pods/other/' })]).toEqual([]);
      expect(() => store.scan({ prefix: 'pods/', revision: 2 * COUNT + 1 })).toThrow(
        expect.objectContaining({ code: 'future-revision' }),
      );
    }),
  );

  test(
    'a scan that is left half-way is no burden to writers',
    withStore(withSql, async (store) => {
      for (let n = 0; n < COUNT; n++) await put(store, keyOf('pods', n), 'first');
      for (const _ of store.scan({ prefix: 'pods/' })) break;
      const left = store.scan({ prefix: 'pods/' })[Symbol.iterator]();
      left.next();
      await put(store, keyOf('pods', 1), 'second');
      expect(store.get(keyOf('pods', 1))?.text).toBe('second');
      left.return?.();
    }),
  );

  test('a scan that a write has cut holds no cursor', () =>
    withSql(async (sql) => {
      const store = openStore(sql);
      for (let n = 0; n < COUNT; n++) await put(store, keyOf('pods', n), 'first');
      const cut = store.scan({ prefix: 'pods/' })[Symbol.iterator]();
      cut.next();
      await put(store, keyOf('pods', 1), 'second');
      // SQLite drops no table while a statement is being stepped.
      sql.run('DROP TABLE current');
    }));

  test(
    'a scan whose revision is compacted on the way says so',
    withStore(withSql, async (store) => {
      for (let n = 0; n < COUNT; n++) await put(store, keyOf('pods', n), 'first');
      const scan = store.scan({ prefix: 'pods/' })[Symbol.iterator]();
      scan.next();
      for (const text of ['second', 'third']) await put(store, keyOf('pods', COUNT - 1), text);
      while (store.compact(60 * MINUTE));
      expect(() => scan.next()).toThrow(expect.objectContaining({ code: 'compacted' }));
    }),
  );

  test('an object that cannot be opened is an error for its reader, not for a writer meanwhile', () =>
    withSql(async (sql) => {
      const sealed = openStore(sql, { sealer: testSealer('k1') });
      for (const n of [0, 1, 2]) await put(sealed, keyOf('secrets', n), 'hunter2');
      const store = openStore(sql, { sealer: testSealer('k2') });
      await put(store, keyOf('secrets', 0), 'hunter3', { standIns: true });
      const scan = store.scan({ prefix: 'secrets/' })[Symbol.iterator]();
      expect(scan.next().value?.text).toBe('hunter3');
      await put(store, keyOf('pods', 0), 'first');
      expect(() => scan.next()).toThrow(expect.objectContaining({ code: 'unreadable' }));
      const standIns = [...store.scan({ prefix: 'secrets/', standIns: true })];
      expect(standIns.map(({ unreadable }) => unreadable === undefined)).toEqual([true, false, false]);
    }));
}
