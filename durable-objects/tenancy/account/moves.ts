/**
 * Clusters that leave for another account. The cluster's object says whose it is, in one write: that is the moment of the
 * move. The giver keeps its row until the receiver has one, and goes on after a crash, so that there is never none.
 */
import type { AccountRpc } from '../../../wire/account-rpc.ts';
import type { ClusterRpc, ClusterSummary } from '../../../wire/rpc.ts';
import type { AccountClusters } from '../account-clusters.ts';
import { first, type Sql } from '../sql.ts';
import type { Alarms } from './alarms.ts';

export interface MovePorts {
  sql: Sql;
  alarms: Alarms;
  clusters: AccountClusters;
  cluster(id: string): ClusterRpc;
  account(name: string): AccountRpc;
  /** The link that a cluster of the account is a copy by. */
  linkOf(cluster: string): string | undefined;
  /** Whether a credential of the account counts. */
  counts(credential: string): boolean;
  /** The ids of the account's credentials that the cluster was reached with. */
  reachedWith(cluster: string): string[];
  /** A cluster has come. */
  received(): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

const FINISH = 'finish moves of clusters';
/** Until a move that broke off is gone on with. Milliseconds. */
const RETRY_MS = 60_000;

/** An arrival is remembered as long as its giver might tell of it again: until then a deleted cluster is destroyed. */
const RECEIVED_MS = 30 * 24 * 3600_000;

type Departure = { id: string; source: string; target: string; other: number | null };

export interface Move {
  source: string;
  target: string;
  /** Another person's: what the giver may hold of the cluster ends. */
  toOther: boolean;
}

export class Moves {
  readonly #ports: MovePorts;
  /** Moves that go on now: a second caller waits for the first. */
  readonly #moving = new Map<string, Promise<ClusterSummary | undefined>>();

  constructor(ports: MovePorts) {
    this.#ports = ports;
    const { sql, alarms } = ports;
    sql.run(
      'CREATE TABLE IF NOT EXISTS departures (id TEXT PRIMARY KEY, source TEXT NOT NULL, target TEXT NOT NULL) WITHOUT ROWID',
    );
    if (!hasColumn(sql, 'departures', 'other')) sql.run('ALTER TABLE departures ADD COLUMN other INTEGER');
    sql.run('CREATE TABLE IF NOT EXISTS received (id TEXT PRIMARY KEY) WITHOUT ROWID');
    if (!hasColumn(sql, 'received', 'at')) sql.run('ALTER TABLE received ADD COLUMN at INTEGER NOT NULL DEFAULT 0');
    sql.run('CREATE TABLE IF NOT EXISTS offers (jti TEXT PRIMARY KEY, cluster TEXT, expires INTEGER) WITHOUT ROWID');
    if (!hasColumn(sql, 'offers', 'credential')) sql.run('ALTER TABLE offers ADD COLUMN credential TEXT');
    alarms.on(FINISH, () => this.finishAll());
  }

  /** It ends with `credential`, whose holder made it, at the latest. `expires` in milliseconds since the epoch. */
  addOffer(jti: string, cluster: string, expires: number, credential: string): void {
    const { sql, now } = this.#ports;
    sql.run('DELETE FROM offers WHERE expires <= ?', now());
    sql.run(
      'INSERT INTO offers (jti, cluster, expires, credential) VALUES (?, ?, ?, ?)',
      jti,
      cluster,
      expires,
      credential,
    );
  }

  isOffered(jti: string, cluster: string): boolean {
    const { sql, counts, now } = this.#ports;
    const statement = 'SELECT credential FROM offers WHERE jti = ? AND cluster = ? AND expires > ?';
    const offer = first(sql.query<{ credential: string | null }>(statement, jti, cluster, now()));
    return typeof offer?.credential === 'string' && counts(offer.credential);
  }

  isLeaving(id: string): boolean {
    return first(this.#ports.sql.query('SELECT id FROM departures WHERE id = ?', id)) !== undefined;
  }

  /**
   * Begins the move, from which there is no way back: all offers of the cluster end. The cluster as the receiver has it;
   * undefined when it turned out to be gone.
   */
  async move(id: string, { source, target, toOther }: Move): Promise<ClusterSummary | undefined> {
    const { sql, alarms, now } = this.#ports;
    if (!this.isLeaving(id)) {
      alarms.set(FINISH, now() + RETRY_MS);
      sql.run(
        'INSERT INTO departures (id, source, target, other) VALUES (?, ?, ?, ?)',
        id,
        source,
        target,
        Number(toOther),
      );
      sql.run('DELETE FROM offers WHERE cluster = ?', id);
    }
    return this.#finish(id);
  }

  /** Throws when a cluster, or another account, could not be reached. */
  async finishAll(): Promise<void> {
    const rows = [...this.#ports.sql.query<Departure>('SELECT id FROM departures')];
    for (const { id } of rows) await this.#finish(id);
  }

  /** Takes a cluster of another account. One that was received before, and has left or was deleted since, stays away. */
  receive(cluster: ClusterSummary): ClusterSummary {
    const { sql, clusters, now } = this.#ports;
    const known = clusters.list().find(({ id }) => id === cluster.id);
    // A cluster that had left comes back before this account has heard of its arrival: that move is over.
    if (known) sql.run('DELETE FROM departures WHERE id = ?', cluster.id);
    if (known) return known;
    const wasHere = first(sql.query('SELECT id FROM received WHERE id = ?', cluster.id)) !== undefined;
    if (wasHere) return cluster;
    sql.run('DELETE FROM received WHERE at <= ?', now() - RECEIVED_MS);
    sql.run('INSERT INTO received (id, at) VALUES (?, ?)', cluster.id, now());
    const taken = clusters.receive(cluster);
    this.#ports.received();
    return taken;
  }

  #finish(id: string): Promise<ClusterSummary | undefined> {
    const moving =
      this.#moving.get(id) ??
      this.#carry(id).finally(() => {
        this.#moving.delete(id);
      });
    this.#moving.set(id, moving);
    return moving;
  }

  async #carry(id: string): Promise<ClusterSummary | undefined> {
    const { sql, alarms, clusters, cluster, account, reachedWith, linkOf } = this.#ports;
    const statement = 'SELECT id, source, target, other FROM departures WHERE id = ?';
    const departure = first(sql.query<Departure>(statement, id));
    const own = clusters.list().find((each) => each.id === id);
    let arrived: ClusterSummary | undefined;
    if (departure && own) {
      const { source: from, target: to, other } = departure;
      const { id: _, ...rest } = own;
      const state = await cluster(id).moveTo({
        ...{ from, to, name: own.name, tokens: reachedWith(id) },
        ...(other === 1 && { toOther: true }),
      });
      if (state === 'moved') {
        arrived = await account(to).receiveCluster({ cluster: { id, ...rest }, copyBy: linkOf(id) });
        if (!this.isLeaving(id)) return arrived;
        if (arrived.name !== own.name) await cluster(id).moveTo({ from, to, name: arrived.name, tokens: [] });
      }
    }
    // The row goes only now: the receiver has one, or there is nothing to have.
    clusters.release(id);
    sql.run('DELETE FROM received WHERE id = ?', id);
    sql.run('DELETE FROM departures WHERE id = ?', id);
    if (!first(sql.query('SELECT id FROM departures'))) alarms.set(FINISH, undefined);
    return arrived;
  }
}

function hasColumn(sql: Sql, table: string, column: string): boolean {
  return first(sql.query(`SELECT 1 AS yes FROM pragma_table_info('${table}') WHERE name = '${column}'`)) !== undefined;
}
