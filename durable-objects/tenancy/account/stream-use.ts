/** The time for which streams of the account's clusters were open, today. Clusters tell of it. */
import type { StreamUse } from '../../../wire/usage-rpc.ts';
import { first, type Sql } from '../sql.ts';

export class AccountStreamUse {
  readonly #sql: Sql;
  readonly #now: () => number;

  constructor(sql: Sql, now: () => number) {
    this.#sql = sql;
    this.#now = now;
    sql.run('CREATE TABLE IF NOT EXISTS stream_use (day TEXT PRIMARY KEY, ms INTEGER NOT NULL) WITHOUT ROWID');
  }

  /** Milliseconds. */
  get today(): number {
    const row = first(this.#sql.query<{ ms: number }>('SELECT ms FROM stream_use WHERE day = ?', this.day));
    return row?.ms ?? 0;
  }

  /** The use of another day counts no longer. */
  add({ day, ms }: StreamUse): void {
    if (day !== this.day || !(ms > 0)) return;
    this.#sql.run('DELETE FROM stream_use WHERE day < ?', day);
    this.#sql.run(
      'INSERT INTO stream_use (day, ms) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET ms = ms + excluded.ms',
      ...[day, ms],
    );
  }

  /** In UTC: `2026-11-28`. */
  get day(): string {
    return new Date(this.#now()).toISOString().slice(0, 10);
  }
}
