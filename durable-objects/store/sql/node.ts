/** The port over `node:sqlite`: tests, `testing/cluster.ts` and benches. Production is `durable-object.ts`. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Row, SqlPort, SqlValue } from './port.ts';

export interface NodeSql extends SqlPort {
  close(): void;
}

/** `path` names a file; left out, the database lives in memory. */
export function openNodeSql(path = ':memory:'): NodeSql {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return nodeSql(database);
}

export function nodeSql(database: DatabaseSync): NodeSql {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  let depth = 0;

  return {
    // Read at once: a cached statement that is still being stepped could not be used again by what the reader calls.
    query: <R extends Row>(sql: string, ...bindings: SqlValue[]) => prepare(sql).all(...bindings) as R[],
    // `all` is faster than `get` here.
    first: <R extends Row>(sql: string, ...bindings: SqlValue[]) => prepare(sql).all(...bindings)[0] as R | undefined,
    // `changes` leaves index rows out. No table of ours has an index beside its key, so this is the number that
    // production bills.
    run: (sql, ...bindings) => Number(prepare(sql).run(...bindings).changes),
    transaction: (body) => {
      // Errors such as a full disk undo the whole transaction: later statements inside must not begin one of their own.
      if (depth > 0 && !database.isTransaction) throw new Error('the transaction around this one was rolled back');
      const [begin, end, undo] = depth === 0 ? OUTER : INNER;
      prepare(begin).run();
      depth++;
      try {
        const result = body();
        prepare(end).run();
        return result as never;
      } catch (error) {
        for (const sql of undo) if (database.isTransaction) prepare(sql).run();
        throw error;
      } finally {
        depth--;
      }
    },
    size: () => Number(prepare(SIZE).get()?.size ?? 0),
    close: () => database.close(),
  };
}

const SIZE = `SELECT (p.page_count - f.freelist_count) * s.page_size AS size
  FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`;
const OUTER = ['BEGIN IMMEDIATE', 'COMMIT', ['ROLLBACK']] as const;
/** SQLite savepoints nest under one name: the innermost answers. */
const INNER = ['SAVEPOINT islet', 'RELEASE islet', ['ROLLBACK TO islet', 'RELEASE islet']] as const;
