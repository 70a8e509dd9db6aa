/** The clusters of others that an account has a role in. The clusters themselves say which. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { ClusterSummary } from '../../../wire/rpc.ts';
import type { Role } from '../../../wire/sharing.ts';
import { first, type Sql } from '../sql.ts';

type Row = { id: string; name: string; role: string; joined: number };

/** Each is a row. */
const MAX_MEMBERSHIPS = 1000;
const SELECT = 'SELECT cluster AS id, name, role, joined FROM memberships';

export class Memberships {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.run(
      `CREATE TABLE IF NOT EXISTS memberships (
         cluster TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, joined INTEGER NOT NULL) WITHOUT ROWID`,
    );
  }

  get isFull(): boolean {
    return this.list().length >= MAX_MEMBERSHIPS;
  }

  /** `now` in milliseconds. */
  set(cluster: string, { name, role }: { name: string; role: Role }, now: number): void {
    this.#sql.run(
      `INSERT INTO memberships (cluster, name, role, joined) VALUES (?, ?, ?, ?)
       ON CONFLICT (cluster) DO UPDATE SET name = excluded.name, role = excluded.role`,
      ...[cluster, name, role, now],
    );
  }

  remove(cluster: string): void {
    this.#sql.run('DELETE FROM memberships WHERE cluster = ?', cluster);
  }

  /** By name. */
  list(): ClusterSummary[] {
    return Array.from(this.#sql.query<Row>(`${SELECT} ORDER BY name, cluster`), summary);
  }

  find(cluster: string): ClusterSummary | undefined {
    const row = first(this.#sql.query<Row>(`${SELECT} WHERE cluster = ?`, cluster));
    return row && summary(row);
  }
}

/** `created` is when the account became a member. */
function summary({ id, name, role, joined }: Row): ClusterSummary {
  return { id, name, created: rfc3339(joined), role: role as Role };
}
