/** The identities that lead to an account. The identity's own object says where it leads; this is the account's list. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { LinkedIdentity, NewIdentity } from '../../../wire/identity-rpc.ts';
import { first, type Sql } from '../sql.ts';

type Row = {
  key: string;
  provider: string;
  issuer: string;
  label: string;
  created: number;
  used: number | null;
};

const COLUMNS = 'key, provider, issuer, label, created, used';

/** An account has no more of them: each is a row. */
export const MAX_IDENTITIES = 20;

export class Identities {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run(
      `CREATE TABLE IF NOT EXISTS identities (
         key TEXT PRIMARY KEY, provider TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL, label TEXT NOT NULL,
         created INTEGER NOT NULL, used INTEGER) WITHOUT ROWID`,
    );
  }

  get count(): number {
    return first(this.#sql.query<{ count: number }>('SELECT count(*) AS count FROM identities'))?.count ?? 0;
  }

  find(key: string): LinkedIdentity | undefined {
    const row = first(this.#sql.query<Row>(`SELECT ${COLUMNS} FROM identities WHERE key = ?`, key));
    return row && linked(row);
  }

  list(): LinkedIdentity[] {
    return Array.from(this.#sql.query<Row>(`SELECT ${COLUMNS} FROM identities ORDER BY created, key`), linked);
  }

  /** `now` in milliseconds since the epoch. */
  add({ key, provider, issuer, subject, label }: NewIdentity, now: number): void {
    this.#sql.run(
      'INSERT INTO identities (key, provider, issuer, subject, label, created) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET label = excluded.label',
      ...[key, provider, issuer, subject, label, now],
    );
  }

  /** Notes a sign-in, and the name that the provider gives the person by now. */
  use({ key, label }: NewIdentity, now: number): void {
    this.#sql.run('UPDATE identities SET used = ?, label = ? WHERE key = ?', now, label, key);
  }

  remove(key: string): void {
    this.#sql.run('DELETE FROM identities WHERE key = ?', key);
  }

  removeAll(): void {
    this.#sql.run('DELETE FROM identities');
  }
}

function linked({ key, created, used, ...row }: Row): LinkedIdentity {
  return { id: key, ...row, created: rfc3339(created), ...(used === null ? {} : { used: rfc3339(used) }) };
}
