/**
 * The registry of an account's credentials: its tokens, the sessions of its dashboards, and the codes that these are
 * traded for. A credential that another one issued ends with it, so none can renew itself.
 */
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { AccountCredential } from '../../wire/rpc.ts';
import { first, type Sql } from './sql.ts';

/** Times in milliseconds since the epoch. */
export interface CredentialRecord {
  jti: string;
  kind: AccountCredential['kind'] | 'code';
  created: number;
  expires: number;
  /** The credential that it was issued with; absent when that was the bootstrap secret. */
  issuer?: string;
}

/** An account has no more of them at once: each is a row. */
const MAX_CREDENTIALS = 1000;

type Row = { jti: string; kind: string; created: number; expires: number; issuer: string | null };

export class AccountCredentials {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    // Codes had a table of their own once.
    sql.run('DROP TABLE IF EXISTS codes');
    sql.run('CREATE TABLE IF NOT EXISTS account (opened INTEGER NOT NULL)');
    sql.run(
      `CREATE TABLE IF NOT EXISTS credentials (
         jti TEXT PRIMARY KEY, kind TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, issuer TEXT) WITHOUT ROWID`,
    );
    sql.run(
      `CREATE TABLE IF NOT EXISTS reached (
         jti TEXT NOT NULL, cluster TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (jti, cluster)) WITHOUT ROWID`,
    );
  }

  /** Whether the account has ever had a token. */
  get opened(): boolean {
    return first(this.#sql.query('SELECT opened FROM account')) !== undefined;
  }

  /** False when there are too many. A credential ends with its issuer at the latest. */
  add(record: CredentialRecord): boolean {
    const { jti, kind, created, expires, issuer } = record;
    this.#sql.run('DELETE FROM credentials WHERE expires <= ?', created);
    this.#sql.run('DELETE FROM reached WHERE expires <= ?', created);
    const { count = 0 } = first(this.#sql.query<{ count: number }>('SELECT count(*) AS count FROM credentials')) ?? {};
    if (count >= MAX_CREDENTIALS) return false;
    if (!this.opened) this.#sql.run('INSERT INTO account (opened) VALUES (?)', created);
    this.#sql.run(
      'INSERT INTO credentials (jti, kind, created, expires, issuer) VALUES (?, ?, ?, ?, ?)',
      ...[jti, kind, created, expires, issuer ?? null],
    );
    return true;
  }

  /** The credential, if it counts. */
  find(jti: string, now: number): CredentialRecord | undefined {
    const sql = 'SELECT jti, kind, created, expires, issuer FROM credentials WHERE jti = ? AND expires > ?';
    const row = first(this.#sql.query<Row>(sql, jti, now));
    return row && { ...row, kind: row.kind as CredentialRecord['kind'], issuer: row.issuer ?? undefined };
  }

  /** Tokens and sessions that count, oldest first. */
  list(now: number): AccountCredential[] {
    const sql =
      "SELECT jti, kind, created, expires, issuer FROM credentials WHERE kind <> 'code' AND expires > ? ORDER BY created, jti";
    return Array.from(this.#sql.query<Row>(sql, now), summary);
  }

  /** A code, once: it is gone after this. */
  takeCode(jti: string, now: number): CredentialRecord | undefined {
    const code = this.find(jti, now);
    if (code?.kind !== 'code') return undefined;
    this.#sql.run('DELETE FROM credentials WHERE jti = ?', jti);
    return code;
  }

  /** Notes that a cluster was reached with it: the cluster must be informed when it is revoked. */
  reached(jti: string, cluster: string, expires: number): void {
    this.#sql.run(
      'INSERT INTO reached (jti, cluster, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ...[jti, cluster, expires],
    );
  }

  /** Removes it, and all that was issued with it. The ids; none when there is no such credential. */
  revoke(jti: string): string[] {
    const sql = `WITH RECURSIVE issued (jti) AS (
        SELECT jti FROM credentials WHERE jti = ?
        UNION SELECT credentials.jti FROM credentials JOIN issued ON credentials.issuer = issued.jti)
      SELECT jti FROM issued`;
    const ids = Array.from(this.#sql.query<{ jti: string }>(sql, jti), (row) => row.jti);
    for (const id of ids) this.#sql.run('DELETE FROM credentials WHERE jti = ?', id);
    return ids;
  }

  revokeAll(): void {
    this.#sql.run('DELETE FROM credentials');
  }

  /** Clusters that were reached with credentials that count no longer, and do not know it. */
  unaware(): { cluster: string; jti: string; expires: number }[] {
    const sql =
      'SELECT cluster, jti, expires FROM reached WHERE jti NOT IN (SELECT jti FROM credentials) ORDER BY cluster, jti';
    return [...this.#sql.query<{ cluster: string; jti: string; expires: number }>(sql)];
  }

  markAware(jti: string, cluster: string): void {
    this.#sql.run('DELETE FROM reached WHERE jti = ? AND cluster = ?', jti, cluster);
  }
}

function summary({ jti, kind, created, expires, issuer }: Row): AccountCredential {
  return {
    id: jti,
    kind: kind as AccountCredential['kind'],
    created: rfc3339(created),
    expires: rfc3339(expires),
    ...(issuer === null ? {} : { issuer }),
  };
}
