/**
 * Lists that are read one object at a time, however slowly, while others write: from a cursor of the database as long as
 * nothing is written; what is written cuts it, and the next one reads at the list's revision.
 */
import type { Key } from '../../kube/machinery/resource.ts';
import type { Stored } from './store.ts';

/** Rows of one cursor: whoever cuts it steps over the rest of them. */
export const SCAN_PIECE = 100;

export class Scans {
  readonly #cursors = new Set<Cursor>();

  /** `piece` reads up to {@link SCAN_PIECE} objects after a key; it throws when the revision is gone. */
  *read(after: Key | undefined, piece: (after: Key | undefined) => Iterable<Stored>): Generator<Stored> {
    let position = after;
    for (;;) {
      const cursor = new Cursor(piece(position));
      this.#cursors.add(cursor);
      let count = 0;
      try {
        for (let stored = cursor.next(); stored; stored = cursor.next()) {
          count++;
          position = stored.key;
          yield stored;
        }
      } finally {
        this.#cursors.delete(cursor);
        cursor.end();
      }
      if (count < SCAN_PIECE && !cursor.isCut) return;
    }
  }

  /**
   * To be called before every write. A cursor would see some of it, and while a cursor is open the write-ahead log
   * cannot begin anew. Cursors cannot be closed, only read to their end.
   */
  cut(): void {
    for (const cursor of this.#cursors) cursor.cut();
    this.#cursors.clear();
  }
}

class Cursor {
  readonly #rows: Iterator<Stored>;
  isCut = false;

  constructor(rows: Iterable<Stored>) {
    this.#rows = rows[Symbol.iterator]();
  }

  next(): Stored | undefined {
    const { done, value } = this.#rows.next();
    return done ? undefined : value;
  }

  cut(): void {
    this.isCut = true;
    this.end();
  }

  end(): void {
    try {
      while (this.next() !== undefined);
    } catch {
      // An object that cannot be opened is its reader's error, when the reader comes to it.
    }
  }
}
