/** Counts what an account may do only so often within an hour. */
import { first, type Sql } from '../sql.ts';

interface HourlyLimitPorts {
  sql: Sql;
  /** Milliseconds since the epoch. */
  now(): number;
  table: 'device_looks';
  most: number;
}

const HOUR_MS = 3600_000;

export class HourlyLimit {
  readonly #ports: HourlyLimitPorts;

  constructor(ports: HourlyLimitPorts) {
    this.#ports = ports;
    ports.sql.run(`CREATE TABLE IF NOT EXISTS ${ports.table} (at INTEGER NOT NULL)`);
  }

  /** Seconds until another is allowed; 0 for at once. */
  get wait(): number {
    const { sql, now, table, most } = this.#ports;
    sql.run(`DELETE FROM ${table} WHERE at <= ?`, now() - HOUR_MS);
    const query = `SELECT count(*) AS count, min(at) AS oldest FROM ${table}`;
    const { count = 0, oldest } = first(sql.query<{ count: number; oldest: number | null }>(query)) ?? {};
    return count < most ? 0 : Math.ceil(((oldest ?? now()) + HOUR_MS - now()) / 1000);
  }

  count(): void {
    const { sql, now, table } = this.#ports;
    sql.run(`INSERT INTO ${table} (at) VALUES (?)`, now());
  }

  /** Counts one; the seconds until another is allowed when there were too many, which are not counted. */
  take(): number {
    const { wait } = this;
    if (wait === 0) this.count();
    return wait;
  }
}
