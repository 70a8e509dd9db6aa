import { expect, test } from 'vitest';
import { openNodeSql } from '../../store/sql/node.ts';
import { AccountCredentials } from '../account-credentials.ts';
import { first } from '../sql.ts';
import { refuseStranger } from './strangers.ts';

test('a stranger who names an account that there is not is refused, and nothing is stored', () => {
  const sql = openNodeSql();
  for (const method of ['signInWithPasskey', 'signInWithRecovery']) {
    expect(refuseStranger(sql, method)).toMatchObject({ ok: false, status: { code: 401 } });
  }
  expect(refuseStranger(sql, 'begin')).toBeUndefined();
  expect(first(sql.query('SELECT name FROM sqlite_master'))).toBeUndefined();
  new AccountCredentials(sql);
  expect(refuseStranger(sql, 'signInWithPasskey')).toBeUndefined();
});
