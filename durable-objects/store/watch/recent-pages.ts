/**
 * The newest pages that watchers were sent. Many begin on the same state, or catch up on the same stretch of the log,
 * at the same time: it is read, parsed and printed once for them.
 */
import type { Change } from './change.ts';

export interface ChangePage {
  changes: readonly Change[];
  /** The start of the state's next page. */
  next?: string;
}

/** Code units of text that are kept, room for the largest object. Parsed, they take several times as much. */
const MAX_TEXT = 2 * 1024 * 1024;
/** Milliseconds. Not longer, because tables show ages, and pages take memory. */
const KEPT_MS = 1000;

export class RecentPages {
  /** The least recently used comes first. */
  readonly #pages = new Map<string, { page: ChangePage; size: number; at: number }>();
  readonly #now: () => number;
  #size = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `name` identifies the page: prefix, revision and range. */
  get(name: string, read: () => ChangePage): ChangePage {
    const at = this.#now();
    const kept = this.#pages.get(name);
    if (kept) {
      this.#drop(name, kept.size);
      if (at - kept.at < KEPT_MS) return this.#keep(name, kept.page, kept.size, kept.at);
    }
    const page = read();
    const size = page.changes.reduce((sum, { entry }) => sum + entry.text.length, 0);
    if (size > MAX_TEXT) return page;
    for (const [oldest, { size: freed }] of this.#pages) {
      if (this.#size + size <= MAX_TEXT) break;
      this.#drop(oldest, freed);
    }
    return this.#keep(name, page, size, at);
  }

  #keep(name: string, page: ChangePage, size: number, at: number): ChangePage {
    this.#pages.set(name, { page, size, at });
    this.#size += size;
    return page;
  }

  #drop(name: string, size: number): void {
    this.#pages.delete(name);
    this.#size -= size;
  }

  clear(): void {
    this.#pages.clear();
    this.#size = 0;
  }
}
