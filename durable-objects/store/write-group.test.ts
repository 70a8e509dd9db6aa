import { expect, test } from 'vitest';
import { put, remove } from './contract/harness.ts';
import { openStore } from './mvcc.ts';
import { openNodeSql } from './sql/node.ts';
import type { SqlPort } from './sql/port.ts';
import type { CoalescedWrite, Entry } from './store.ts';

/** A database that has no room in the second table that a write of such a key changes. */
function withoutRoom(isRefused: (key: string) => boolean) {
  const sql = openNodeSql();
  const begun: number[] = [];
  const read: string[] = [];
  let depth = 0;
  const port: SqlPort = {
    ...sql,
    query: (statement, ...bindings) => {
      read.push(statement);
      return sql.query(statement, ...bindings);
    },
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
  return { sql, store, groups, begun, read };
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

test('a write of an object that was coalesced before it is refused alone: nothing is performed again', async () => {
  const { store, groups, begun } = withoutRoom(() => false);
  await put(store, 'resourcequotas/default/sum', '0');
  begun.splice(0);
  groups.splice(0);
  const sum: CoalescedWrite = { key: 'resourcequotas/default/sum', add: () => 1, write: () => ({ text: '1' }) };
  const results = await Promise.allSettled([
    put(store, 'pods/default/a', 'a', { apply: () => ({ text: 'a', coalesced: [sum] }) }),
    put(store, 'resourcequotas/default/sum', '9', { expect: 1 }),
  ]);
  expect(statuses(results)).toEqual(['fulfilled', 'rejected']);
  expect(groups).toEqual([['2 pods/default/a', '3 resourcequotas/default/sum']]);
  expect(begun).toEqual([0]);
});

test('writes that fail half-way make no Event be read again, and Events are as before', async () => {
  const { sql, store, read } = withoutRoom((key) => key.startsWith('pods/default/b'));
  await put(store, 'events/default/kept', '1');
  await put(store, 'events/default/gone', '2');
  await remove(store, 'events/default/gone');
  read.splice(0);
  const none = { key: 'pods/default/none', expect: 'present', apply: () => 'unchanged' as const } as const;
  const results = await Promise.allSettled([
    put(store, 'events/default/made', '4'),
    put(store, 'pods/default/b', 'b'),
    put(store, 'events/default/kept', '5'),
    put(store, 'events/default/kept', 'x', { apply: () => ({ text: 'x', with: [none] }) }),
    put(store, 'events/default/gone', 'x', { apply: () => ({ text: 'x', with: [none] }) }),
    put(store, 'events/default/bad', 'x', { apply: () => ({ text: 'x', with: [none] }) }),
    put(store, 'pods/default/b2', 'b'),
  ]);
  expect(statuses(results)).toEqual([
    ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'rejected', 'rejected', 'rejected'],
  ]);
  const events = (of: typeof store) =>
    of.list({ prefix: 'events/', limit: 10 }).items.map(({ key, text }) => [key, text]);
  const expected = [
    ['events/default/kept', '5'],
    ['events/default/made', '4'],
  ];
  expect(events(store)).toEqual(expected);
  expect(read.filter((statement) => statement.includes('FROM events ORDER BY revision'))).toEqual([]);
  expect(events(openStore(sql))).toEqual(expected);
  // A new one with the name of one that was deleted follows it.
  await put(store, 'events/default/gone', '6', { expect: 'absent' });
  expect(store.getAt('events/default/gone', 2)?.text).toBe('2');
});
