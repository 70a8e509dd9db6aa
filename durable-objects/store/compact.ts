/**
 * Compaction of the log and the events. Two horizons move along the log:
 * - `watchable`: watches and lists at a revision start here or later. A number in memory; nothing is deleted by it.
 * - `history`: older revisions are deleted, except the state that the objects had at that point.
 *
 * Moving the history horizon past an entry makes the key's entry before it unreachable: that row goes, and with a
 * delete also the delete's own row and the key's tombstone. So each row is visited once, and nothing is searched for.
 */
import type { BootstrapObjects } from './bootstrap-objects.ts';
import type { Notes } from './notes.ts';
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';
import type { EventsTable, ExpiringEvent } from './tables/events.ts';
import type { ObjectsTable } from './tables/objects.ts';

export interface Horizons {
  /**
   * Milliseconds for which every revision can be watched and listed from. Upstream compacts etcd every five minutes.
   */
  watchable: number;
  /** Milliseconds for which history is kept, at most. */
  history: number;
  /**
   * Size of the log beyond which history ends earlier (never within `watchable`), in UTF-16 code units of texts and
   * causes.
   */
  historySize: number;
  /** Milliseconds for which an Event is kept (kube-apiserver's `--event-ttl`). */
  events: number;
}

const MINUTE = 60_000;

export const DEFAULT_HORIZONS: Horizons = {
  watchable: 5 * MINUTE,
  history: 7 * 24 * 60 * MINUTE,
  historySize: 64 * 1024 * 1024,
  events: 60 * MINUTE,
};

/** In a full cluster there is no history, and watches start from here: overwritten texts give their space back. */
const FULL_WATCHABLE = MINUTE;

/** Log entries, and Events, that one call may visit. */
const STEP = 1000;
const NOTE = 'store.compaction';

/** Kept in one row. `revision`: the newest rows may be gone, and their revisions must not be used again. */
interface Mark {
  watchable: number;
  history: number;
  revision: number;
}

/** For a store that is a copy: it begins at a revision, and reaches back to another. */
export function plantMark(notes: Notes, { revision, oldest }: { revision: number; oldest: number }): void {
  notes.write(NOTE, JSON.stringify({ watchable: revision, history: oldest, revision } satisfies Mark));
}

type Visited = { revision: number; link: number; change: string; key: string; at: number; total: number };

export interface CompactorParts {
  sql: SqlPort;
  notes: Notes;
  given: BootstrapObjects;
  objects: ObjectsTable;
  events: EventsTable;
  horizons: Horizons;
  /** The cluster's storage is full. */
  isFull(): boolean;
}

export class Compactor {
  readonly #sql: SqlPort;
  readonly #notes: Notes;
  readonly #objects: ObjectsTable;
  readonly #events: EventsTable;
  readonly #parts: CompactorParts;
  #watchable: number;
  #history: number;
  /** The highest revision known when rows were last deleted. */
  readonly revisionAtStart: number;

  constructor(parts: CompactorParts) {
    const { sql, notes, objects, events } = parts;
    this.#parts = parts;
    this.#sql = sql;
    this.#notes = notes;
    this.#objects = objects;
    this.#events = events;
    const note = notes.read(NOTE);
    const mark: Mark = note ? (JSON.parse(note) as Mark) : { watchable: 0, history: 0, revision: 0 };
    this.#watchable = mark.watchable;
    this.#history = mark.history;
    this.revisionAtStart = mark.revision;
  }

  get watchable(): number {
    return this.#watchable;
  }

  get history(): number {
    return this.#history;
  }

  get #horizons(): Horizons {
    const { horizons, isFull } = this.#parts;
    if (!isFull()) return horizons;
    return { ...horizons, watchable: Math.min(horizons.watchable, FULL_WATCHABLE), history: 0 };
  }

  /** True when there is more to do. */
  step(now: number, revision: number): boolean {
    const before = { watchable: this.#watchable, history: this.#history };
    try {
      return this.#sql.transaction(() => this.#step(now, revision));
    } catch (error) {
      this.#watchable = before.watchable;
      this.#history = before.history;
      this.#events.reset();
      throw error;
    }
  }

  /** Events whose time is over, of which the next steps delete the rows. */
  expiring(now: number): ExpiringEvent[] {
    return this.#events.expiring(now - this.#horizons.events, STEP);
  }

  /** The time at which there will be rows to delete, if nothing more is written; undefined: never. */
  due(): number | undefined {
    const event = first(this.#sql.query<{ at: number }>('SELECT at FROM events ORDER BY revision LIMIT 1'));
    const entry = first(
      this.#sql.query<{ at: number; total: number }>(
        "SELECT at, total FROM log WHERE revision > ? AND change <> 'create' ORDER BY revision LIMIT 1",
        this.#history,
      ),
    );
    const { watchable, history: longest, historySize, events } = this.#horizons;
    const history = Math.max(longest, watchable);
    const dues: number[] = [];
    // Revisions written in the very millisecond of a horizon are kept.
    if (event) dues.push(event.at + events + 1);
    if (entry) dues.push(entry.at + 1 + (entry.total <= this.#objects.total - historySize ? watchable : history));
    return dues.length > 0 ? Math.min(...dues) : undefined;
  }

  #step(now: number, revision: number): boolean {
    const horizons = this.#horizons;
    this.#watchable = Math.max(this.#watchable, this.#lastBefore(now - horizons.watchable));
    const history = this.#dropHistory(now, horizons);
    const events = this.#events.expire(now - horizons.events, STEP);
    // Events at or before it can no longer be delivered.
    this.#watchable = Math.max(this.#watchable, events.last);
    if (history.rows + events.rows > 0) {
      const mark: Mark = { watchable: this.#watchable, history: this.#history, revision };
      this.#notes.write(NOTE, JSON.stringify(mark));
    }
    return history.more || events.rows === STEP;
  }

  #dropHistory(now: number, { history, historySize }: Horizons): { rows: number; more: boolean } {
    const oldest = now - history;
    const size = this.#objects.total - historySize;
    const entries = [
      ...this.#sql.query<Visited>(
        'SELECT revision, link, change, key, at, total FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?',
        this.#history,
        this.#watchable,
        STEP,
      ),
    ];
    let rows = 0;
    for (const entry of entries) {
      if (entry.at >= oldest && entry.total > size) return { rows, more: false };
      rows += this.#pass(entry);
      this.#history = entry.revision;
    }
    return { rows, more: entries.length === STEP };
  }

  #pass({ revision, link, change, key }: Visited): number {
    const isGiven = this.#parts.given.has(key);
    // A create may link to a delete that went when the horizon passed it.
    if (change === 'create' && !isGiven) return 0;
    let rows = this.#sql.run('DELETE FROM log WHERE revision = ?', link);
    // Without its delete, an object that the store was given would be there again.
    if (change === 'delete' && !isGiven) {
      rows += this.#sql.run('DELETE FROM log WHERE revision = ?', revision);
      rows += this.#sql.run('DELETE FROM current WHERE key = ? AND revision = ?', key, -revision);
    }
    return rows;
  }

  /** The last revision written before a time: a binary search, as times rise with revisions. */
  #lastBefore(time: number): number {
    const probe = 'SELECT revision, at FROM log WHERE revision > ? ORDER BY revision LIMIT 1';
    let low = this.#watchable;
    let high =
      first(this.#sql.query<{ revision: number | null }>('SELECT max(revision) AS revision FROM log'))?.revision ?? 0;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = first(this.#sql.query<{ revision: number; at: number }>(probe, middle));
      if (row && row.at < time) low = row.revision;
      else high = middle;
    }
    return low;
  }
}
