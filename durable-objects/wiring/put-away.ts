/** A cluster that was deleted, until the time comes at which it is destroyed. */
import type { SqlPort } from '../store/sql/port.ts';

const HAS_TABLE = "SELECT 1 AS yes FROM sqlite_master WHERE name = 'islet_put_away'";

export class PutAway {
  readonly #sql: SqlPort;

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  /** Milliseconds since the epoch; undefined for a cluster that is not put away. A look writes nothing. */
  get until(): number | undefined {
    if (!this.#sql.first(HAS_TABLE)) return undefined;
    return this.#sql.first<{ until: number }>('SELECT until FROM islet_put_away')?.until;
  }

  set(until: number): void {
    this.#sql.run('CREATE TABLE IF NOT EXISTS islet_put_away (until INTEGER NOT NULL)');
    this.#sql.run('DELETE FROM islet_put_away');
    this.#sql.run('INSERT INTO islet_put_away (until) VALUES (?)', until);
  }

  /** The name that it had may be another cluster's by now. */
  end(name: string): void {
    this.#sql.run('UPDATE islet_cluster SET name = ?', name);
    this.#sql.run('DROP TABLE islet_put_away');
  }
}
