/**
 * A cluster's own bookkeeping about who may speak to it: what it is called, which join tokens are left, which token
 * each node holds, and what was revoked. Kept beside the API objects; never one of them.
 */
import { first, type Sql } from './sql.ts';

export interface ClusterRecord {
  id: string;
  name: string;
  account: string;
}

export class ClusterBook {
  readonly #sql: Sql;
  /** Read on each request, so it is kept in memory: few tokens are ever revoked. */
  #revoked: Set<string> | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** False for storage that never was a cluster, or is one no longer. Writes nothing, so strangers leave no trace. */
  static exists(sql: Sql): boolean {
    return first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_cluster'")) !== undefined;
  }

  create(cluster: ClusterRecord): void {
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_cluster (id TEXT, name TEXT, account TEXT)');
    this.#sql.run(
      'CREATE TABLE IF NOT EXISTS islet_joins (jti TEXT PRIMARY KEY, uses INTEGER, expires INTEGER) WITHOUT ROWID',
    );
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_nodes (node TEXT PRIMARY KEY, jti TEXT) WITHOUT ROWID');
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_revoked (jti TEXT PRIMARY KEY) WITHOUT ROWID');
    if (this.record()) return;
    const { id, name, account } = cluster;
    this.#sql.run('INSERT INTO islet_cluster (id, name, account) VALUES (?, ?, ?)', id, name, account);
  }

  record(): ClusterRecord | undefined {
    return first(this.#sql.query<{ id: string; name: string; account: string }>('SELECT * FROM islet_cluster'));
  }

  isRevoked(jti: string): boolean {
    this.#revoked ??= new Set(
      Array.from(this.#sql.query<{ jti: string }>('SELECT jti FROM islet_revoked'), (row) => row.jti),
    );
    return this.#revoked.has(jti);
  }

  revoke(jti: string): void {
    this.#sql.run('INSERT OR IGNORE INTO islet_revoked (jti) VALUES (?)', jti);
    this.#revoked = undefined;
  }

  /** `now` in milliseconds. */
  addJoin(jti: string, uses: number, expires: number, now: number): void {
    this.#sql.run('DELETE FROM islet_joins WHERE expires < ?', now);
    this.#sql.run('INSERT INTO islet_joins (jti, uses, expires) VALUES (?, ?, ?)', jti, uses, expires);
  }

  /** Uses the join token up by one; false when nothing of it is left. */
  takeJoin(jti: string, now: number): boolean {
    const sql = 'UPDATE islet_joins SET uses = uses - 1 WHERE jti = ? AND uses > 0 AND expires >= ?';
    return this.#sql.run(sql, jti, now) > 0;
  }

  /** The node's newest token; the one it held before is revoked, and its id answered. */
  setNodeToken(node: string, jti: string): string | undefined {
    const before = first(this.#sql.query<{ jti: string }>('SELECT jti FROM islet_nodes WHERE node = ?', node))?.jti;
    this.#sql.run('INSERT OR REPLACE INTO islet_nodes (node, jti) VALUES (?, ?)', node, jti);
    if (before !== undefined) this.revoke(before);
    return before;
  }
}
