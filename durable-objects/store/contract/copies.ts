import { expect, test } from 'vitest';
import type { SnapshotPage } from '../../../wire/snapshot.ts';
import { BootstrapTexts } from '../bootstrap-objects.ts';
import { openStore, type SqliteStore, type StoreOptions } from '../mvcc.ts';
import { StoreRestore } from '../restore.ts';
import type { SqlPort } from '../sql/port.ts';
import { causeAt, type Harness, MINUTE, put, remove, testSealer, withStore } from './harness.ts';

const NOW = 1_000 * MINUTE;
const ago = (minutes: number) => ({ cause: causeAt(NOW - minutes * MINUTE) });
const sealer = testSealer('key-1');
const GIVEN = ['roles/a/one', 'roles/a/two', 'roles/a/three'];
const options: StoreOptions = {
  sealer,
  horizons: { history: 10 * MINUTE },
  bootstrap: {
    texts: () => new BootstrapTexts(GIVEN.map((key) => [key, '{"metadata":{"uid":"@uid@"}}'] as const)),
    now: () => NOW - 60 * MINUTE,
    uuid: () => '00000000-0000-4000-8000-000000000000',
  },
};

/** Everything that a reader sees, at a revision that is kept. */
function seen(store: SqliteStore, revision = store.revision) {
  return ['', 'events/'].flatMap((prefix) =>
    Array.from(store.scan({ prefix, revision, history: true }), (stored) => {
      const { key, revision, created, text } = stored;
      return { key, revision, created, text };
    }),
  );
}

/** All pages of a copy; `between` runs once after the first. */
function pagesOf(page: (position: string) => SnapshotPage, between: () => void): SnapshotPage[] {
  const pages: SnapshotPage[] = [];
  for (let position: string | undefined = ''; position !== undefined; position = pages.at(-1)?.next) {
    pages.push(page(position));
    if (pages.length === 1) between();
  }
  return pages;
}

/** Each page in another life. */
function restore(to: SqlPort, pages: readonly SnapshotPage[], hasPast: boolean): StoreRestore {
  for (const [at, { rows, next }] of pages.entries()) {
    const under = new StoreRestore(to, sealer, { source: 'a', hasPast });
    expect(under.progress.position).toBe(pages[at - 1]?.next ?? '');
    under.add(rows, next);
  }
  return new StoreRestore(to, sealer, { source: 'a', hasPast });
}

async function fill(store: SqliteStore): Promise<void> {
  await put(store, 'pods/default/a', 'a', ago(30));
  await put(store, 'secrets/default/s', 'hidden', ago(30));
  await put(store, 'roles/a/two', 'changed', ago(30));
  await remove(store, 'roles/a/three', ago(30));
  for (let i = 0; i < 400; i++) await put(store, `pods/default/many-${i}`, 'm'.repeat(i === 7 ? 600_000 : 10), ago(20));
  await put(store, 'events/default/e', 'event', ago(20));
  await put(store, 'pods/default/a', 'a2', ago(8));
  await remove(store, 'pods/default/many-3', ago(7));
  await put(store, 'roles/a/one', 'changed', ago(6));
  await put(store, 'events/default/e', 'event 2', ago(5));
}

export function copiesContract(withSql: Harness): void {
  test('a copy at a revision has its state alone: same texts, revisions and sealed values, and goes on from there', async () => {
    const source = await taken(withSql, async (store) => {
      const at = store.revision - 2;
      const expected = seen(store, at);
      const later = () => void put(store, 'pods/default/later', 'x', ago(1));
      const pages = pagesOf((position) => store.snapshots.state(at, position), later);
      return { at, expected, pages, given: store.snapshots.given };
    });
    const { at, expected, pages, given } = source;
    expect(pages.length).toBeGreaterThan(2);
    await withSql(async (to) => {
      const whole = restore(to, pages, false);
      expect(StoreRestore.underWay(to)).toMatchObject({ source: 'a' });
      whole.finish(given, { revision: at, oldest: at });
      expect(StoreRestore.underWay(to)).toBeUndefined();
      const made = openStore(to, options);
      expect([made.isNew, made.revision, made.oldest, made.compacted]).toEqual([false, at, at, at]);
      expect(seen(made)).toEqual(expected);
      expect(made.get('secrets/default/s')?.text).toBe('hidden');
      const [raw] = to.query<{ text: string | Uint8Array }>("SELECT text FROM log WHERE key = 'secrets/default/s'");
      expect(raw?.text).toBeInstanceOf(Uint8Array);
      expect(made.get('roles/a/three')).toBeUndefined();
      await put(made, 'pods/default/a', 'a3', ago(0));
      expect(made.log({ after: at, limit: 9 })).toMatchObject([{ revision: at + 1, change: 'update', text: 'a3' }]);
      expect(made.getAt('pods/default/a', at, true)?.text).toBe('a2');
      while (made.compact(NOW + 60 * MINUTE));
      expect(made.get('pods/default/a')?.text).toBe('a3');
    });
  });

  test('a copy with its past can be read at each revision that the source can, though the source compacts meanwhile', async () => {
    const source = await taken(withSql, async (store) => {
      const newest = store.revision;
      const compact = () => {
        while (store.compact(NOW));
      };
      const pages = pagesOf((position) => store.snapshots.log(newest, position), compact);
      const { oldest, snapshots } = store;
      const expected = Array.from({ length: newest - oldest + 1 }, (_, i) => seen(store, oldest + i));
      return { newest, oldest, pages, expected, given: snapshots.given };
    });
    const { newest, oldest, pages, expected, given } = source;
    expect(oldest).toBeGreaterThan(0);
    await withSql(async (to) => {
      restore(to, pages, true).finish(given, { revision: newest, oldest });
      const made = openStore(to, options);
      expect([made.revision, made.oldest]).toEqual([newest, oldest]);
      for (const [i, objects] of expected.entries()) expect(seen(made, oldest + i)).toEqual(objects);
      while (made.compact(NOW + 9 * MINUTE));
      expect(seen(made).filter(({ key }) => !key.startsWith('events/'))).toHaveLength(403);
      expect([...to.query('SELECT revision FROM log')].length).toBeLessThan(412);
    });
  });

  test('a restore goes on with the same source alone', () =>
    withSql(async (to) => {
      new StoreRestore(to, sealer, { source: 'a', hasPast: false });
      expect(() => new StoreRestore(to, sealer, { source: 'b', hasPast: false })).toThrow('another copy');
    }));
}

/** The pages of a store with a past, in memory: two databases are not at hand at once. */
async function taken<T>(withSql: Harness, take: (store: SqliteStore) => Promise<T>): Promise<T> {
  const results: T[] = [];
  const body = async (store: SqliteStore) => {
    await fill(store);
    results.push(await take(store));
  };
  await withStore(withSql, body, options)();
  return results[0] as T;
}
