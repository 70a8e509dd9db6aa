/** The account that a person's identity at a provider leads to, and the sign-ins of it that were taken up. */
import type { IdentityRpc } from '../../wire/identity-rpc.ts';
import type { Handlers } from '../../wire/rpc-call.ts';
import { first, type Sql } from './sql.ts';

/** `now` in milliseconds since the epoch. */
export function openIdentity(sql: Sql, now: () => number): Handlers<IdentityRpc> {
  sql.run('CREATE TABLE IF NOT EXISTS identity (account TEXT NOT NULL)');
  sql.run('CREATE TABLE IF NOT EXISTS sign_ins (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID');
  const found = (): string | undefined =>
    first(sql.query<{ account: string }>('SELECT account FROM identity'))?.account;
  return {
    find({ signIn, expires }) {
      sql.run('DELETE FROM sign_ins WHERE expires <= ?', now());
      const isSpent = first(sql.query('SELECT id FROM sign_ins WHERE id = ?', signIn)) !== undefined;
      if (isSpent || expires <= now()) return 'spent';
      sql.run('INSERT INTO sign_ins (id, expires) VALUES (?, ?)', signIn, expires);
      return { account: found() };
    },
    claim({ account }) {
      if (found() === undefined) sql.run('INSERT INTO identity (account) VALUES (?)', account);
      return found() ?? account;
    },
    release({ account }) {
      sql.run('DELETE FROM identity WHERE account = ?', account);
    },
  };
}
