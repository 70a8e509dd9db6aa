import { first, type Sql } from '../sql.ts';

/** The clusters that the account has as copies, by the links that gave them: a link gives one. */
export class Copies {
  readonly #sql: Sql;
  readonly #isThere: (cluster: string) => boolean;

  /** `isThere`: the cluster is the account's, or can be had back. */
  constructor(sql: Sql, isThere: (cluster: string) => boolean) {
    this.#sql = sql;
    this.#isThere = isThere;
    sql.run('CREATE TABLE IF NOT EXISTS copies (link TEXT PRIMARY KEY, cluster TEXT NOT NULL) WITHOUT ROWID');
  }

  /** The id of the copy, which the account may have deleted since. */
  of(link: string): string | undefined {
    return first(this.#sql.query<{ cluster: string }>('SELECT cluster FROM copies WHERE link = ?', link))?.cluster;
  }

  /** The link that the cluster is a copy by. */
  linkOf(cluster: string): string | undefined {
    return first(this.#sql.query<{ link: string }>('SELECT link FROM copies WHERE cluster = ?', cluster))?.link;
  }

  /** Rows of copies that are gone go with it. */
  add(link: string, cluster: string): void {
    for (const row of [...this.#sql.query<{ link: string; cluster: string }>('SELECT link, cluster FROM copies')])
      if (!this.#isThere(row.cluster)) this.#sql.run('DELETE FROM copies WHERE link = ?', row.link);
    const sql =
      'INSERT INTO copies (link, cluster) VALUES (?, ?) ON CONFLICT (link) DO UPDATE SET cluster = excluded.cluster';
    this.#sql.run(sql, link, cluster);
  }
}
