/**
 * The part of SQLite that the store needs. Two adapters: a Durable Object's `ctx.storage`, and `node:sqlite`.
 * Everything is synchronous: nothing may be awaited between a read and the write that rests on it.
 */
export type SqlValue = string | number | Uint8Array | null;
export type Row = Record<string, SqlValue>;

export interface SqlPort {
  /** Rows lazily, in statement order. The loop over them must have ended, early or not, before the next write. */
  query<R extends Row = Row>(sql: string, ...bindings: SqlValue[]): Iterable<R>;
  /** The row of a statement that finds one at most; undefined where it finds none. Costs less than {@link query}. */
  first<R extends Row = Row>(sql: string, ...bindings: SqlValue[]): R | undefined;
  /** Returns rows written, index rows included (production bills these). */
  run(sql: string, ...bindings: SqlValue[]): number;
  /**
   * Everything in `body`, or nothing of it when it throws. Nests (an inner one is a savepoint).
   * A promise is not a result: async callbacks do not compile.
   */
  transaction<T>(body: () => T extends PromiseLike<unknown> ? never : T): T;
  /** Bytes of the database, without the pages that deleted rows have left free. */
  size(): number;
}
