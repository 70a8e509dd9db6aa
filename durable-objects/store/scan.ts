/**
 * Lists that are read one object at a time, however slowly, while others write: from a cursor of the database as long
 * as nothing is written; a write cuts it, and the next one reads at the list's revision.
 */
import type { Key } from '../../kube/machinery/resource.ts';
import type { Stored } from './store.ts';

/**
 * Rows of one cursor, at most: a write that cuts it steps over the rest of them, and each is read from the disk for
 * that.
 */
export const SCAN_PIECE = 100;
/** Rows of the first cursor, while nothing is known of their size. */
const FIRST_PIECE = 10;
/** Code units of text that the rows of one cursor have, if they are as long as those before. */
const PIECE_SIZE = 512 * 1024;

export class Scans {
  readonly #cursors = new Set<Cursor>();

  /** `piece` reads up to `limit` objects after a key; it throws when the revision is gone. */
  *read(after: Key | undefined, piece: (after: Key | undefined, limit: number) => Iterable<Stored>): Generator<Stored> {
    let position = after;
    let limit = FIRST_PIECE;
    for (;;) {
      const cursor = new Cursor(piece(position, limit));
      this.#cursors.add(cursor);
      let count = 0;
      let size = 0;
      try {
        for (let stored = cursor.next(); stored; stored = cursor.next()) {
          count++;
          size += stored.size ?? stored.text.length;
          position = stored.key;
          yield stored;
        }
      } finally {
        this.#cursors.delete(cursor);
        cursor.end();
      }
      if (count < limit && !cursor.isCut) return;
      limit = Math.max(1, Math.min(SCAN_PIECE, Math.floor((PIECE_SIZE * count) / size)));
    }
  }

  /**
   * To be called before every write of objects. A cursor would see some of it, and while a cursor is open the
   * write-ahead log cannot begin anew: what others write (timers, tokens) is too little to matter until then. Cursors
   * cannot be closed, only read to their end.
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
    if (this.isCut) return undefined;
    const { done, value } = this.#rows.next();
    return done ? undefined : value;
  }

  cut(): void {
    this.isCut = true;
    this.end();
  }

  /** Rows that are left are not opened, or looked up at an older revision: only the database steps over them. */
  end(): void {
    this.#rows.return?.();
  }
}
