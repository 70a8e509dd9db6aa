/**
 * A visitor who signs in to another account is followed there by what is no cluster of their own: the roles in clusters
 * of others, and the clusters that were deleted and can be had back. It goes on after a crash.
 */
import type { AccountRpc } from '../../../wire/account-rpc.ts';
import type { ClusterRpc } from '../../../wire/rpc.ts';
import type { PutAwayClusters } from '../put-away-clusters.ts';
import { first, type Sql } from '../sql.ts';
import type { Alarms } from './alarms.ts';
import type { Memberships } from './memberships.ts';

export interface SuccessionPorts {
  sql: Sql;
  alarms: Alarms;
  memberships: Memberships;
  putAway: PutAwayClusters;
  cluster(id: string): ClusterRpc;
  account(name: string): AccountRpc;
  /** Milliseconds since the epoch. */
  now(): number;
}

const FINISH = 'finish what a visitor brings along';
/** Until what broke off is gone on with. Milliseconds. */
const RETRY_MS = 60_000;

type Row = { source: string; target: string };

export class Succession {
  readonly #ports: SuccessionPorts;

  constructor(ports: SuccessionPorts) {
    this.#ports = ports;
    ports.sql.run('CREATE TABLE IF NOT EXISTS succession (source TEXT NOT NULL, target TEXT NOT NULL)');
    ports.alarms.on(FINISH, () => this.finish());
  }

  /** `to`: the account that the visitor of this one, `from`, has signed in to. Throws when some of it is to be gone on with. */
  async begin(from: string, to: string): Promise<void> {
    const { sql, alarms, now } = this.#ports;
    alarms.set(FINISH, now() + RETRY_MS);
    sql.run('DELETE FROM succession');
    sql.run('INSERT INTO succession (source, target) VALUES (?, ?)', from, to);
    await this.finish();
  }

  /** Throws when a cluster, or the other account, could not be reached. */
  async finish(): Promise<void> {
    const { sql, alarms, memberships, putAway, now } = this.#ports;
    const row = first(sql.query<Row>('SELECT source, target FROM succession'));
    if (!row) return;
    for (const { id } of memberships.list()) await this.#bringRole(id, row);
    for (const { id } of putAway.list(now())) await this.#bringDeleted(id, row);
    sql.run('DELETE FROM succession');
    alarms.set(FINISH, undefined);
  }

  async #bringRole(id: string, { source: from, target: to }: Row): Promise<void> {
    const { memberships, cluster, account } = this.#ports;
    const member = await cluster(id).succeed({ from, to });
    if (member) await account(to).receiveMembership({ cluster: id, ...member });
    memberships.remove(id);
  }

  async #bringDeleted(id: string, { source: from, target: to }: Row): Promise<void> {
    const { putAway, cluster, account, now } = this.#ports;
    const found = putAway.find(id, now());
    if (!found) return;
    const state = await cluster(id).moveTo({ from, to, name: found.name, tokens: [] });
    if (state === 'moved') await account(to).receiveDeleted({ cluster: found });
    // Another account's cluster must not be destroyed with the visit.
    putAway.remove(id);
  }
}
