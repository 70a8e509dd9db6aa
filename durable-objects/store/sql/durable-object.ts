/** The port over a Durable Object's `ctx.storage`. */
import type { DurableObjectStorage } from '@cloudflare/workers-types';
import type { Row, SqlPort, SqlValue } from './port.ts';

/** Rows that production bills; `read` as the runtime's cursors count them. */
export interface RowCounter {
  read: number;
  written: number;
}

export function durableObjectSql(
  storage: DurableObjectStorage,
  counter: RowCounter = { read: 0, written: 0 },
): SqlPort {
  const { sql } = storage;
  return {
    query: <R extends Row>(statement: string, ...bindings: SqlValue[]) =>
      rows(sql.exec(statement, ...bindings), counter) as Iterable<R>,
    first: <R extends Row>(statement: string, ...bindings: SqlValue[]) => {
      // `toArray` reads the cursor to its end in one call of the runtime.
      const cursor = sql.exec(statement, ...bindings);
      const [row] = cursor.toArray();
      counter.read += cursor.rowsRead;
      return row && (converted(row) as R);
    },
    run: (statement, ...bindings) => {
      const cursor = sql.exec(statement, ...bindings);
      // A cursor counts what it has stepped over.
      for (const _ of cursor);
      counter.read += cursor.rowsRead;
      const { rowsWritten } = cursor;
      counter.written += rowsWritten;
      return rowsWritten;
    },
    // Nests: workerd makes an inner one a savepoint.
    transaction: (body) => storage.transactionSync(body as () => never),
    size: () => sql.databaseSize,
  };
}

/** A cursor cannot be closed, only read to its end. */
function* rows(cursor: Iterable<RuntimeRow> & { readonly rowsRead: number }, counter: RowCounter): Generator<Row> {
  try {
    for (const row of cursor) yield converted(row);
  } finally {
    for (const _ of cursor);
    counter.read += cursor.rowsRead;
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
