/** The writes of a group in one transaction: each happens as a whole or not at all, whatever becomes of the others. */
import { CoalescedWrites } from './coalesced-writes.ts';
import { StoreError } from './errors.ts';
import type { SqlPort } from './sql/port.ts';
import type { Committed, Entry, StoreReader, Write } from './store.ts';
import { HalfWritten, type Performed } from './write.ts';

export interface WriteGroupPorts {
  sql: Pick<SqlPort, 'transaction'>;
  /** Performs one write at the next revision. Throws, having written nothing, or {@link HalfWritten}. */
  perform(write: Write, isCoalesced: boolean): Performed;
  /** The state that the writes so far have left, and its revision. */
  reader: StoreReader & { readonly revision: number };
  /** Whatever was written after a revision is undone; of objects these entries told of. */
  undone(revision: number, entries: readonly Entry[]): void;
}

export type Outcome = { committed: Committed } | { error: unknown };

interface Done {
  /** In the order of the writes. */
  outcomes: Outcome[];
  /** Of all that was written, in the order of their revisions. */
  entries: Entry[];
}

export class WriteGroup {
  readonly #ports: WriteGroupPorts;
  readonly #coalesced = new CoalescedWrites();
  readonly #entries: Entry[] = [];

  constructor(ports: WriteGroupPorts) {
    this.#ports = ports;
  }

  perform(writes: readonly Write[]): Done {
    return { outcomes: this.#together(writes), entries: this.#entries };
  }

  /**
   * SQLite copies each page that is changed after a savepoint, so the writes have none at first. When one fails of which
   * a part was written, all are undone and performed once more, each in a savepoint.
   */
  #together(writes: readonly Write[]): Outcome[] {
    try {
      return this.#inTransaction(writes, (write) => this.#attempt(write));
    } catch (error) {
      if (!(error instanceof HalfWritten)) return writes.map(() => ({ error }));
    }
    try {
      return this.#inTransaction(writes, (write) => this.#inSavepoint(write));
    } catch (error) {
      return writes.map(() => ({ error: causeOf(error) }));
    }
  }

  /** Throws when nothing has happened. */
  #inTransaction(writes: readonly Write[], perform: (write: Write) => Outcome): Outcome[] {
    const before = this.#ports.reader.revision;
    try {
      return this.#ports.sql.transaction((): Outcome[] => {
        const outcomes = writes.map((write) => {
          // Others rest on it, so it stands also when the write after it is refused.
          this.#writeCoalesced(write.key);
          return perform(write);
        });
        for (const key of this.#coalesced.keys) this.#writeCoalesced(key);
        return outcomes;
      });
    } catch (error) {
      this.#coalesced.clear();
      this.#ports.undone(before, this.#entries.splice(0));
      throw error;
    }
  }

  #attempt(write: Write): Outcome {
    const [written, pending] = [this.#entries.length, this.#coalesced.save()];
    try {
      return { committed: this.#performAll(write) };
    } catch (error) {
      if (error instanceof HalfWritten) throw error;
      if (this.#entries.length > written) throw new HalfWritten(error);
      this.#coalesced.restore(pending);
      return { error };
    }
  }

  #inSavepoint(write: Write): Outcome {
    const [before, written, pending] = [this.#ports.reader.revision, this.#entries.length, this.#coalesced.save()];
    try {
      return { committed: this.#ports.sql.transaction(() => this.#performAll(write)) };
    } catch (error) {
      this.#coalesced.restore(pending);
      this.#ports.undone(before, this.#entries.splice(written));
      return { error: causeOf(error) };
    }
  }

  #performAll(write: Write): Committed {
    const { companions, coalesced, stored, ...result } = this.#perform(write);
    if (!stored) throw new StoreError('not-found', `${write.key} not found`);
    if (!companions && !coalesced) return { ...result, stored };
    const cause = { ...write.cause, beside: write.key };
    const others = companions?.flatMap((companion) => this.#perform({ ...companion, cause }).entry ?? []);
    const { reader } = this.#ports;
    if (coalesced) this.#coalesced.add(coalesced, cause, { revision: reader.revision, reader });
    return { ...result, stored, others };
  }

  /** A coalesced write of the same object comes before it. */
  #perform(write: Write): Performed {
    this.#writeCoalesced(write.key);
    return this.#one(write, false);
  }

  #writeCoalesced(key: Write['key']): void {
    const write = this.#coalesced.take(key);
    if (write) this.#one(write, true);
  }

  #one(write: Write, isCoalesced: boolean): Performed {
    const performed = this.#ports.perform(write, isCoalesced);
    if (performed.entry) this.#entries.push(performed.entry);
    return performed;
  }
}

/** Whatever went wrong in the middle of a write. */
function causeOf(error: unknown): unknown {
  return error instanceof HalfWritten ? error.cause : error;
}
