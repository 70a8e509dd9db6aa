/** The first row, with the cursor read to its end: for statements that find one row at most. */
export function first<T>(rows: Iterable<T>): T | undefined {
  let found: T | undefined;
  for (const row of rows) found ??= row;
  return found;
}
