/** The clusters of an account by name, their limits, and the clusters whose creation did not finish. */
import { failure, type Reason, type Status } from '../../kube/machinery/status.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import { type ClusterSummary, COMPONENTS, type Component, type DeletedCluster } from '../../wire/rpc.ts';
import { checkName } from './names.ts';
import { first, type Sql } from './sql.ts';

const MINUTE = 60_000;
/** Of a DNS label. */
const MAX_NAME = 63;

export interface AccountLimits {
  clusters: number;
  /** Clusters created within any minute. */
  clustersPerMinute: number;
  /** Hours for which a deleted cluster can be had back; none when left out. */
  undeleteHours?: number;
}

type Row = { id: string; name: string; created: string; without: string };

const SELECT = 'SELECT id, name, created, without FROM clusters';

export type Claimed = { ok: true; cluster: ClusterSummary } | { ok: false; status: Status };

export class AccountClusters {
  readonly #sql: Sql;
  readonly #limits: AccountLimits;

  constructor(sql: Sql, limits: AccountLimits) {
    this.#sql = sql;
    this.#limits = limits;
    sql.run(
      'CREATE TABLE IF NOT EXISTS clusters (name TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, created TEXT NOT NULL) WITHOUT ROWID',
    );
    if (!first(sql.query("SELECT 1 AS yes FROM pragma_table_info('clusters') WHERE name = 'without'")))
      sql.run("ALTER TABLE clusters ADD COLUMN without TEXT NOT NULL DEFAULT ''");
    sql.run('CREATE TABLE IF NOT EXISTS unfinished (id TEXT PRIMARY KEY) WITHOUT ROWID');
    if (!first(sql.query("SELECT 1 AS yes FROM pragma_table_info('unfinished') WHERE name = 'way'")))
      sql.run("ALTER TABLE unfinished ADD COLUMN way TEXT NOT NULL DEFAULT ''");
    sql.run('CREATE TABLE IF NOT EXISTS creations (at INTEGER NOT NULL)');
  }

  /**
   * Takes the name, or says why not. Nothing is awaited between the check and the row. A cluster of this name whose
   * creation did not finish is taken up again, under its own id. `now` in milliseconds.
   */
  claim(name: string, id: string, now: number, without: readonly Component[] = []): Claimed {
    const invalid = checkName(name);
    if (invalid) return { ok: false, status: invalid };
    const known = this.find(name);
    if (known) return this.isFinished(known.id) ? alreadyExists(name) : { ok: true, cluster: known };
    const full = this.full();
    if (full) return full;
    const wait = this.#take(now);
    if (wait > 0) return this.#tooFast(wait);
    const created = rfc3339(now);
    this.#sql.run('INSERT INTO unfinished (id) VALUES (?)', id);
    const row = { id, name, created, without: without.join() };
    this.#insert(row);
    return { ok: true, cluster: summary(row) };
  }

  /** The way in which the creation that has not finished went on last; '' where it has not begun. */
  wayOf(id: string): string {
    return first(this.#sql.query<{ way: string }>('SELECT way FROM unfinished WHERE id = ?', id))?.way ?? '';
  }

  setWay(id: string, way: string): void {
    this.#sql.run('UPDATE unfinished SET way = ? WHERE id = ?', way, id);
  }

  /** A cluster that is taken up again has the properties that are asked for now. */
  setWithout(id: string, without: readonly Component[]): void {
    this.#sql.run('UPDATE clusters SET without = ? WHERE id = ? AND without <> ?', without.join(), id, without.join());
  }

  /** Takes a name for a cluster that there is already, or says why not. */
  claimFor(name: string, { id, created, without }: DeletedCluster): Claimed {
    const invalid = checkName(name);
    if (invalid) return { ok: false, status: invalid };
    if (this.find(name)) return alreadyExists(name);
    const full = this.full();
    if (full) return full;
    this.#insert({ id, name, created, without: without.join() });
    return { ok: true, cluster: summary({ id, name, created, without: without.join() }) };
  }

  /** How many clusters the account may have; 0 is no limit. */
  get most(): number {
    return this.#limits.clusters;
  }

  /** The answer where there is no room for another cluster. */
  full(): { ok: false; status: Status } | undefined {
    const { clusters } = this.#limits;
    if (clusters === 0 || this.list().length < clusters) return undefined;
    return refuse('Forbidden', `this account may have ${clusters} clusters, and has them: delete one first`);
  }

  #insert({ id, name, created, without }: Row): void {
    const sql = 'INSERT INTO clusters (name, id, created, without) VALUES (?, ?, ?, ?)';
    this.#sql.run(sql, name, id, created, without);
  }

  /**
   * Takes a cluster that was another account's, also where there is no room: it must be someone's. Where its name is
   * taken, `name-2` and so on is its name here.
   */
  receive({ id, name, created, without = [] }: ClusterSummary): ClusterSummary {
    let free = name;
    for (let number = 2; this.find(free); number++) {
      const end = `-${number}`;
      free = `${name.slice(0, MAX_NAME - end.length)}${end}`;
    }
    const row = { id, name: free, created, without: without.join() };
    this.#insert(row);
    return summary(row);
  }

  /** The creation of the cluster has finished. */
  finish(id: string): void {
    this.#sql.run('DELETE FROM unfinished WHERE id = ?', id);
  }

  isFinished(id: string): boolean {
    return first(this.#sql.query('SELECT id FROM unfinished WHERE id = ?', id)) === undefined;
  }

  /** Counts a creation; or, when there have been too many, the milliseconds until there may be one. */
  #take(now: number): number {
    this.#sql.run('DELETE FROM creations WHERE at <= ?', now - MINUTE);
    const sql = 'SELECT count(*) AS count, coalesce(min(at), ?) AS oldest FROM creations';
    const { count = 0, oldest = now } = first(this.#sql.query<{ count: number; oldest: number }>(sql, now)) ?? {};
    if (count >= this.#limits.clustersPerMinute) return oldest + MINUTE - now;
    this.#sql.run('INSERT INTO creations (at) VALUES (?)', now);
    return 0;
  }

  #tooFast(wait: number): { ok: false; status: Status } {
    const retryAfterSeconds = Math.ceil(wait / 1000);
    const { clustersPerMinute } = this.#limits;
    const message = `this account may create ${clustersPerMinute} clusters a minute: try again in ${retryAfterSeconds} seconds`;
    return { ok: false, status: { ...failure('TooManyRequests', message), details: { retryAfterSeconds } } };
  }

  /** By its id: another cluster may have the name by now. */
  release(id: string): void {
    this.#sql.run('DELETE FROM clusters WHERE id = ?', id);
    this.finish(id);
  }

  find(name: string): ClusterSummary | undefined {
    const row = first(this.#sql.query<Row>(`${SELECT} WHERE name = ?`, name));
    return row && summary(row);
  }

  /** By name. */
  list(): ClusterSummary[] {
    return Array.from(this.#sql.query<Row>(`${SELECT} ORDER BY name`), summary);
  }

  owns(id: string): boolean {
    return first(this.#sql.query('SELECT id FROM clusters WHERE id = ?', id)) !== undefined;
  }
}

function summary({ without, ...cluster }: Row): ClusterSummary {
  const missing = COMPONENTS.filter((component) => without.split(',').includes(component));
  return missing.length === 0 ? cluster : { ...cluster, without: missing };
}

export function alreadyExists(name: string): { ok: false; status: Status } {
  return refuse('AlreadyExists', `clusters ${JSON.stringify(name)} already exists`);
}

/** As upstream says it of an object that is terminating (apiserver `pkg/registry/generic/registry/store.go`). */
export function isBeingDeleted(name: string): { ok: false; status: Status } {
  return refuse('AlreadyExists', `object is being deleted: clusters ${JSON.stringify(name)} already exists`);
}

export function isBeingCreated(name: string): { ok: false; status: Status } {
  return refuse('Conflict', `cluster ${JSON.stringify(name)} is being created: delete it once that has finished`);
}

export function noSuchCluster(name: string): { ok: false; status: Status } {
  return refuse('NotFound', `clusters ${JSON.stringify(name)} not found`);
}

export function tooManyNodes(max: number): { ok: false; status: Status } {
  return refuse('Forbidden', `a cluster of this account may have ${max} nodes: ask for fewer`);
}

export function noSuchDeletedCluster(name: string): { ok: false; status: Status } {
  return refuse('NotFound', `no deleted cluster ${JSON.stringify(name)} can be had back`);
}

export function refuse(reason: Reason, message: string): { ok: false; status: Status } {
  return { ok: false, status: failure(reason, message) };
}
