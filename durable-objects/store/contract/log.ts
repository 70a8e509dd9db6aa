import { expect, test } from 'vitest';
import { openStore } from '../mvcc.ts';
import { causeAt, type Harness, put, remove, testSealer, withStore } from './harness.ts';

export function logContract(withSql: Harness): void {
  test(
    'the log tells every change in order, Events among them, with what was before and why',
    withStore(withSql, async (store) => {
      await put(store, 'pods/default/a', 'a1', { cause: causeAt(7) });
      await put(store, 'events/default/a.1', 'e1');
      await put(store, 'pods/default/a', 'a2');
      await remove(store, 'pods/default/a', { apply: () => ({ delete: 'a4' }) });
      await put(store, 'pods/default/a', 'a5');
      const log = store.log({ after: 0, limit: 10 });
      expect(
        log.map(({ revision, change, previous, created, text }) => [revision, change, previous, created, text]),
      ).toEqual([
        [1, 'create', 0, 1, 'a1'],
        [2, 'create', 0, 2, 'e1'],
        [3, 'update', 1, 1, 'a2'],
        [4, 'delete', 3, 1, 'a4'],
        [5, 'create', 0, 5, 'a5'],
      ]);
      expect(log[0]?.cause).toEqual(causeAt(7));
      expect(store.at(3)).toEqual(log[2]);
      expect(store.at(2)).toEqual(log[1]);
      expect(store.at(9)).toBeUndefined();
    }),
  );

  test(
    'the log can be read by prefix, in pieces, and up to a revision',
    withStore(withSql, async (store) => {
      for (const key of ['pods/a/x', 'events/a/x', 'pods/b/x', 'nodes//x', 'pods/a/y']) await put(store, key, key);
      const revisions = (query: Parameters<typeof store.log>[0]) => store.log(query).map(({ revision }) => revision);
      expect(revisions({ after: 0, limit: 9, prefixes: ['pods/a/', 'nodes/'] })).toEqual([1, 4, 5]);
      expect(revisions({ after: 0, limit: 9, prefixes: ['pods/b/x'] })).toEqual([3]);
      expect(revisions({ after: 0, limit: 9, prefixes: ['events/'] })).toEqual([2]);
      expect(revisions({ after: 0, limit: 9, prefixes: ['events/a/', 'pods/b/'] })).toEqual([2, 3]);
      expect(revisions({ after: 0, limit: 9, prefixes: [] })).toEqual([]);
      expect(revisions({ after: 1, limit: 2 })).toEqual([2, 3]);
      expect(revisions({ after: 1, limit: 9, until: 4 })).toEqual([2, 3, 4]);
    }),
  );

  test(
    'a piece of the log is as short as its entries are large, and has one at least',
    withStore(withSql, async (store) => {
      for (let i = 0; i < 12; i++) await put(store, 'configmaps/a/x', 'x'.repeat(1_000_000));
      const pieces: number[] = [];
      for (let after = 0; after < store.revision; ) {
        const piece = store.log({ after, limit: 200 });
        pieces.push(piece.length);
        after = piece.at(-1)?.revision ?? Number.NaN;
      }
      expect(pieces).toEqual([9, 3]);
    }),
  );

  test('Secrets are sealed in every row, and open everywhere above', () =>
    withSql(async (sql) => {
      const store = openStore(sql, { sealer: testSealer('k1') });
      await put(store, 'secrets/default/db', 'hunter2');
      await put(store, 'secrets/default/db', 'hunter3');
      await put(store, 'configmaps/default/db', 'public');
      const rows = [...sql.query('SELECT key, text FROM log ORDER BY revision')];
      expect(rows.map(({ text }) => typeof text)).toEqual(['object', 'object', 'string']);
      const bytes = new TextDecoder('latin1').decode(rows[0]!.text as Uint8Array<ArrayBuffer>);
      expect(bytes).not.toContain('hunter2');
      expect(store.get('secrets/default/db')?.text).toBe('hunter3');
      expect(store.getAt('secrets/default/db', 1)?.text).toBe('hunter2');
      expect(store.list({ prefix: 'secrets/' }).items[0]?.text).toBe('hunter3');
      expect(store.list({ prefix: 'secrets/', revision: 1 }).items[0]?.text).toBe('hunter2');
      expect(store.log({ after: 0, limit: 3 }).map(({ text }) => text)).toEqual(['hunter2', 'hunter3', 'public']);
      expect(store.at(1)?.text).toBe('hunter2');
    }));
  test('a Secret that cannot be opened is an error for a reader of its key, and a stand-in for a reader of everything', () =>
    withSql(async (sql) => {
      const sealed = openStore(sql, { sealer: testSealer('k1') });
      await put(sealed, 'secrets/default/old', 'hunter2');
      await put(sealed, 'configmaps/default/db', 'public');
      const store = openStore(sql, { sealer: testSealer('k2') });
      await put(store, 'secrets/default/new', 'hunter3');
      const message =
        'unable to transform key "/registry/secrets/default/old": it is sealed with key "k1", which is not configured';
      const unreadable = expect.objectContaining({ code: 'unreadable', message });
      expect(() => store.get('secrets/default/old')).toThrow(unreadable);
      expect(() => store.list({ prefix: 'secrets/' })).toThrow(unreadable);
      expect(() => store.list({ prefix: 'secrets/', revision: 2 })).toThrow(unreadable);
      await expect(put(store, 'secrets/default/old', 'hunter4')).rejects.toThrow(unreadable);
      expect(store.get('secrets/default/new')?.text).toBe('hunter3');
      expect(store.list({ prefix: 'configmaps/' }).items).toHaveLength(1);

      const metadata = { name: 'old', namespace: 'default', resourceVersion: '1' };
      const standIn = expect.objectContaining({
        text: JSON.stringify({ kind: 'Secret', apiVersion: 'v1', metadata }),
        unreadable: message,
      });
      const everything = store.list({ prefix: '', standIns: true }).items;
      expect(everything.map(({ key }) => key)).toEqual([
        'configmaps/default/db',
        'secrets/default/new',
        'secrets/default/old',
      ]);
      expect(everything[2]).toEqual(standIn);
      expect(store.list({ prefix: 'secrets/', revision: 2, standIns: true }).items).toEqual([standIn]);
      expect(store.list({ prefix: 'secrets/default/old', standIns: true }).items).toEqual([standIn]);
      expect(store.log({ after: 0, limit: 9 })[0]).toEqual(standIn);
      expect(store.at(1)).toEqual(standIn);
      expect(store.log({ after: 1, limit: 9 }).map(({ text }) => text)).toEqual(['public', 'hunter3']);
    }));
}
