/** The clusters of an account that were deleted and are not destroyed yet: each can be taken up again until its time. */
import { rfc3339 } from '../../kube/machinery/time.ts';
import { type ClusterSummary, COMPONENTS, type DeletedCluster } from '../../wire/rpc.ts';
import { first, type Sql } from './sql.ts';

type Row = { id: string; name: string; created: string; without: string; until: number };

export class PutAwayClusters {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run(
      'CREATE TABLE IF NOT EXISTS put_away (id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL, without TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID',
    );
  }

  /** `until` in milliseconds since the epoch. */
  add({ id, name, created, without = [] }: ClusterSummary, until: number): void {
    const sql = 'INSERT OR REPLACE INTO put_away (id, name, created, without, until) VALUES (?, ?, ?, ?, ?)';
    this.#sql.run(sql, id, name, created, without.join(), until);
  }

  remove(id: string): void {
    this.#sql.run('DELETE FROM put_away WHERE id = ?', id);
  }

  /** Clusters that end last come first. Objects whose time is over destroy themselves. */
  list(now: number): DeletedCluster[] {
    this.#sql.run('DELETE FROM put_away WHERE until <= ?', now);
    const rows = this.#sql.query<Row>('SELECT id, name, created, without, until FROM put_away ORDER BY until DESC, id');
    return Array.from(rows, ({ without, until, ...cluster }) => ({
      ...cluster,
      without: COMPONENTS.filter((component) => without.split(',').includes(component)),
      until: rfc3339(until),
    }));
  }

  /** By its id, or the last that was deleted under a name. */
  find(name: string, now: number): DeletedCluster | undefined {
    return first(this.list(now).filter((cluster) => cluster.id === name || cluster.name === name));
  }
}
