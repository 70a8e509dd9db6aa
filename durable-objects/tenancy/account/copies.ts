import { first, type Sql } from '../sql.ts';

/** The clusters that the account has as copies, by the links that gave them: a link gives one. */
export class Copies {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run('CREATE TABLE IF NOT EXISTS copies (link TEXT PRIMARY KEY, cluster TEXT NOT NULL) WITHOUT ROWID');
  }

  /** The id of the copy, which the account may have deleted since. */
  of(link: string): string | undefined {
    return first(this.#sql.query<{ cluster: string }>('SELECT cluster FROM copies WHERE link = ?', link))?.cluster;
  }

  add(link: string, cluster: string): void {
    const sql =
      'INSERT INTO copies (link, cluster) VALUES (?, ?) ON CONFLICT (link) DO UPDATE SET cluster = excluded.cluster';
    this.#sql.run(sql, link, cluster);
  }
}
