/** Counts the rows a port writes: production bills them. */
import type { SqlPort } from './port.ts';

export interface MeteredSql extends SqlPort {
  /** Rows written through this port since it was made. */
  readonly rowsWritten: number;
}

export function meteredSql(sql: SqlPort): MeteredSql {
  let rowsWritten = 0;
  return {
    query: (statement, ...bindings) => sql.query(statement, ...bindings),
    first: (statement, ...bindings) => sql.first(statement, ...bindings),
    run: (statement, ...bindings) => {
      const rows = sql.run(statement, ...bindings);
      rowsWritten += rows;
      return rows;
    },
    transaction: (body) => sql.transaction(body),
    size: () => sql.size(),
    get rowsWritten() {
      return rowsWritten;
    },
  };
}
