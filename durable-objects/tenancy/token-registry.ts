/**
 * The registry of a cluster's tokens, issued and revoked, and the record of the cluster
 * itself. Both are kept beside the API objects and are none of them.
 */
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { AccountKind } from '../../wire/account-rpc.ts';
import { COMPONENTS, type Component, type TokenSummary } from '../../wire/rpc.ts';
import { first, type Sql } from './sql.ts';

export interface ClusterRecord {
  id: string;
  name: string;
  account: string;
  /** The account's, whose limits the cluster has; absent for `bootstrap`. */
  kind?: AccountKind;
  /** The parts of the control plane that it does without. */
  without: readonly Component[];
}

/** Times in milliseconds since the epoch. */
export interface TokenRecord {
  jti: string;
  kind: TokenSummary['kind'];
  created: number;
  expires: number;
  /** The node of a node token. */
  node?: string;
  /** The number of machines that can still use a join token. */
  uses?: number;
  /** The account of a member's. */
  account?: string;
  /** The credential of an account that it ends with. */
  issuer?: string;
}

/** The limit of a cluster's tokens, those that were revoked and have not expired included: each is a row. */
const MAX_TOKENS = 10_000;
/** Of those, the kubeconfigs of members: however many they ask for, the owner can issue tokens. */
const MAX_MEMBER_TOKENS = 5000;
/** The kubeconfigs of one member that count at once: none can use up what the others may have. */
const MAX_TOKENS_OF_MEMBER = 100;

type Row = { jti: string; kind: string; created: number; expires: number; node: string | null; uses: number | null };

export class TokenRegistry {
  readonly #sql: Sql;
  /** Read on each request, so it is kept in memory: few tokens are ever revoked. */
  #revoked: Set<string> | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** False for storage that never was a cluster, or is one no longer. A look writes nothing. */
  static exists(sql: Sql): boolean {
    return first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_cluster'")) !== undefined;
  }

  create(cluster: ClusterRecord): void {
    this.#sql.run(
      'CREATE TABLE IF NOT EXISTS islet_cluster (id TEXT, name TEXT, account TEXT, without TEXT, kind TEXT)',
    );
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_tokens (
         jti TEXT PRIMARY KEY, kind TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
         node TEXT, uses INTEGER, revoked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
    );
    if (this.record()) return;
    const { id, name, account, without, kind } = cluster;
    this.#hasKind();
    const values = [id, name, account, without.join(), kind ?? null];
    this.#sql.run('INSERT INTO islet_cluster (id, name, account, without, kind) VALUES (?, ?, ?, ?, ?)', ...values);
  }

  record(): ClusterRecord | undefined {
    // Storage of clusters that were made before the column has none.
    type ClusterRow = { id: string; name: string; account: string; without?: string };
    const row = first(this.#sql.query<ClusterRow & Record<string, string>>('SELECT * FROM islet_cluster'));
    if (!row) return undefined;
    const { id, name, account, without = '', kind } = row;
    return {
      id,
      name,
      account,
      ...(kind ? { kind: kind as AccountKind } : {}),
      without: COMPONENTS.filter((component) => without.split(',').includes(component)),
    };
  }

  setKind(kind: AccountKind): void {
    this.#hasKind();
    this.#sql.run('UPDATE islet_cluster SET kind = ?', kind);
  }

  #hasKind(): void {
    this.#hasColumn('islet_cluster', 'kind');
  }

  #hasOrigins(): void {
    for (const column of ['account', 'issuer']) this.#hasColumn('islet_tokens', column);
  }

  /** Storage of clusters that were made before the column has none. */
  #hasColumn(table: string, column: string): void {
    if (first(this.#sql.query(`SELECT 1 AS yes FROM pragma_table_info('${table}') WHERE name = '${column}'`))) return;
    this.#sql.run(`ALTER TABLE ${table} ADD COLUMN ${column} TEXT`);
  }

  /** The cluster is another account's from now on, under a name of that account's. */
  move(account: string, name: string): void {
    this.#sql.run('UPDATE islet_cluster SET account = ?, name = ?', account, name);
  }

  /** Whether there are too many tokens to issue another. */
  isFull(now: number): boolean {
    this.#sql.run('DELETE FROM islet_tokens WHERE expires < ?', now);
    const { count = 0 } = first(this.#sql.query<{ count: number }>('SELECT count(*) AS count FROM islet_tokens')) ?? {};
    return count >= MAX_TOKENS;
  }

  /** The same of members' kubeconfigs. */
  isFullForMembers(now: number): boolean {
    if (this.isFull(now)) return true;
    const sql = "SELECT count(*) AS count FROM islet_tokens WHERE kind = 'member'";
    return (first(this.#sql.query<{ count: number }>(sql))?.count ?? 0) >= MAX_MEMBER_TOKENS;
  }

  /** Whether one member has as many kubeconfigs as it may. */
  isFullFor(account: string, now: number): boolean {
    this.#hasOrigins();
    const sql = 'SELECT count(*) AS count FROM islet_tokens WHERE account = ? AND revoked = 0 AND expires >= ?';
    return (first(this.#sql.query<{ count: number }>(sql, account, now))?.count ?? 0) >= MAX_TOKENS_OF_MEMBER;
  }

  /** Adds a token that was issued, and removes those that have expired since. */
  add({ jti, kind, created, expires, node, uses, account, issuer }: TokenRecord): void {
    this.#sql.run('DELETE FROM islet_tokens WHERE expires < ?', created);
    this.#sql.run(
      'INSERT INTO islet_tokens (jti, kind, created, expires, node, uses) VALUES (?, ?, ?, ?, ?, ?)',
      ...[jti, kind, created, expires, node ?? null, uses ?? null],
    );
    if (account === undefined && issuer === undefined) return;
    this.#hasOrigins();
    const sql = 'UPDATE islet_tokens SET account = ?, issuer = ? WHERE jti = ?';
    this.#sql.run(sql, account ?? null, issuer ?? null, jti);
  }

  /** The tokens that count, oldest first. `now` in milliseconds. */
  list(now: number): TokenSummary[] {
    const rows = this.#sql.query<Row>(
      'SELECT jti, kind, created, expires, node, uses FROM islet_tokens WHERE revoked = 0 AND expires >= ? AND uses IS NOT 0 ORDER BY created, jti',
      now,
    );
    return Array.from(rows, summary);
  }

  isRevoked(jti: string): boolean {
    return this.#revokedIds().has(jti);
  }

  /** The ids of all that were revoked and have not been removed since. */
  #revokedIds(): ReadonlySet<string> {
    this.#revoked ??= new Set(
      Array.from(this.#sql.query<{ jti: string }>('SELECT jti FROM islet_tokens WHERE revoked = 1'), (row) => row.jti),
    );
    return this.#revoked;
  }

  /** Refuses a token of the owning account from now on: the account keeps the list of those. */
  refuse(jti: string, expires: number, now: number): void {
    this.#sql.run(
      "INSERT OR REPLACE INTO islet_tokens (jti, kind, created, expires, revoked) VALUES (?, 'account', ?, ?, 1)",
      ...[jti, now, expires],
    );
    this.#revoked?.add(jti);
  }

  /** The token as it was, or undefined when there is none that counts. */
  revoke(jti: string, now: number): TokenSummary | undefined {
    const found = this.list(now).find(({ id }) => id === jti);
    if (found) this.#markRevoked(jti);
    return found;
  }

  /** Takes one of the join token's uses; false when there is none left. */
  takeJoin(jti: string, now: number): boolean {
    const sql = 'UPDATE islet_tokens SET uses = uses - 1 WHERE jti = ? AND uses > 0 AND expires >= ? AND revoked = 0';
    return this.#sql.run(sql, jti, now) > 0;
  }

  /** The token of a node of this name that was issued last, of those that count. */
  newestOfNode(node: string, now: number): { jti: string; created: number } | undefined {
    const sql =
      'SELECT jti, created FROM islet_tokens WHERE node = ? AND revoked = 0 AND expires >= ? ORDER BY created DESC, jti LIMIT 1';
    return first(this.#sql.query<{ jti: string; created: number }>(sql, node, now));
  }

  /** Revokes the tokens of a node of this name, but for those to keep. Returns their ids. */
  revokeNode(node: string, now: number, ...keep: readonly (string | undefined)[]): string[] {
    const held = this.list(now).filter((token) => token.node === node && !keep.includes(token.id));
    for (const { id } of held) this.#markRevoked(id);
    return held.map(({ id }) => id);
  }

  /** Revokes those that a credential of an account has issued. Returns their ids. */
  revokeIssuedBy(issuer: string): string[] {
    this.#hasOrigins();
    const rows = this.#sql.query<{ jti: string }>(
      'SELECT jti FROM islet_tokens WHERE issuer = ? AND revoked = 0',
      issuer,
    );
    const ids = Array.from(rows, ({ jti }) => jti);
    for (const id of ids) this.#markRevoked(id);
    return ids;
  }

  #markRevoked(jti: string): void {
    this.#sql.run('UPDATE islet_tokens SET revoked = 1 WHERE jti = ?', jti);
    this.#revoked?.add(jti);
  }
}

function summary({ jti, kind, created, expires, node, uses }: Row): TokenSummary {
  return {
    id: jti,
    kind: kind as TokenSummary['kind'],
    created: rfc3339(created),
    expires: rfc3339(expires),
    ...(node === null ? {} : { node }),
    ...(uses === null ? {} : { uses }),
  };
}
