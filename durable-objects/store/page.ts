/** One page of a list. */
import { isWholeKey, rangeOf } from './keys.ts';
import type { ListQuery, Page, Stored } from './store.ts';
import type { Table } from './tables/table.ts';

export function listPage(table: Table, query: ListQuery, revision: number): Page {
  const { prefix, after, limit, standIns } = query;
  if (isWholeKey(prefix)) {
    const found = after && after >= prefix ? undefined : table.getAt(prefix, revision, standIns);
    return { items: found ? [found] : [], revision };
  }
  if (!limit) return { items: [...table.page(rangeOf(prefix, after), undefined, revision, standIns)], revision };
  // One more than asked for tells whether there is a next page.
  const items = [...table.page(rangeOf(prefix, after), limit + 1, revision, standIns)];
  if (items.length <= limit) return { items, revision };
  items.pop();
  return new CutPage(items, revision, () => table.count(rangeOf(prefix, items.at(-1)!.key)));
}

/** Counting walks the rest of the range, and few readers want to know. */
class CutPage implements Page {
  readonly items: Stored[];
  readonly revision: number;
  readonly next: string;
  readonly #count: () => number;

  constructor(items: Stored[], revision: number, count: () => number) {
    this.items = items;
    this.revision = revision;
    this.next = items.at(-1)!.key;
    this.#count = count;
  }

  get remaining(): number {
    return this.#count();
  }
}
