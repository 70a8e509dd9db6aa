/** A page of a list. */
import { isWholeKey, rangeOf } from './keys.ts';
import type { ListQuery, Page, Stored } from './store.ts';
import type { Table } from './tables/table.ts';

/** Code units of texts, about: a page of a list, or of the log, has one object at least. */
export const MAX_PAGE_SIZE = 8 * 1024 * 1024;
/** Objects that are read while nothing is known of their size. */
const FIRST_PIECE = 16;

export function listPage(table: Table, query: ListQuery, revision: number): Page {
  const { prefix, after, limit, standIns } = query;
  if (isWholeKey(prefix)) {
    const found = after && after >= prefix ? undefined : table.getAt(prefix, revision, standIns);
    return { items: found ? [found] : [], revision };
  }
  if (!limit) return { items: [...table.page(rangeOf(prefix, after), undefined, revision, standIns)], revision };
  return limitedPage(table, query, limit, revision);
}

/** A page is held in memory: where objects are large, it has fewer of them than were asked for. */
function limitedPage(table: Table, { prefix, after, standIns }: ListQuery, limit: number, revision: number): Page {
  const items: Stored[] = [];
  let size = 0;
  // One more than fits tells whether there is a next page.
  const isCut = (): boolean => items.length > limit || (items.length > 1 && size > MAX_PAGE_SIZE);
  for (;;) {
    const wanted = Math.min(limit + 1 - items.length, piece(items.length, size));
    const before = items.length;
    for (const item of table.page(rangeOf(prefix, items.at(-1)?.key ?? after), wanted, revision, standIns)) {
      items.push(item);
      size += item.size ?? item.text.length;
      if (isCut()) break;
    }
    if (isCut()) break;
    if (items.length - before < wanted) return { items, revision };
  }
  items.pop();
  return new CutPage(items, revision, () => table.count(rangeOf(prefix, items.at(-1)!.key)));
}

/** The number of objects that are left to fill a page, if they are as large as those before. */
function piece(count: number, size: number): number {
  return count === 0 ? FIRST_PIECE : Math.max(1, Math.ceil(((MAX_PAGE_SIZE - size) * count) / size));
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
