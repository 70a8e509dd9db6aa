import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { AccountClusters } from './account-clusters.ts';

const account = (clusters = 100, clustersPerMinute = 100, sql = openNodeSql()) =>
  new AccountClusters(sql, { clusters, clustersPerMinute });

test('a cluster name is taken once, must be a DNS label, and is free again after release', () => {
  const clusters = account();
  expect(clusters.claim('web', 'id1', 0)).toMatchObject({
    ok: true,
    cluster: { id: 'id1', created: '1970-01-01T00:00:00Z' },
  });
  clusters.finish('id1');
  expect(clusters.claim('web', 'id2', 0)).toMatchObject({ ok: false, status: { reason: 'AlreadyExists', code: 409 } });
  expect(clusters.claim('Web!', 'id3', 0)).toMatchObject({ ok: false, status: { reason: 'Invalid', code: 422 } });
  clusters.release('id2');
  expect(clusters.find('web')?.id).toBe('id1');
  clusters.release('id1');
  expect(clusters.claim('web', 'id4', 0).ok).toBe(true);
  expect(clusters.owns('id4')).toBe(true);
  expect(clusters.owns('id1')).toBe(false);
});

test('an account has a quota of clusters', () => {
  const clusters = account(2);
  expect([clusters.claim('a', 'id1', 0).ok, clusters.claim('b', 'id2', 0).ok]).toEqual([true, true]);
  const message = 'this account may have 2 clusters, and has them: delete one first';
  expect(clusters.claim('c', 'id3', 0)).toMatchObject({
    ok: false,
    status: { code: 403, reason: 'Forbidden', message },
  });
  clusters.release('id1');
  expect(clusters.claim('c', 'id3', 0).ok).toBe(true);
});

test('an account creates so many clusters within any minute, whether they are deleted or the account sleeps', () => {
  const sql = openNodeSql();
  const claim = (id: string, at: number) => {
    const clusters = account(100, 2, sql);
    const claimed = clusters.claim(id, id, at);
    clusters.release(id);
    return claimed.ok ? 'created' : [claimed.status.code, claimed.status.details?.retryAfterSeconds];
  };
  expect([claim('a', 0), claim('Not A Name', 0), claim('b', 20_000)]).toEqual(['created', [422, undefined], 'created']);
  expect([claim('c', 30_000), claim('c', 59_001)]).toEqual([
    [429, 30],
    [429, 1],
  ]);
  expect([claim('c', 60_000), claim('d', 60_000), claim('d', 80_000)]).toEqual(['created', [429, 20], 'created']);
});

test('an account that may create none creates none', () => {
  expect(account(100, 0).claim('a', 'id1', 90_000)).toMatchObject({
    ok: false,
    status: { code: 429, details: { retryAfterSeconds: 60 } },
  });
});

test('a cluster is listed with the parts that it was created without, also by an account of before', () => {
  const sql = openNodeSql();
  sql.run(
    'CREATE TABLE clusters (name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, created TEXT NOT NULL) WITHOUT ROWID',
  );
  sql.run("INSERT INTO clusters (name, id, created) VALUES ('old', 'id0', '1970-01-01T00:00:00Z')");
  account(100, 100, sql).claim('bare', 'id1', 0, ['scheduler', 'controllers']);
  const created = '1970-01-01T00:00:00Z';
  expect(account(100, 100, sql).list()).toEqual([
    { id: 'id1', name: 'bare', created, without: ['controllers', 'scheduler'] },
    { id: 'id0', name: 'old', created },
  ]);
});
