/** Looks into the past: which keys changed since a revision, and the times of revisions. Nothing is written for them. */
import type { Key } from '../../kube/machinery/resource.ts';
import type { BootstrapObjects } from './bootstrap-objects.ts';
import { rangeOf } from './keys.ts';
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';
import type { HistoryReader } from './store.ts';

/** Each key is once in `current`, deletes included, until the history horizon has passed them. */
const CHANGED = 'SELECT key FROM current WHERE key > ? AND key < ? AND abs(revision) > ? ORDER BY key LIMIT ?';
const NEWEST_UNTIL = 'SELECT at FROM log WHERE revision <= ? ORDER BY revision DESC LIMIT 1';
const OLDEST_AFTER = 'SELECT revision, at FROM log WHERE revision > ? ORDER BY revision LIMIT 1';

export class History implements HistoryReader {
  readonly #sql: SqlPort;
  readonly #given: BootstrapObjects;

  constructor(sql: SqlPort, given: BootstrapObjects) {
    this.#sql = sql;
    this.#given = given;
  }

  get first(): number {
    return this.#given.last;
  }

  changedSince(revision: number, after: Key, limit: number): Key[] {
    const range = rangeOf('', after);
    const rows = this.#sql.query<{ key: Key }>(CHANGED, range.after, range.before, revision, limit);
    return Array.from(rows, ({ key }) => key);
  }

  timeOf(revision: number): number | undefined {
    const row = first(this.#sql.query<{ at: number }>(NEWEST_UNTIL, revision));
    return (
      row?.at ?? (this.#given.last > 0 ? this.#given.entry(Math.min(revision, this.#given.last))?.cause.at : undefined)
    );
  }

  /** A binary search, as times rise with revisions. */
  revisionAt(time: number, oldest: number, newest: number): number {
    let low = oldest;
    let high = newest;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = first(this.#sql.query<{ revision: number; at: number }>(OLDEST_AFTER, middle));
      if (row && row.revision <= high && row.at <= time) low = row.revision;
      else high = middle;
    }
    return low;
  }
}
