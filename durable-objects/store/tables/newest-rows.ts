/**
 * The newest rows of the keys that were last written or asked for. A write reads the row that it replaces, and those
 * who follow it read the row that it made, each with a statement that costs more than what is done with the row.
 */
import type { Key } from '../../../kube/machinery/resource.ts';
import type { Stored } from '../store.ts';

/** In code units of keys and texts; a bound of the memory of each cluster that is awake. */
const MAX_SIZE = 128 * 1024;
/** A longer text would take the place of many. */
const MAX_TEXT = 16 * 1024;
/** About what an entry takes beside its key and text. */
const ENTRY_SIZE = 100;

export class NewestRows {
  /** `null`: the key has no row. Those that came first go first. */
  readonly #rows = new Map<Key, Stored | null>();
  #size = 0;

  /** undefined where it is not known here. */
  get(key: Key): Stored | null | undefined {
    return this.#rows.get(key);
  }

  put(key: Key, row: Stored | null): void {
    this.drop(key);
    const size = sizeOf(key, row);
    if (row && row.text.length > MAX_TEXT) return;
    this.#rows.set(key, row);
    this.#size += size;
    for (const oldest of this.#rows.keys()) {
      if (this.#size <= MAX_SIZE) return;
      this.drop(oldest);
    }
  }

  drop(key: Key): void {
    const row = this.#rows.get(key);
    if (row === undefined) return;
    this.#rows.delete(key);
    this.#size -= sizeOf(key, row);
  }

  clear(): void {
    this.#rows.clear();
    this.#size = 0;
  }
}

function sizeOf(key: Key, row: Stored | null): number {
  return ENTRY_SIZE + key.length + (row?.text.length ?? 0);
}
