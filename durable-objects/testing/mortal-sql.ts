/** A database as one life of an object sees it: a life that is over may read and write no more. */
import type { SqlPort } from '../store/sql/port.ts';

/** `wrote` is told the rows of each write. */
export function mortal(sql: SqlPort, isAlive: () => boolean, wrote: (rows: number) => void): SqlPort {
  const living = (): SqlPort => {
    if (!isAlive()) throw new Error('this life of the object is over');
    return sql;
  };
  return {
    query: (text, ...bindings) => living().query(text, ...bindings),
    first: (text, ...bindings) => living().first(text, ...bindings),
    run: (text, ...bindings) => {
      const rows = living().run(text, ...bindings);
      wrote(rows);
      return rows;
    },
    transaction: (body) => living().transaction(body),
    size: () => living().size(),
  };
}
