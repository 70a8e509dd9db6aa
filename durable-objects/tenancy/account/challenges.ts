/** Challenges that were answered: each counts once. They are kept until they would have expired. */
import { first, type Sql } from '../sql.ts';

export class Challenges {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run('CREATE TABLE IF NOT EXISTS challenges (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID');
  }

  /** False when it was taken before, or has expired. `expires` in seconds since the epoch, `now` in milliseconds. */
  take(id: string, expires: number, now: number): boolean {
    this.#sql.run('DELETE FROM challenges WHERE expires <= ?', Math.floor(now / 1000));
    if (expires * 1000 <= now || first(this.#sql.query('SELECT id FROM challenges WHERE id = ?', id))) return false;
    this.#sql.run('INSERT INTO challenges (id, expires) VALUES (?, ?)', id, expires);
    return true;
  }
}
