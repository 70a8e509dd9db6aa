import { expect, test } from 'vitest';
import { type Migration, migrate } from './migrations.ts';
import { openNodeSql } from './sql/node.ts';

const FIRST: Migration = { name: 'first', statements: ['CREATE TABLE a(x)', 'INSERT INTO a VALUES (1)'] };
const SECOND: Migration = { name: 'second', statements: ['INSERT INTO a VALUES (2)'] };

test('each step runs once, in order, also when more are added later', () => {
  const sql = openNodeSql();
  migrate(sql, [FIRST]);
  migrate(sql, [FIRST, SECOND]);
  migrate(sql, [FIRST, SECOND]);
  expect([...sql.query('SELECT x FROM a')].map(({ x }) => x)).toEqual([1, 2]);
});

test('a history that changed, or is ahead of this build, is refused', () => {
  const sql = openNodeSql();
  migrate(sql, [FIRST, SECOND]);
  const edited = { ...FIRST, statements: ['CREATE TABLE a(x, y)'] };
  expect(() => migrate(sql, [edited, SECOND])).toThrow('schema history changed: step 1');
  expect(() => migrate(sql, [SECOND, FIRST])).toThrow('step 1 ran here as "first"');
  expect(() => migrate(sql, [FIRST])).toThrow('schema is newer than this build: step 2 "second"');
});

test('a step that fails leaves nothing behind', () => {
  const sql = openNodeSql();
  const broken = { name: 'broken', statements: ['CREATE TABLE b(x)', 'INSERT INTO missing VALUES (1)'] };
  expect(() => migrate(sql, [FIRST, broken])).toThrow('missing');
  expect([...sql.query("SELECT name FROM sqlite_master WHERE name IN ('a', 'b')")]).toEqual([]);
  migrate(sql, [FIRST, SECOND]);
});
