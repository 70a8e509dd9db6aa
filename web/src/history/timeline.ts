/** The past of a cluster as far as it is kept: its revisions, and who changed what, loaded while somebody looks back. */
import { batch, signal } from '@preact/signals';
import { HISTORY_PATH, type HistoryChange, type HistoryChanges, type HistoryRange } from '../../../wire/history.ts';
import type { Api } from '../api/request.ts';

const PAGE = 500;
/** More are loaded when that is asked for. */
const FIRST = 1500;

export class Timeline {
  readonly range = signal<HistoryRange | undefined>(undefined);
  /** Oldest first. */
  readonly changes = signal<readonly HistoryChange[]>([]);
  /** Where older ones are that are not loaded; undefined when there are none. */
  readonly older = signal<number | undefined>(undefined);
  readonly problem = signal<string | undefined>(undefined);
  readonly #api: Pick<Api, 'get'>;
  #asking: Promise<void> | undefined;

  /** `api`: of the cluster as it is now. */
  constructor(api: Pick<Api, 'get'>) {
    this.#api = api;
  }

  /** Reads the changes since the last time; the first time, the newest ones. */
  refresh(): Promise<void> {
    this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #refresh(): Promise<void> {
    try {
      const before = this.range.peek()?.newest.revision;
      const range = await this.#api.get<HistoryRange>(HISTORY_PATH);
      if (before === undefined) await this.#load(range.newest.revision, FIRST);
      else if (range.newest.revision > before) await this.#loadNewer(Math.max(before, range.oldest.revision));
      batch(() => {
        this.range.value = range;
        this.problem.value = undefined;
      });
    } catch (error) {
      this.problem.value = (error as Error).message;
    }
  }

  async loadOlder(): Promise<void> {
    const until = this.older.peek();
    if (until === undefined) return;
    await this.#load(until, PAGE).catch((error: Error) => {
      this.problem.value = error.message;
    });
  }

  async #load(until: number, wanted: number): Promise<void> {
    let end: number | undefined = until;
    for (let loaded = 0; loaded < wanted && end !== undefined; ) {
      const query = { until: end, limit: PAGE, order: 'newest-first' };
      const page: HistoryChanges = await this.#api.get(`${HISTORY_PATH}/changes`, { query });
      this.changes.value = [...page.items.toReversed(), ...this.changes.peek()];
      // A page without any is one of writes that the person may not see.
      loaded += Math.max(page.items.length, 1);
      end = page.continue;
    }
    this.older.value = end;
  }

  async #loadNewer(newest: number): Promise<void> {
    let after: number | undefined = newest;
    while (after !== undefined) {
      const page: HistoryChanges = await this.#api.get(`${HISTORY_PATH}/changes`, { query: { after, limit: PAGE } });
      this.changes.value = [...this.changes.peek(), ...page.items];
      after = page.continue;
    }
  }
}

/** The last change until a revision: where it stands in the list, or -1. */
export function lastUntil(changes: readonly HistoryChange[], revision: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle] as HistoryChange).revision <= revision) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The time at which the cluster had come to a revision. RFC 3339. */
export function timeAt(changes: readonly HistoryChange[], range: HistoryRange | undefined, revision: number) {
  if (range && revision >= range.newest.revision) return range.newest.time;
  return changes[lastUntil(changes, revision)]?.time ?? range?.oldest.time;
}

/** The revision of the next change, or the one before: `by` is 1 or -1. */
export function step(changes: readonly HistoryChange[], revision: number, by: 1 | -1): number | undefined {
  const at = lastUntil(changes, by === 1 ? revision : revision - 1);
  return changes[by === 1 ? at + 1 : at]?.revision;
}

/** How many changes there were in each of so many parts of the range, from 0 to 1: the fullest part is 1. */
export function density(changes: readonly HistoryChange[], oldest: number, newest: number, parts: number): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const { revision } of changes) {
    const part = Math.floor(((revision - oldest) / Math.max(1, newest - oldest + 1)) * parts);
    if (part >= 0 && part < parts) counts[part] = (counts[part] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return counts.map((count) => count / most);
}
