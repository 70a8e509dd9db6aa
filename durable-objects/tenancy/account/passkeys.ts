/** The passkeys of an account. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Passkey } from '../../../wire/ways-in-rpc.ts';
import { first, type Sql } from '../sql.ts';

/** Times in milliseconds since the epoch. */
export interface PasskeyRecord {
  /** base64url, as everywhere. */
  id: string;
  publicKey: Uint8Array<ArrayBuffer>;
  /** Signatures that its authenticator has counted; 0 for one that does not count. */
  counter: number;
  transports: string[];
  label: string;
  created: number;
  used?: number;
  backedUp: boolean;
}

/** Each is a row. */
export const MAX_PASSKEYS = 20;

type Row = {
  id: string;
  public_key: Uint8Array | string;
  counter: number;
  transports: string;
  label: string;
  created: number;
  used: number | null;
  backed_up: number;
};

const SELECT = 'SELECT id, public_key, counter, transports, label, created, used, backed_up FROM passkeys';

export class Passkeys {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run(
      `CREATE TABLE IF NOT EXISTS passkeys (
         id TEXT PRIMARY KEY, public_key BLOB NOT NULL, counter INTEGER NOT NULL, transports TEXT NOT NULL,
         label TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER, backed_up INTEGER NOT NULL) WITHOUT ROWID`,
    );
  }

  get count(): number {
    return first(this.#sql.query<{ count: number }>('SELECT count(*) AS count FROM passkeys'))?.count ?? 0;
  }

  find(id: string): PasskeyRecord | undefined {
    const row = first(this.#sql.query<Row>(`${SELECT} WHERE id = ?`, id));
    return row && record(row);
  }

  /** Oldest first. */
  list(): PasskeyRecord[] {
    return Array.from(this.#sql.query<Row>(`${SELECT} ORDER BY created, id`), record);
  }

  add({ id, publicKey, counter, transports, label, created, backedUp }: PasskeyRecord): void {
    this.#sql.run(
      'INSERT INTO passkeys (id, public_key, counter, transports, label, created, backed_up) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[id, publicKey, counter, transports.join(), label, created, Number(backedUp)],
    );
  }

  /** Notes a sign-in. False when it is gone, or another sign-in has counted on meanwhile. */
  use(id: string, counter: number, backedUp: boolean, now: number): boolean {
    const sql =
      'UPDATE passkeys SET counter = ?, backed_up = ?, used = ? WHERE id = ? AND (counter < ? OR (counter = 0 AND ? = 0))';
    return this.#sql.run(sql, counter, Number(backedUp), now, id, counter, counter) > 0;
  }

  rename(id: string, label: string): void {
    this.#sql.run('UPDATE passkeys SET label = ? WHERE id = ?', label, id);
  }

  remove(id: string): void {
    this.#sql.run('DELETE FROM passkeys WHERE id = ?', id);
  }

  removeAll(): void {
    this.#sql.run('DELETE FROM passkeys');
  }
}

function record({ public_key, transports, used, backed_up, ...row }: Row): PasskeyRecord {
  return {
    ...row,
    publicKey: new Uint8Array(public_key as Uint8Array),
    transports: transports === '' ? [] : transports.split(','),
    used: used ?? undefined,
    backedUp: backed_up !== 0,
  };
}

export function summaryOf({ id, label, created, used, backedUp }: PasskeyRecord): Passkey {
  return { id, label, created: rfc3339(created), ...(used !== undefined && { used: rfc3339(used) }), backedUp };
}
