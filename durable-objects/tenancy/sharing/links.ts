/** The links that a cluster is shared by. A link is a token of the service; the cluster knows whether it counts. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Origin, ReportedProgress } from '../../../wire/rpc.ts';
import type { LinkKind, LinkUse, ShareLink } from '../../../wire/sharing.ts';
import { first, type Sql } from '../sql.ts';

/** Times in milliseconds since the epoch. */
export interface LinkRecord {
  id: string;
  role: LinkKind;
  label: string;
  created: number;
  expires: number;
  by: string;
  maxUses?: number;
}

/** Each is a row, for as long as it counts. */
const MAX_LINKS = 1000;

type Row = Omit<LinkRecord, 'maxUses' | 'role'> & { role: string; max: number | null; uses: number };

const SELECT = `SELECT id, role, label, created, expires, maker AS by, max,
    (SELECT count(*) FROM islet_link_uses WHERE link = islet_links.id) AS uses
  FROM islet_links`;

export class ShareLinks {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** False when there are too many. */
  add({ id, role, label, created, expires, by, maxUses }: LinkRecord): boolean {
    this.#makeTables();
    for (const table of ['islet_link_uses', 'islet_progress']) {
      this.#sql.run(`DELETE FROM ${table} WHERE link IN (SELECT id FROM islet_links WHERE expires <= ?)`, created);
    }
    this.#sql.run('DELETE FROM islet_links WHERE expires <= ?', created);
    if (this.list(created).length >= MAX_LINKS) return false;
    this.#sql.run(
      'INSERT INTO islet_links (id, role, label, created, expires, maker, max) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[id, role, label, created, expires, by, maxUses ?? null],
    );
    return true;
  }

  /** The links that count, oldest first, also those that are used up: a link shows who came by it. */
  list(now: number): ShareLink[] {
    if (!this.#exist()) return [];
    return Array.from(this.#sql.query<Row>(`${SELECT} WHERE expires > ? ORDER BY created, id`, now), summary);
  }

  find(id: string, now: number): ShareLink | undefined {
    if (!this.#exist()) return undefined;
    const row = first(this.#sql.query<Row>(`${SELECT} WHERE id = ? AND expires > ?`, id, now));
    return row && summary(row);
  }

  usesOf(id: string): LinkUse[] {
    if (!this.#exist()) return [];
    const sql = `SELECT u.account, coalesce(nullif(p.name, ''), u.name) AS name, u.at, p.lesson, p.done, p.steps, p.at AS reported
      FROM islet_link_uses u LEFT JOIN islet_progress p ON p.link = u.link AND p.account = u.account
      WHERE u.link = ? ORDER BY u.at, u.account`;
    return Array.from(this.#sql.query<UseRow>(sql, id), useOf);
  }

  /** The newest of a copy that the link gave; of an account that never came by it nothing is kept. */
  report(id: string, { account, name, lesson, done, steps }: ReportedProgress, at: number): void {
    if (!this.#exist() || this.useBy(id, account) === 'none') return;
    this.#sql.run(
      `INSERT INTO islet_progress (link, account, name, lesson, done, steps, at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (link, account) DO UPDATE SET
         name = excluded.name, lesson = excluded.lesson, done = excluded.done, steps = excluded.steps, at = excluded.at`,
      ...[id, account, name, lesson, done, steps, at],
    );
  }

  /** `barred`: the account was removed since, or has less than it had: the link gives it nothing any more. */
  useBy(id: string, account: string): 'none' | 'counts' | 'barred' {
    if (!this.#exist()) return 'none';
    const sql = 'SELECT barred FROM islet_link_uses WHERE link = ? AND account = ?';
    const found = first(this.#sql.query<{ barred: number }>(sql, id, account));
    if (!found) return 'none';
    return found.barred === 1 ? 'barred' : 'counts';
  }

  bar(account: string): void {
    if (this.#exist()) this.#sql.run('UPDATE islet_link_uses SET barred = 1 WHERE account = ?', account);
  }

  /** Links and progress of `from` become `to`'s, but where `to` came by itself. Of one link, or of all. */
  succeed(from: string, to: string, link?: string): void {
    if (!this.#exist()) return;
    for (const table of ['islet_link_uses', 'islet_progress']) {
      const where = link === undefined ? 'account = ?' : 'account = ? AND link = ?';
      const which = link === undefined ? [from] : [from, link];
      this.#sql.run(`UPDATE OR IGNORE ${table} SET account = ? WHERE ${where}`, to, ...which);
      this.#sql.run(`DELETE FROM ${table} WHERE ${where}`, ...which);
    }
  }

  /** One person counts once, however often they come. */
  use(id: string, { account, name, at }: { account: string; name: string; at: number }): void {
    const sql = 'INSERT INTO islet_link_uses (link, account, name, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.#sql.run(sql, id, account, name, at);
  }

  /** The link that this cluster was copied by, of another one. */
  get origin(): Origin | undefined {
    if (!first(this.#sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_origin'"))) return undefined;
    return first(this.#sql.query<{ cluster: string; link: string }>('SELECT cluster, link FROM islet_origin'));
  }

  setOrigin({ cluster, link }: Origin): void {
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_origin (cluster TEXT NOT NULL, link TEXT NOT NULL)');
    this.#sql.run('DELETE FROM islet_origin');
    this.#sql.run('INSERT INTO islet_origin (cluster, link) VALUES (?, ?)', cluster, link);
  }

  /** The link as it was; undefined when there is none that counts. */
  remove(id: string, now: number): ShareLink | undefined {
    const found = this.find(id, now);
    if (!found) return undefined;
    this.#sql.run('DELETE FROM islet_links WHERE id = ?', id);
    this.#sql.run('DELETE FROM islet_link_uses WHERE link = ?', id);
    this.#sql.run('DELETE FROM islet_progress WHERE link = ?', id);
    return found;
  }

  /** A cluster that is not shared has no tables for it. */
  #exist(): boolean {
    return first(this.#sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_links'")) !== undefined;
  }

  #makeTables(): void {
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_links (
         id TEXT PRIMARY KEY, role TEXT NOT NULL, label TEXT NOT NULL, created INTEGER NOT NULL,
         expires INTEGER NOT NULL, maker TEXT NOT NULL, max INTEGER) WITHOUT ROWID`,
    );
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_link_uses (
         link TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
         barred INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (link, account)) WITHOUT ROWID`,
    );
    this.#sql.run(
      `CREATE TABLE IF NOT EXISTS islet_progress (
         link TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL, lesson TEXT NOT NULL, done INTEGER NOT NULL,
         steps INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (link, account)) WITHOUT ROWID`,
    );
  }
}

type UseRow = {
  account: string;
  name: string;
  at: number;
  lesson: string | null;
  done: number | null;
  steps: number | null;
  reported: number | null;
};

function useOf({ account, name, at, lesson, done, steps, reported }: UseRow): LinkUse {
  const use = { account, name, at: rfc3339(at) };
  if (lesson === null) return use;
  return { ...use, progress: { lesson, done: done ?? 0, steps: steps ?? 0, at: rfc3339(reported ?? at) } };
}

function summary({ role, created, expires, max, ...row }: Row): ShareLink {
  return {
    ...row,
    role: role as LinkKind,
    created: rfc3339(created),
    expires: rfc3339(expires),
    ...(max === null ? {} : { maxUses: max }),
  };
}
