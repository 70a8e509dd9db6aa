/**
 * The end of a visitor's account: some days after its last use its clusters are destroyed, and then all that it is. A
 * visitor who became a person keeps it.
 */

import type { AccountKind } from '../../../wire/account-rpc.ts';
import type { AddressRpc } from '../../../wire/address-rpc.ts';
import { first, type Sql } from '../sql.ts';
import type { Alarms } from './alarms.ts';

export interface VisitPorts {
  sql: Sql;
  alarms: Alarms;
  /** Milliseconds since the epoch. */
  now(): number;
  /** How long an account of a visitor lasts after its last use. Milliseconds. */
  graceMs: number;
  kind(): AccountKind;
  /** The last use of any of its credentials. */
  lastUse(): number | undefined;
  /** The last time at which someone asked one of its clusters for something. Throws when one cannot be asked. */
  lastUseOfClusters(): Promise<number>;
  address(name: string): AddressRpc;
  account: {
    /** No credential counts any more. */
    close(): void;
    /** Idempotent; throws when some of it could not be done. */
    destroyClusters(): Promise<void>;
    leaveClusters(account: string): Promise<void>;
  };
}

const END = 'end the account of a visitor';
/** Until what could not be done is tried again. Milliseconds. */
const RETRY_MS = 5 * 60_000;

type Row = { account: string; address: string; ending: number };

export class Visits {
  readonly #ports: VisitPorts;
  /** All is done, and the storage can be wiped. */
  isOver = false;

  constructor(ports: VisitPorts) {
    this.#ports = ports;
    ports.sql.run(
      'CREATE TABLE IF NOT EXISTS visit (account TEXT NOT NULL, address TEXT NOT NULL, ending INTEGER NOT NULL)',
    );
    ports.alarms.on(END, () => this.#end());
  }

  /** `address`: the name of the object that counts the visitor; '' for none. */
  begin(account: string, address: string): void {
    const { sql, alarms, now, graceMs } = this.#ports;
    sql.run('INSERT INTO visit (account, address, ending) VALUES (?, ?, 0)', account, address);
    alarms.set(END, now() + graceMs);
  }

  /** The time at which the account ends if it is not used again; undefined for one that does not end. */
  get ends(): number | undefined {
    const { graceMs, kind, lastUse, now } = this.#ports;
    return kind() === 'visitor' ? (lastUse() ?? now()) + graceMs : undefined;
  }

  /** The visitor is one no longer: the address need not count them. */
  becamePerson(): void {
    const { alarms, now } = this.#ports;
    if (this.#row()) alarms.set(END, now());
  }

  async #end(): Promise<void> {
    const { sql, alarms, now, graceMs, kind, lastUse, account } = this.#ports;
    const row = this.#row();
    if (!row) return;
    if (kind() !== 'visitor') {
      await this.#release(row);
      sql.run('DELETE FROM visit');
      return;
    }
    const due = (lastUse() ?? 0) + graceMs;
    if (row.ending === 0 && due > now()) return alarms.set(END, due);
    if (row.ending === 0) {
      // A kubeconfig asks the cluster alone.
      const used = await this.#ports.lastUseOfClusters();
      const latest = Math.max(used, lastUse() ?? 0) + graceMs;
      if (kind() !== 'visitor') return alarms.set(END, now());
      if (latest > now()) return alarms.set(END, latest);
    }
    // From here on there is no way back, also for a try after this one.
    sql.run('UPDATE visit SET ending = 1');
    account.close();
    alarms.set(END, now() + RETRY_MS);
    await account.destroyClusters();
    await account.leaveClusters(row.account);
    await this.#release(row);
    this.isOver = true;
  }

  async #release({ account, address }: Row): Promise<void> {
    if (address !== '') await this.#ports.address(address).release({ account });
  }

  #row(): Row | undefined {
    return first(this.#ports.sql.query<Row>('SELECT account, address, ending FROM visit'));
  }
}
