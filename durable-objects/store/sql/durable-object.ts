/** The port over a Durable Object's `ctx.storage`. */
import type { DurableObjectStorage } from '@cloudflare/workers-types';
import type { Row, SqlPort, SqlValue } from './port.ts';

export function durableObjectSql(storage: DurableObjectStorage): SqlPort {
  const { sql } = storage;
  return {
    query: <R extends Row>(statement: string, ...bindings: SqlValue[]) =>
      rows(sql.exec(statement, ...bindings)) as Iterable<R>,
    first: <R extends Row>(statement: string, ...bindings: SqlValue[]) => {
      // `toArray` reads the cursor to its end in one call of the runtime.
      const [row] = sql.exec(statement, ...bindings).toArray();
      return row && (converted(row) as R);
    },
    run: (statement, ...bindings) => {
      const cursor = sql.exec(statement, ...bindings);
      // A cursor counts what it has stepped over.
      for (const _ of cursor);
      return cursor.rowsWritten;
    },
    // Nests: workerd makes an inner one a savepoint.
    transaction: (body) => storage.transactionSync(body as () => never),
    size: () => sql.databaseSize,
  };
}

/** A cursor cannot be closed, only read to its end. */
function* rows(cursor: Iterable<RuntimeRow>): Generator<Row> {
  try {
    for (const row of cursor) yield converted(row);
  } finally {
    for (const _ of cursor);
  }
}

type RuntimeRow = Record<string, ArrayBuffer | string | number | null>;

/** Changes the row, and returns it: the runtime hands out blobs as ArrayBuffer. */
function converted(row: RuntimeRow): Row {
  for (const column in row) {
    const value = row[column];
    if (value instanceof ArrayBuffer) (row as Row)[column] = new Uint8Array(value);
  }
  return row as Row;
}
