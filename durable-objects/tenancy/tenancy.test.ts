import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { AccountBook, CODE_SECONDS, MAX_CLUSTERS } from './account-book.ts';
import { newClusterId } from './names.ts';

const account = () => new AccountBook(openNodeSql());

test('a cluster name is taken once, must be a DNS label, and is free again after release', () => {
  const book = account();
  expect(book.claim('web', 'id1', 0)).toMatchObject({
    ok: true,
    cluster: { id: 'id1', created: '1970-01-01T00:00:00Z' },
  });
  expect(book.claim('web', 'id2', 0)).toMatchObject({ ok: false, status: { reason: 'AlreadyExists', code: 409 } });
  expect(book.claim('Web!', 'id3', 0)).toMatchObject({ ok: false, status: { reason: 'Invalid', code: 422 } });
  book.release('id2');
  expect(book.find('web')?.id).toBe('id1');
  book.release('id1');
  expect(book.claim('web', 'id4', 0).ok).toBe(true);
  expect(book.owns('id4')).toBe(true);
  expect(book.owns('id1')).toBe(false);
});

test('an account has a quota of clusters', () => {
  const book = account();
  for (let n = 0; n < MAX_CLUSTERS; n++) expect(book.claim(`c${n}`, `id${n}`, 0).ok).toBe(true);
  expect(book.claim('one-more', 'x', 0)).toMatchObject({ ok: false, status: { reason: 'Forbidden' } });
});

test('a dashboard code is taken once, and not when it is too old', () => {
  const book = account();
  book.addCode('a', 0);
  book.addCode('b', 0);
  expect(book.takeCode('a', 1000)).toBe(true);
  expect(book.takeCode('a', 1000)).toBe(false);
  expect(book.takeCode('b', CODE_SECONDS * 1000 + 1)).toBe(false);
  expect(book.takeCode('never-made', 0)).toBe(false);
});

test('cluster ids are ten letters and digits that can be a host name', () => {
  const id = newClusterId((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  expect(id).toMatch(/^[a-z][a-z0-9]{9}$/);
});
