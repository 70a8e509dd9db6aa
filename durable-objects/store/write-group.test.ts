import { expect, test } from 'vitest';
import { put } from './contract/harness.ts';
import { openStore } from './mvcc.ts';
import { openNodeSql } from './sql/node.ts';
import type { SqlPort } from './sql/port.ts';
import type { CoalescedWrite, Entry } from './store.ts';

/** A database that has no room in the second table that a write of such a key changes. */
function withoutRoom(isRefused: (key: string) => boolean) {
  const sql = openNodeSql();
  const begun: number[] = [];
  let depth = 0;
  const port: SqlPort = {
    ...sql,
    run: (statement, ...bindings) => {
      const [key] = bindings;
      if (statement.startsWith('INSERT INTO current') && isRefused(`${key}`)) throw new Error('the disk is full');
      return sql.run(statement, ...bindings);
    },
    transaction: (body) => {
      begun.push(depth++);
      try {
        return sql.transaction(body);
      } finally {
        depth--;
      }
    },
  };
  const store = openStore(port, { inFlight: () => 2 });
  begun.splice(0);
  const groups: string[][] = [];
  store.onCommit((entries: readonly Entry[]) => groups.push(entries.map(({ key, revision }) => `${revision} ${key}`)));
  return { sql, store, groups, begun };
}

const statuses = (results: readonly PromiseSettledResult<unknown>[]) => results.map(({ status }) => status);

test('a group has one transaction, and no savepoints: SQLite would copy each page that is changed after one', async () => {
  const { store, begun } = withoutRoom(() => false);
  await put(store, 'pods/default/a', 'a');
  begun.splice(0);
  const results = await Promise.allSettled([
    put(store, 'pods/default/b', 'b'),
    put(store, 'pods/default/a', 'x', { expect: 'absent' }),
    put(store, 'pods/default/c', 'c'),
  ]);
  expect(statuses(results)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(begun).toEqual([0]);
});

test('a write that fails half-way leaves nothing, and the others of its group are made', async () => {
  const { sql, store, groups, begun } = withoutRoom((key) => key === 'pods/default/b');
  const results = await Promise.allSettled(
    ['a', 'b', 'c'].map((name) =>
      put(store, `pods/default/${name}`, name, { apply: (_, { revision }) => ({ text: `${name}${revision}` }) }),
    ),
  );
  expect(statuses(results)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: new Error('the disk is full') });
  expect(groups).toEqual([['1 pods/default/a', '2 pods/default/c']]);
  expect(begun).toEqual([0, 0, 1, 1, 1]);
  expect(store.list({ prefix: 'pods/', limit: 10 }).items.map(({ text }) => text)).toEqual(['a1', 'c2']);
  expect(store.revision).toBe(2);
  // A store that is opened later has the same.
  expect(
    openStore(sql)
      .list({ prefix: 'pods/', limit: 10 })
      .items.map(({ text }) => text),
  ).toEqual(['a1', 'c2']);
});

test('a group whose coalesced write fails is refused as a whole, and the next one is made', async () => {
  let isFull = true;
  const { store, groups } = withoutRoom((key) => isFull && key === 'resourcequotas/default/sum');
  const sum: CoalescedWrite = { key: 'resourcequotas/default/sum', add: () => 1, write: () => ({ text: '1' }) };
  const counted = (name: string) =>
    put(store, `pods/default/${name}`, name, { apply: () => ({ text: name, coalesced: [sum] }) });
  const results = await Promise.allSettled([put(store, 'pods/default/a', 'a'), counted('b')]);
  expect(results.map((result) => 'reason' in result && result.reason)).toEqual([
    new Error('the disk is full'),
    new Error('the disk is full'),
  ]);
  expect([groups, store.revision, store.list({ prefix: '', limit: 10 }).items]).toEqual([[], 0, []]);
  isFull = false;
  await counted('b');
  expect(groups).toEqual([['1 pods/default/b', '2 resourcequotas/default/sum']]);
});
