import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BootstrapSource, BootstrapTexts, PLACEHOLDER } from './bootstrap-objects.ts';
import { causeAt, put, remove } from './contract/harness.ts';
import { openStore } from './mvcc.ts';
import { openNodeSql } from './sql/node.ts';
import type { SqlPort } from './sql/port.ts';
import type { Store } from './store.ts';

const AT = Date.parse('2026-01-02T03:04:05Z');
const UID = '5e7f0000-0000-4000-8000-fffffffffffe';

const { uid, time, revision } = PLACEHOLDER;
const text = (more: string) =>
  `{"uid":"${uid}","resourceVersion":"${revision}","at":"${time}","again":"${time}"${more}}`;

const sourceOf = (...objects: [key: string, text: string][]): BootstrapSource => ({
  texts: () => new BootstrapTexts(objects),
  now: () => AT,
  uuid: () => UID,
});
const SOURCE = sourceOf(['roles/a/z', text('')], ['roles/a/b', text(',"x":1')], ['roles/b/c', text('')]);

test('a new store has what it is given, without a row of its own for it', () => {
  const sql = openNodeSql();
  const store = openStore(sql, { bootstrap: SOURCE });
  expect([store.isNew, store.revision, store.rowsWritten.commits]).toEqual([true, 3, 2]);
  const at = '"at":"2026-01-02T03:04:05Z","again":"2026-01-02T03:04:05Z"';
  expect(store.list({ prefix: 'roles/a/' }).items.map((item) => item.text)).toEqual([
    `{"uid":"5e7f0000-0000-4000-8000-ffffffffffff","resourceVersion":"2",${at},"x":1}`,
    `{"uid":"${UID}","resourceVersion":"1",${at}}`,
  ]);
  expect(store.at(3)).toMatchObject({
    key: 'roles/b/c',
    change: 'create',
    created: 3,
    previous: 0,
    cause: { kind: 'system', at: AT, why: 'bootstrap' },
    text: expect.stringContaining('"uid":"5e7f0000-0000-4000-8000-000000000000"'),
  });
  expect(store.log({ after: 1, limit: 1, prefixes: ['roles/b/'] }).map(({ key }) => key)).toEqual(['roles/b/c']);
});

test('another build reads what the store was given before, and gives it nothing more', () => {
  const sql = openNodeSql();
  const texts = (store: Store) => store.list({ prefix: 'roles/' }).items.map(({ key, text }) => [key, text]);
  const before = texts(openStore(sql, { bootstrap: SOURCE }));
  const store = openStore(sql, { bootstrap: sourceOf(['roles/a/b', 'other'], ['roles/d/d', 'other']) });
  expect([store.isNew, store.revision]).toEqual([false, 3]);
  expect(texts(store)).toEqual(before);
  expect(texts(openStore(sql))).toEqual(before);
});

test('an object that was given needs no parsing, and is that of its text but for managers and status', () => {
  const metadata = { name: 'a', uid, creationTimestamp: time, resourceVersion: revision, managedFields: [{ time }] };
  const role = JSON.stringify({ kind: 'Role', metadata, rules: [{ verbs: ['get'] }], status: { time } });
  const stores = [AT, AT + 1000].map((at) =>
    openStore(openNodeSql(), { bootstrap: { ...sourceOf(['roles/a/a', role]), now: () => at } }),
  );
  for (const store of stores) {
    const [stored] = store.list({ prefix: 'roles/a/' }).items;
    const parsed = JSON.parse(stored?.text ?? '');
    delete parsed.metadata.managedFields;
    delete parsed.status;
    expect(stored?.object?.()).toEqual(parsed);
  }
});

test('keys of a range are those between its ends', () => {
  const keys = fc.array(fc.string({ maxLength: 2 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 2 })), keys, (given, [after = '', before = '']) => {
      const texts = new BootstrapTexts(given.map((key) => [key, text('')]));
      const wanted = given.filter((key) => key > after && key < before).sort();
      expect(texts.under({ after, before })).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

test('a store that has something already is given nothing', async () => {
  const sql = openNodeSql();
  await put(openStore(sql), 'pods/a/x', 'x');
  const store = openStore(sql, { bootstrap: SOURCE });
  expect([store.isNew, store.revision, store.count('roles/')]).toEqual([false, 1, 0]);
});

test('an object that is deleted stays so once its history is forgotten, and leaves no row when it is made again', async () => {
  const sql = openNodeSql();
  const options = { bootstrap: SOURCE, horizons: { watchable: 1, history: 1 } };
  const store = openStore(sql, options);
  await remove(store, 'roles/a/b', { cause: causeAt(AT) });
  store.compact(AT + 100);
  expect(openStore(sql, options).get('roles/a/b')).toBeUndefined();
  expect(store.count('roles/')).toBe(2);
  await put(store, 'roles/a/b', 'again', { cause: causeAt(AT + 200) });
  store.compact(AT + 300);
  expect([...sql.query('SELECT revision FROM log')]).toEqual([{ revision: 5 }]);
  expect(openStore(sql, options).get('roles/a/b')?.text).toBe('again');
});

test('any texts are read back from their packed form', () =>
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 5 }), (texts) => {
      const sql = openNodeSql();
      const objects = texts.map((each, index): [string, string] => [`roles/${index}/x`, `${each}${sql.size()}`]);
      openStore(sql, { bootstrap: sourceOf(...objects) });
      // Others push it out of what the isolate knows.
      for (let i = 0; i < 5; i++) openStore(openNodeSql(), { bootstrap: sourceOf(['roles/x/x', `${i}`]) });
      const read = openStore(sql).list({ prefix: 'roles/' }).items;
      expect(read.map((item) => item.text)).toEqual(objects.map(([, each]) => each));
    }),
    { numRuns: 20 },
  ));

test('a new store asks SQLite nothing about resources that were never written', async () => {
  const sql = openNodeSql();
  const asked: string[] = [];
  const query: SqlPort['query'] = (statement, ...bindings) => {
    asked.push(statement);
    return sql.query(statement, ...bindings);
  };
  const store = openStore({ ...sql, query }, { bootstrap: SOURCE });
  asked.length = 0;
  const found = () => store.list({ prefix: 'roles/' }).items.map(({ key }) => key);
  expect(found()).toEqual(['roles/a/b', 'roles/a/z', 'roles/b/c']);
  expect([...store.scan({ prefix: 'pods/' }), store.count('pods/a/'), ...store.revisions('pods/')]).toEqual([0]);
  expect(asked).toEqual([]);
  await put(store, 'roles/a/c', 'new');
  await put(store, 'pods/a/b', 'new');
  expect(found()).toEqual(['roles/a/b', 'roles/a/c', 'roles/a/z', 'roles/b/c']);
  expect([...store.scan({ prefix: 'pods/' })].map(({ key }) => key)).toEqual(['pods/a/b']);
  expect([store.count('pods/'), store.count('roles/'), store.count('')]).toEqual([1, 4, 5]);
});
