import { expect, test } from 'vitest';
import { causeAt, put, remove } from '../contract/harness.ts';
import { openStore } from '../mvcc.ts';
import { openNodeSql } from '../sql/node.ts';
import type { SqlPort } from '../sql/port.ts';
import { NewestRows } from './newest-rows.ts';

const HOUR = 3600_000;

/** A port that keeps the statements that read. */
function listened(): { sql: SqlPort; asked: string[] } {
  const sql = openNodeSql();
  const asked: string[] = [];
  const note = <A extends [string, ...never[]], R>(run: (...asked: A) => R) => {
    return (...given: A): R => {
      asked.push(given[0]);
      return run(...given);
    };
  };
  return { sql: { ...sql, query: note(sql.query) as never, first: note(sql.first) as never }, asked };
}

test('a row that was just written is read, and written anew, without a look into the tables', async () => {
  const { sql, asked } = listened();
  const store = openStore(sql);
  await put(store, 'pods/a/b', '1');
  asked.length = 0;
  await put(store, 'pods/a/b', '2');
  expect(store.get('pods/a/b')).toMatchObject({ revision: 2, created: 1, text: '2' });
  expect(asked).toEqual([]);
});

test('a key that is not there is looked for once, until it is written', async () => {
  const { sql, asked } = listened();
  const store = openStore(sql);
  await expect(put(store, 'pods/a/b', '1', { expect: 'present' })).rejects.toMatchObject({ code: 'not-found' });
  asked.length = 0;
  expect(store.get('pods/a/b')).toBeUndefined();
  await put(store, 'pods/a/b', '1', { expect: 'absent' });
  expect(asked).toEqual([]);
  expect(store.get('pods/a/b')?.text).toBe('1');
});

test('a write that is undone with its companion leaves what was there', async () => {
  const store = openStore(openNodeSql());
  await put(store, 'pods/a/b', '1');
  const companion = { key: 'pods/a/c', expect: 'present', apply: () => ({ text: '' }) } as const;
  const both = put(store, 'pods/a/b', '2', { apply: () => ({ text: '2', with: [companion] }) });
  await expect(both).rejects.toMatchObject({ code: 'not-found' });
  expect(store.get('pods/a/b')).toMatchObject({ revision: 1, text: '1' });
  expect(store.get('pods/a/c')).toBeUndefined();
});

test('a key whose delete was compacted is created as if it had never been', async () => {
  const store = openStore(openNodeSql());
  await put(store, 'pods/a/b', '1');
  await remove(store, 'pods/a/b');
  expect(store.get('pods/a/b')).toBeUndefined();
  await put(store, 'pods/a/later', '', { cause: causeAt(2 * HOUR) });
  while (store.compact(48 * HOUR));
  await put(store, 'pods/a/b', '2', { expect: 'absent' });
  expect(store.list({ prefix: 'pods/' }).items.map(({ text }) => text)).toEqual(['2', '']);
});

test('texts that are sealed on disk are not kept in memory', async () => {
  const { sql, asked } = listened();
  const store = openStore(sql);
  await put(store, 'secrets/a/b', '1');
  asked.length = 0;
  expect(store.get('secrets/a/b')?.text).toBe('1');
  expect(asked).toHaveLength(1);
});

test('memory is bounded, and those that were put last stay', () => {
  const rows = new NewestRows();
  const put = (name: string, length: number) => {
    const key = `pods/a/${name}`;
    rows.put(key, { key, revision: 1, created: 1, text: 'x'.repeat(length) });
  };
  put('huge', 100_000);
  expect(rows.get('pods/a/huge')).toBeUndefined();
  for (let at = 0; at < 100; at++) put(String(at), 10_000);
  const left = Array.from({ length: 100 }, (_, at) => at).filter((at) => rows.get(`pods/a/${at}`));
  expect(left).toEqual([88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
});
