/**
 * The registry of an account's credentials: its tokens, the sessions of its dashboards, their forwards, and the codes and
 * tickets that these are traded for. A credential that another one issued ends with it, so none can renew itself.
 */
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { AccountCredential, SignInMethod } from '../../wire/account-rpc.ts';
import type { TokenScope } from '../../wire/identity.ts';
import { first, type Sql } from './sql.ts';

/** Times in milliseconds since the epoch. */
export interface CredentialRecord {
  jti: string;
  kind: AccountCredential['kind'] | 'code' | 'forward-ticket' | 'forward';
  created: number;
  expires: number;
  /** The credential that it was issued with; absent when that was the bootstrap secret. */
  issuer?: string;
  by: SignInMethod;
  label?: string;
  scope?: TokenScope;
  /** The `User-Agent` of the browser. */
  agent?: string;
  used?: number;
}

/** A credential's last use is written when the one that is written is older. Milliseconds. */
export const USE_NOTED_MS = 3600_000;
/** Characters of a browser's `User-Agent` that are kept. */
const MAX_AGENT = 300;

/** An account has no more of them at once: each is a row. */
const MAX_CREDENTIALS = 1000;

type Row = {
  jti: string;
  kind: string;
  created: number;
  expires: number;
  issuer: string | null;
  way: string;
  label: string | null;
  /** JSON. */
  scope: string | null;
  agent: string | null;
  used: number | null;
};

const COLUMNS = 'jti, kind, created, expires, issuer, way, label, scope, agent, used';

export class AccountCredentials {
  readonly #sql: Sql;
  readonly #useNotedMs: number;

  constructor(sql: Sql, useNotedMs = USE_NOTED_MS) {
    this.#sql = sql;
    this.#useNotedMs = useNotedMs;
    // Codes had a table of their own once.
    sql.run('DROP TABLE IF EXISTS codes');
    sql.run('CREATE TABLE IF NOT EXISTS account (opened INTEGER NOT NULL)');
    sql.run(
      `CREATE TABLE IF NOT EXISTS credentials (
         jti TEXT PRIMARY KEY, kind TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, issuer TEXT) WITHOUT ROWID`,
    );
    if (!first(sql.query("SELECT 1 AS yes FROM pragma_table_info('credentials') WHERE name = 'way'"))) {
      sql.run("ALTER TABLE credentials ADD COLUMN way TEXT NOT NULL DEFAULT 'bootstrap'");
      for (const column of ['label TEXT', 'agent TEXT', 'used INTEGER']) {
        sql.run(`ALTER TABLE credentials ADD COLUMN ${column}`);
      }
    }
    if (!first(sql.query("SELECT 1 AS yes FROM pragma_table_info('credentials') WHERE name = 'scope'"))) {
      sql.run('ALTER TABLE credentials ADD COLUMN scope TEXT');
    }
    sql.run(
      `CREATE TABLE IF NOT EXISTS reached (
         jti TEXT NOT NULL, cluster TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (jti, cluster)) WITHOUT ROWID`,
    );
  }

  /** Whether the account has ever had a token. */
  get opened(): boolean {
    return first(this.#sql.query('SELECT opened FROM account')) !== undefined;
  }

  /** The last time at which one of its credentials was used, or came to be; undefined when it has none. */
  get lastUse(): number | undefined {
    const sql = 'SELECT max(coalesce(used, created)) AS at FROM credentials';
    return first(this.#sql.query<{ at: number | null }>(sql))?.at ?? undefined;
  }

  /** False when there are too many. A credential ends with its issuer at the latest. */
  add(record: CredentialRecord): boolean {
    const { jti, kind, created, expires, issuer, by, label, scope, agent } = record;
    this.#sql.run('DELETE FROM credentials WHERE expires <= ?', created);
    this.#sql.run('DELETE FROM reached WHERE expires <= ?', created);
    const { count = 0 } = first(this.#sql.query<{ count: number }>('SELECT count(*) AS count FROM credentials')) ?? {};
    if (count >= MAX_CREDENTIALS) return false;
    if (!this.opened) this.#sql.run('INSERT INTO account (opened) VALUES (?)', created);
    this.#sql.run(
      'INSERT INTO credentials (jti, kind, created, expires, issuer, way, label, scope, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[jti, kind, created, expires, issuer ?? null],
      ...[by, label ?? null, scope ? JSON.stringify(scope) : null, agent?.slice(0, MAX_AGENT) ?? null],
    );
    return true;
  }

  /** The credential, if it counts. */
  find(jti: string, now: number): CredentialRecord | undefined {
    const sql = `SELECT ${COLUMNS} FROM credentials WHERE jti = ? AND expires > ?`;
    const row = first(this.#sql.query<Row>(sql, jti, now));
    return row && record(row);
  }

  /** Finds it for a request that is made with it, and notes that it was used. */
  use(jti: string, now: number): CredentialRecord | undefined {
    const found = this.find(jti, now);
    if (found && (found.used === undefined || now - found.used >= this.#useNotedMs)) {
      this.#sql.run('UPDATE credentials SET used = ? WHERE jti = ?', now, jti);
    }
    return found;
  }

  /** Tokens and sessions that count, oldest first. */
  list(now: number): AccountCredential[] {
    const sql = `SELECT ${COLUMNS} FROM credentials WHERE kind IN ('token', 'session') AND expires > ? ORDER BY created, jti`;
    return Array.from(this.#sql.query<Row>(sql, now), (row) => summary(record(row)));
  }

  /** Forwards that are open, newest first. */
  forwards(now: number): CredentialRecord[] {
    const sql = `SELECT ${COLUMNS} FROM credentials WHERE kind = 'forward' AND expires > ? ORDER BY created DESC, jti`;
    return Array.from(this.#sql.query<Row>(sql, now), record);
  }

  /** A code, or a ticket, once: it is gone after this. */
  takeCode(jti: string, now: number, kind: 'code' | 'forward-ticket' = 'code'): CredentialRecord | undefined {
    const code = this.find(jti, now);
    if (code?.kind !== kind) return undefined;
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

  /** The ids of those that a cluster was reached with. */
  reachedWith(cluster: string): string[] {
    const rows = this.#sql.query<{ jti: string }>('SELECT jti FROM reached WHERE cluster = ?', cluster);
    return Array.from(rows, ({ jti }) => jti);
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

function record({ way, issuer, label, scope, agent, used, ...row }: Row): CredentialRecord {
  return {
    ...row,
    kind: row.kind as CredentialRecord['kind'],
    by: way as SignInMethod,
    issuer: issuer ?? undefined,
    label: label ?? undefined,
    scope: scope === null ? undefined : (JSON.parse(scope) as TokenScope),
    agent: agent ?? undefined,
    used: used ?? undefined,
  };
}

function summary({ jti, kind, created, expires, used, ...rest }: CredentialRecord): AccountCredential {
  return {
    id: jti,
    kind: kind as AccountCredential['kind'],
    created: rfc3339(created),
    expires: rfc3339(expires),
    ...rest,
    used: used === undefined ? undefined : rfc3339(used),
  };
}
