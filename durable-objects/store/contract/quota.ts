import { expect, test } from 'vitest';
import { causeAt, type Harness, MINUTE, put, remove, withStore } from './harness.ts';

const KIB = 1024;
const text = (kib: number): string => 'x'.repeat(kib * KIB);

export function quotaContract(withSql: Harness): void {
  const quota = { quota: 400 * KIB };
  const no = expect.objectContaining({ code: 'no-space' });

  test(
    'a full store takes nothing that grows it, and can be emptied',
    withStore(
      withSql,
      async (store) => {
        let made = 0;
        const fill = async () => {
          for (; ; made++) await put(store, `pods/default/p${made}`, text(20));
        };
        await expect(fill()).rejects.toEqual(no);
        expect(store.use).toMatchObject({ isFull: true, isLow: true });
        const { revision } = store;
        await expect(put(store, 'pods/default/p0', text(30))).rejects.toEqual(no);
        await expect(put(store, 'events/default/e', 'x')).rejects.toEqual(no);
        expect(store.revision).toBe(revision);
        // A status has a condition more; a Lease is renewed.
        await put(store, 'pods/default/p0', text(21));
        for (let i = 0; i < 10; i++) await remove(store, `pods/default/p${i}`);
        // Within a minute there is room again, although watches reach five minutes back otherwise.
        while (store.compact(MINUTE + 1));
        expect(store.use.isFull).toBe(false);
        await put(store, 'pods/default/new', text(20));
      },
      quota,
    ),
  );

  test(
    'where even the reserve is used up, an object is marked for its delete still, and its owner says what it waits for',
    withStore(
      withSql,
      async (store) => {
        const object = (length: number, metadata = '"name":"a"') =>
          `{"metadata":{${metadata}},"spec":${JSON.stringify('x'.repeat(length))}}`;
        const DELETED = '"name":"a","deletionTimestamp":"2026-01-02T03:04:05Z"';
        await put(store, 'namespaces//small', object(100));
        const grow = async () => {
          for (let size = 1; ; size++) await put(store, `pods/default/p${size % 10}`, object(size * KIB));
        };
        await expect(grow()).rejects.toEqual(no);
        const use = async () => {
          while (store.use.used < quota.quota * 1.1) await put(store, 'pods/default/p1', object(1));
        };
        await use();
        await expect(put(store, 'namespaces//small', object(200))).rejects.toEqual(no);
        await put(store, 'namespaces//small', object(100, DELETED));
        await put(store, 'namespaces//small', object(900, DELETED));
        await expect(put(store, 'namespaces//small', object(9000, DELETED))).rejects.toEqual(no);
        await remove(store, 'namespaces//small');
      },
      quota,
    ),
  );

  test(
    'a full store forgets what was overwritten, so that what is updated again and again keeps its room',
    withStore(
      withSql,
      async (store) => {
        for (let minute = 0; minute < 60; minute++) {
          for (const name of ['a', 'b'])
            await put(store, `nodes/${name}`, text(60), { cause: causeAt(minute * MINUTE) });
          if (store.use.isFull) while (store.compact(minute * MINUTE + 1));
        }
        expect(store.use.used).toBeLessThan(quota.quota * 1.5);
        expect(store.list({ prefix: 'nodes/' }).items).toHaveLength(2);
      },
      quota,
    ),
  );

  test(
    'causes count as history',
    withStore(
      withSql,
      async (store) => {
        const cause = { kind: 'system', at: 0, why: text(1) } as const;
        for (let i = 0; i < 20; i++) await put(store, 'pods/default/a', 'x', { cause });
        store.compact(6 * MINUTE);
        await put(store, 'pods/default/a', 'x', { cause: { ...cause, at: 6 * MINUTE } });
        while (store.compact(12 * MINUTE));
        expect(store.oldest).toBeGreaterThan(8);
      },
      { horizons: { historySize: 10 * KIB } },
    ),
  );
}
