/** The little of SQLite that tenancy needs; the store's port fits it. */
type Value = string | number | Uint8Array | null;

export interface Sql {
  query<R extends Record<string, Value> = Record<string, Value>>(sql: string, ...bindings: Value[]): Iterable<R>;
  /** Returns rows written, more than 0 when the statement changed something. */
  run(sql: string, ...bindings: Value[]): number;
}

export function first<T>(rows: Iterable<T>): T | undefined {
  let found: T | undefined;
  // Read to the end: an open cursor would stand in the way of the next write.
  for (const row of rows) found ??= row;
  return found;
}
