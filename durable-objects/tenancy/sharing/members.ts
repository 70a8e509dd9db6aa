/**
 * The members of a cluster, kept by the cluster itself: it alone says which role an account has, so that a change counts
 * from the next request on, and what a removed member has open ends at once.
 */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Member, Role } from '../../../wire/sharing.ts';
import { first, type Sql } from '../sql.ts';

export interface MemberRecord {
  account: string;
  name: string;
  role: Role;
  /** Milliseconds since the epoch. */
  joined: number;
  link: string;
}

/** Each is a row, and all of them are kept in memory. */
const MAX_MEMBERS = 1000;

type Row = { account: string; name: string; role: string; joined: number; link: string };

export class Members {
  readonly #sql: Sql;
  /** Read on each request of a member. */
  #roles: Map<string, Role> | undefined;
  /** Tokens that a member was seen with. */
  readonly #noted = new Set<string>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  roleOf(account: string): Role | undefined {
    this.#roles ??= new Map(Array.from(this.#rows(), ({ account: member, role }) => [member, role as Role]));
    return this.#roles.get(account);
  }

  list(): Member[] {
    return Array.from(this.#rows(), ({ joined, role, ...row }) => ({
      ...row,
      role: role as Role,
      joined: rfc3339(joined),
    }));
  }

  get isFull(): boolean {
    return this.list().length >= MAX_MEMBERS;
  }

  /** Adds the member, or gives it another role. */
  set({ account, name, role, joined, link }: MemberRecord): void {
    this.#makeTables();
    this.#sql.run(
      `INSERT INTO islet_members (account, name, role, joined, link) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account) DO UPDATE SET role = excluded.role, name = excluded.name`,
      ...[account, name, role, joined, link],
    );
    this.#roles?.set(account, role);
  }

  /** Returns the tokens that the member was seen with: what they opened is to end. */
  remove(account: string): string[] {
    if (!this.#exist()) return [];
    this.#sql.run('DELETE FROM islet_members WHERE account = ?', account);
    this.#roles?.delete(account);
    return this.takeTokens(account);
  }

  /** A token of a member opens something: it is to end when the member is removed, or has another role. */
  note({ account, jti, expires, now }: { account: string; jti: string; expires: number; now: number }): void {
    if (this.#noted.has(jti) || !this.#exist()) return;
    this.#sql.run('DELETE FROM islet_member_tokens WHERE expires <= ?', now);
    const sql = 'INSERT INTO islet_member_tokens (jti, account, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    this.#sql.run(sql, jti, account, expires);
    this.#noted.add(jti);
  }

  /** The tokens that were noted, and are no longer. */
  takeTokens(account: string): string[] {
    if (!this.#exist()) return [];
    const sql = 'SELECT jti FROM islet_member_tokens WHERE account = ?';
    const ids = Array.from(this.#sql.query<{ jti: string }>(sql, account), ({ jti }) => jti);
    this.#sql.run('DELETE FROM islet_member_tokens WHERE account = ?', account);
    for (const id of ids) this.#noted.delete(id);
    return ids;
  }

  #rows(): Iterable<Row> {
    if (!this.#exist()) return [];
    return this.#sql.query<Row>('SELECT account, name, role, joined, link FROM islet_members ORDER BY joined, account');
  }

  /** A cluster that is not shared has no tables for it. */
  #exist(): boolean {
    return first(this.#sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_members'")) !== undefined;
  }

  #makeTables(): void {
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_members (
         account TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, joined INTEGER NOT NULL, link TEXT NOT NULL) WITHOUT ROWID`,
    );
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_member_tokens (
         jti TEXT PRIMARY KEY, account TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID`,
    );
  }
}
