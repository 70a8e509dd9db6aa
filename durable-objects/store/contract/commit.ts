import { expect, test } from 'vitest';
import { openStore } from '../mvcc.ts';
import type { CoalescedWrite, Entry, Next } from '../store.ts';
import { type Harness, put, remove, withStore } from './harness.ts';

export function commitContract(withSql: Harness): void {
  test(
    'a write happens only in the state it expects',
    withStore(withSql, async (store) => {
      const key = 'pods/default/web';
      await expect(put(store, key, 'x', { expect: 'present' })).rejects.toMatchObject({ code: 'not-found' });
      await expect(put(store, key, 'x', { expect: 4 })).rejects.toMatchObject({ code: 'not-found' });
      await put(store, key, 'one', { expect: 'absent' });
      await expect(put(store, key, 'x', { expect: 'absent' })).rejects.toMatchObject({ code: 'already-exists' });
      await put(store, key, 'two', { expect: 1 });
      await expect(put(store, key, 'x', { expect: 1 })).rejects.toMatchObject({ code: 'conflict', revision: 2 });
      await remove(store, key, { expect: 2 });
      await expect(remove(store, key)).rejects.toMatchObject({ code: 'not-found' });
      await put(store, key, 'three', { expect: 'absent' });
      expect(store.get(key)).toMatchObject({ revision: 4, created: 4, text: 'three' });
    }),
  );

  test(
    'an unchanged object costs no revision and no row',
    withStore(withSql, async (store) => {
      await put(store, 'pods/default/web', 'one');
      const before = store.rowsWritten.commits;
      const { stored, entry } = await put(store, 'pods/default/web', '', { apply: () => 'unchanged' });
      expect([stored.text, entry, store.revision]).toEqual(['one', undefined, 1]);
      expect(store.rowsWritten.commits).toBe(before);
    }),
  );

  test(
    'writes that are made with another one commit with it, each at its own revision, or none does',
    withStore(withSql, async (store) => {
      const [service, address] = ['services/default/web', 'ipaddresses.networking.k8s.io//10.96.0.7'];
      const groups: (readonly Entry[])[] = [];
      store.onCommit((entries) => groups.push(entries));
      const create = (name: string) =>
        put(store, `services/default/${name}`, '', {
          expect: 'absent',
          apply: (_, { revision }) => ({
            text: `${name} ${revision}`,
            with: [
              {
                key: address,
                expect: 'absent',
                apply: (_, context) => ({ text: `${name}'s ${context.revision} ${context.reader.get(service)?.text}` }),
              },
            ],
          }),
        });
      const { entry, others } = await create('web');
      expect([entry?.revision, others?.map(({ revision, key }) => [revision, key])]).toEqual([1, [[2, address]]]);
      expect([store.get(address)?.text, store.revision]).toEqual(["web's 2 web 1", 2]);
      await expect(create('other')).rejects.toMatchObject({ code: 'already-exists' });
      expect([store.get('services/default/other'), store.revision]).toEqual([undefined, 2]);
      await remove(store, address);
      await create('other');
      expect(groups.map((entries) => entries.map(({ revision, cause }) => [revision, cause.kind]))).toEqual([
        [
          [1, 'system'],
          [2, 'system'],
        ],
        [[3, 'system']],
        [
          [4, 'system'],
          [5, 'system'],
        ],
      ]);
      expect(store.log({ after: 0, limit: 10 }).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
    }),
  );

  test('a coalesced write is made once, after the writes of the group that it depends on, and counts none that was refused', () =>
    withSql(async (sql) => {
      const store = openStore(sql, { inFlight: () => 2 });
      const sum = 'resourcequotas/default/sum';
      await put(store, sum, '0');
      const groups: (readonly Entry[])[] = [];
      store.onCommit((entries) => groups.push(entries));
      const refused = new Error('refused');
      const most = 3;
      const coalesced: CoalescedWrite = {
        key: sum,
        add(before, { reader }) {
          const counted = (before as number | undefined) ?? Number(reader.get(sum)?.text);
          if (counted >= most) throw refused;
          return counted + 1;
        },
        write: (state) => ({ text: `${state}` }),
      };
      const add = (name: string, more: Partial<Exclude<Next, 'unchanged'>> = {}) =>
        put(store, `pods/default/${name}`, name, { apply: () => ({ text: name, coalesced: [coalesced], ...more }) });
      const none = { key: 'pods/default/none', expect: 'present', apply: () => 'unchanged' as const } as const;
      const results = await Promise.allSettled([
        add('a'),
        add('bad', { with: [none] }),
        add('b'),
        put(store, sum, '', { apply: (current) => ({ text: `${Number(current?.text) - 1}` }) }),
        add('c'),
        add('d'),
        add('e'),
      ]);
      expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true, true, false]);
      expect(results.at(-1)).toMatchObject({ reason: refused });
      expect(groups.map((entries) => entries.map(({ revision, key, text }) => `${revision} ${key} ${text}`))).toEqual([
        [
          '2 pods/default/a a',
          '3 pods/default/b b',
          '4 resourcequotas/default/sum 2',
          '5 resourcequotas/default/sum 1',
          '6 pods/default/c c',
          '7 pods/default/d d',
          '8 resourcequotas/default/sum 3',
        ],
      ]);
      expect(groups[0]?.map(({ cause }) => cause.beside)).toEqual([
        undefined,
        undefined,
        'pods/default/b',
        undefined,
        undefined,
        undefined,
        'pods/default/d',
      ]);
      expect(store.get(sum)?.text).toBe('3');
      expect(store.log({ after: 1, limit: 10 }).map(({ revision }) => revision)).toEqual([2, 3, 4, 5, 6, 7, 8]);
      await remove(store, 'pods/default/a');
      expect(groups.at(-1)).toHaveLength(1);
    }));

  test('a revision is two rows, an Event is one', () =>
    withSql(async (sql) => {
      const store = openStore(sql);
      await put(store, 'pods/default/warm', 'up');
      const rows = async (write: () => Promise<unknown>) => {
        const before = store.rowsWritten.commits;
        await write();
        return store.rowsWritten.commits - before;
      };
      const key = 'pods/default/web';
      expect(await rows(() => put(store, key, 'one'))).toBe(2);
      expect(await rows(() => put(store, key, 'two'))).toBe(2);
      expect(await rows(() => remove(store, key))).toBe(2);
      expect(await rows(() => put(store, key, 'three'))).toBe(2);
      expect(await rows(() => put(store, 'events/default/web.1', 'one'))).toBe(1);
      expect(await rows(() => put(store, 'events/default/web.1', 'two'))).toBe(1);
    }));

  test('writes that arrive together commit together: each sees those before it, and a bad one fails alone', () =>
    withSql(async (sql) => {
      const store = openStore(sql, { inFlight: () => 2 });
      const groups: (readonly Entry[])[] = [];
      store.onCommit((entries) => groups.push(entries));
      const failure = new Error('quota');
      const results = await Promise.allSettled([
        put(store, 'pods/default/a', 'a'),
        put(store, 'pods/default/b', 'b', {
          apply: () => {
            throw failure;
          },
        }),
        put(store, 'pods/default/a', 'x', { expect: 'absent' }),
        put(store, 'pods/default/c', '', {
          apply: (_, { reader, revision }) => ({ text: `${reader.count('pods/')} of ${revision}` }),
        }),
        put(store, 'pods/default/a', '', { apply: (current) => ({ text: `${current?.text}${current?.revision}` }) }),
      ]);
      expect(
        results.map((result) => (result.status === 'fulfilled' ? result.value.stored.text : result.reason)),
      ).toEqual(['a', failure, expect.objectContaining({ code: 'already-exists' }), '1 of 2', 'a1']);
      expect(groups.map((group) => group.map(({ revision, key }) => `${revision} ${key}`))).toEqual([
        ['1 pods/default/a', '2 pods/default/c', '3 pods/default/a'],
      ]);
      expect(store.get('pods/default/b')).toBeUndefined();
    }));

  test(
    'writes made in one turn commit together although no request is under way',
    withStore(withSql, async (store) => {
      const groups: number[] = [];
      store.onCommit((entries) => groups.push(entries.length));
      await Promise.all(['a', 'b', 'c'].map((name) => put(store, `pods/default/${name}`, name)));
      expect(groups).toEqual([3]);
    }),
  );

  test('a group that the database refuses has not happened', () =>
    withSql(async (sql) => {
      let broken = false;
      const store = openStore({
        ...sql,
        transaction: (body) =>
          sql.transaction(() => {
            const result = body();
            if (broken) throw new Error('disk full');
            return result as never;
          }),
      });
      await put(store, 'pods/default/a', 'one');
      await put(store, 'events/default/a', 'one');
      broken = true;
      await expect(put(store, 'pods/default/a', 'two')).rejects.toThrow('disk full');
      await expect(put(store, 'events/default/a', 'two')).rejects.toThrow('disk full');
      broken = false;
      expect([store.revision, store.get('pods/default/a')?.text, store.get('events/default/a')?.text]).toEqual([
        2,
        'one',
        'one',
      ]);
      await put(store, 'pods/default/a', 'three');
      expect(store.log({ after: 2, limit: 9 })).toMatchObject([{ revision: 3, previous: 1, text: 'three' }]);
    }));

  test(
    'a listener of some resources hears of theirs alone, before those that hear of all',
    withStore(withSql, async (store) => {
      const heard: string[] = [];
      const hear = (who: string) => (entries: readonly { key: string }[]) =>
        void heard.push(`${who}: ${entries.map(({ key }) => key)}`);
      store.onCommit(hear('all'));
      const stop = store.onCommit(hear('pods'), ['pods', 'nodes']);
      await Promise.all(['pods/a/x', 'podsets/a/x', 'nodes//n'].map((key) => put(store, key, '')));
      expect(heard.splice(0)).toEqual(['pods: pods/a/x,nodes//n', 'all: pods/a/x,podsets/a/x,nodes//n']);
      await put(store, 'podsets/a/y', '');
      stop();
      await put(store, 'pods/a/y', '');
      expect(heard).toEqual(['all: podsets/a/y', 'all: pods/a/y']);
    }),
  );

  test(
    'what a listener writes follows the group it heard of, for every listener',
    withStore(withSql, async (store) => {
      const heard: number[] = [];
      store.onCommit(([entry]) => {
        if (entry?.revision === 1) void put(store, 'pods/default/b', 'b');
      });
      const stop = store.onCommit((entries) => heard.push(...entries.map(({ revision }) => revision)));
      await put(store, 'pods/default/a', 'a');
      await put(store, 'pods/default/c', 'c');
      expect(heard).toEqual([1, 2, 3]);
      stop();
      await put(store, 'pods/default/d', 'd');
      expect(heard).toHaveLength(3);
    }),
  );

  test(
    'an object over 1.5 MB is refused, in bytes',
    withStore(withSql, async (store) => {
      await put(store, 'configmaps/default/big', 'x'.repeat(1_500_000));
      for (const text of ['x'.repeat(1_500_001), 'é'.repeat(750_001)]) {
        await expect(put(store, 'configmaps/default/big', text)).rejects.toMatchObject({ code: 'too-large' });
      }
      expect(store.revision).toBe(1);
    }),
  );

  test(
    'an object of the largest size can be deleted, whose last state tells a longer revision',
    withStore(withSql, async (store) => {
      const text = 'x'.repeat(1_500_000);
      await put(store, 'configmaps/default/big', text);
      const { entry } = await remove(store, 'configmaps/default/big', { apply: () => ({ delete: `${text}10` }) });
      expect([entry?.text.length, store.get('configmaps/default/big')]).toEqual([1_500_002, undefined]);
    }),
  );

  test(
    'a store opened again goes on where it was',
    withStore(withSql, async (store, sql) => {
      await put(store, 'pods/default/a', 'one');
      await put(store, 'events/default/a', 'e');
      const again = openStore(sql);
      expect(again.revision).toBe(2);
      await put(again, 'events/default/a', 'f', { expect: 2 });
      expect(again.get('events/default/a')).toMatchObject({ revision: 3, created: 2 });
    }),
  );
}
