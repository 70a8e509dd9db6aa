import { expect, test } from 'vitest';
import { type Harness, put, remove, withStore } from './harness.ts';

export function readContract(withSql: Harness): void {
  test(
    'a key is read back as it was written, with its revisions',
    withStore(withSql, async (store) => {
      await put(store, 'pods/default/web', 'one');
      await put(store, 'pods/default/web', 'two');
      expect(store.get('pods/default/web')).toEqual({ key: 'pods/default/web', revision: 2, created: 1, text: 'two' });
      expect(store.get('pods/default/we')).toBeUndefined();
      expect(store.revision).toBe(2);
    }),
  );

  test(
    'a list holds its prefix and nothing beside it, in key order',
    withStore(withSql, async (store) => {
      for (const key of ['pods/b/x', 'pods/a/y', 'pods/a-b/z', 'podsets/a/x', 'pod/a/x', 'pods/a/é', 'nodes//n1']) {
        await put(store, key, key);
      }
      expect(store.list({ prefix: 'pods/' }).items.map(({ key }) => key)).toEqual([
        'pods/a-b/z',
        'pods/a/y',
        'pods/a/é',
        'pods/b/x',
      ]);
      expect(store.list({ prefix: 'pods/a/' }).items).toHaveLength(2);
      expect(store.list({ prefix: 'pods/a/y' }).items).toHaveLength(1);
      expect(store.list({ prefix: '' }).items).toHaveLength(7);
      expect([store.count('pods/'), store.count('pods/a/'), store.count('pods/a/y')]).toEqual([4, 2, 1]);
    }),
  );

  for (const resource of ['pods', 'events']) {
    test(
      `pages of ${resource} at one revision are consistent, whatever is written between them`,
      withStore(withSql, async (store) => {
        const key = (name: string) => `${resource}/default/${name}`;
        for (const name of ['a', 'b', 'c', 'd']) await put(store, key(name), `${name}1`);
        await remove(store, key('b'));
        const first = store.list({ prefix: `${resource}/`, limit: 1 });
        expect(first).toMatchObject({ revision: 5, next: key('a'), remaining: 2 });
        await put(store, key('b'), 'b2');
        await put(store, key('c'), 'c2');
        await remove(store, key('d'));
        await remove(store, key('a'));
        const rest = store.list({ prefix: `${resource}/`, limit: 5, after: first.next!, revision: first.revision });
        expect(rest.items.map(({ text }) => text)).toEqual(['c1', 'd1']);
        expect(rest.next).toBeUndefined();
        expect(store.list({ prefix: `${resource}/` }).items.map(({ text }) => text)).toEqual(['b2', 'c2']);
        expect(store.getAt(key('d'), 4)?.text).toBe('d1');
        expect(store.getAt(key('d'), 7)).toMatchObject({ text: 'd1', revision: 4 });
        expect(store.getAt(key('b'), 5)).toBeUndefined();
      }),
    );
  }

  test(
    'pages of large objects are shorter than was asked for, and leave none out',
    withStore(withSql, async (store) => {
      const keys = Array.from({ length: 30 }, (_, n) => `configmaps/default/n${String(n).padStart(2, '0')}`);
      for (const [n, key] of keys.entries()) await put(store, key, 'x'.repeat(n < 12 ? 10 : 1_000_000));
      await remove(store, keys[3] ?? '');
      const { revision } = store;
      for (const key of keys.slice(20)) await put(store, key, 'small');
      for (const at of [revision, store.revision]) {
        const read: string[] = [];
        let after: string | undefined;
        do {
          const page = store.list({ prefix: 'configmaps/', limit: 500, revision: at, after });
          expect(page.items.reduce((size, { text }) => size + text.length, 0)).toBeLessThan(9_500_000);
          read.push(...page.items.map(({ key }) => key));
          if (page.next !== undefined) expect(page.remaining).toBe(29 - read.length);
          after = page.next;
        } while (after !== undefined);
        expect(read).toEqual(keys.filter((_, n) => n !== 3));
      }
    }),
  );

  test(
    'a revision in the future is refused',
    withStore(withSql, async (store) => {
      expect(() => store.list({ prefix: 'pods/', revision: 1 })).toThrow(
        expect.objectContaining({ code: 'future-revision', revision: 0 }),
      );
      expect(() => store.getAt('pods/a/b', 7)).toThrow(expect.objectContaining({ code: 'future-revision' }));
    }),
  );
}
