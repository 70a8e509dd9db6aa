/**
 * Copies of a store, page by page, while others write: its state at one revision, or its whole log. Sealed texts stay
 * sealed. Nothing is kept between two pages but the position, so that a copy goes on after either side died.
 */
import type { SnapshotPage, SnapshotRow } from '../../wire/snapshot.ts';
import type { BootstrapObjects } from './bootstrap-objects.ts';
import { rangeOf } from './keys.ts';
import type { SqlPort } from './sql/port.ts';

const COLUMNS = 'revision, link, created, change, at, key, cause, text';
const ROW = `SELECT ${COLUMNS} FROM log WHERE revision = ?`;
const CURRENT = 'SELECT key, abs(revision) AS revision FROM current WHERE key > ? AND key < ? ORDER BY key LIMIT ?';
const EVENTS = `SELECT key, max(revision) AS revision FROM events WHERE key > ? AND revision <= ?
  GROUP BY key ORDER BY key LIMIT ?`;
const EVENT = `SELECT ${COLUMNS} FROM events WHERE revision = ?`;
const BOTH = `SELECT ${COLUMNS} FROM log WHERE revision > ? AND revision <= ? UNION ALL
  SELECT ${COLUMNS} FROM events WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?`;

/** Keys that one page looks at, and code units of text that it has, about: a page is one message, made in one turn. */
const PAGE_KEYS = 250;
const PAGE_SIZE = 512 * 1024;

type Pointer = { key: string; revision: number };

export class Snapshots {
  readonly #sql: SqlPort;
  readonly #given: BootstrapObjects;

  constructor(sql: SqlPort, given: BootstrapObjects) {
    this.#sql = sql;
    this.#given = given;
  }

  /** The objects that the store was given, for {@link StoreRestore}. */
  get given(): Record<string, string> {
    return this.#given.notes;
  }

  /** What a store that was compacted at the revision would have: the state of each key, and nothing of how it came. */
  state(revision: number, position = ''): SnapshotPage {
    if (position.startsWith(EVENT_POSITION)) return this.#events(revision, position.slice(EVENT_POSITION.length));
    const { after, before } = rangeOf('', position);
    const pointers = [...this.#sql.query<Pointer>(CURRENT, after, before, PAGE_KEYS)];
    const page = this.#take(pointers, (pointer) => this.#stateOf(pointer, revision));
    return page.next === undefined ? { ...page, next: EVENT_POSITION } : page;
  }

  #events(revision: number, position: string): SnapshotPage {
    const pointers = [...this.#sql.query<Pointer>(EVENTS, position, revision, PAGE_KEYS)];
    const page = this.#take(pointers, (pointer) => {
      const row = this.#sql.first<SnapshotRow>(EVENT, pointer.revision);
      return row && row.change !== 'delete' ? { ...row, link: 0, change: 'create' } : undefined;
    });
    return page.next === undefined ? page : { ...page, next: EVENT_POSITION + page.next };
  }

  #take(pointers: readonly Pointer[], read: (pointer: Pointer) => SnapshotRow | undefined): SnapshotPage {
    const rows: SnapshotRow[] = [];
    let size = 0;
    for (const pointer of pointers) {
      const row = read(pointer);
      if (!row) continue;
      rows.push(row);
      size += row.text.length;
      if (size > PAGE_SIZE) return { rows, next: pointer.key };
    }
    return pointers.length < PAGE_KEYS ? { rows } : { rows, next: pointers.at(-1)!.key };
  }

  /** Without its delete, an object that the store was given would be there again. */
  #stateOf({ key, revision: newest }: Pointer, revision: number): SnapshotRow | undefined {
    let row = this.#sql.first<SnapshotRow>(ROW, newest);
    while (row && row.revision > revision) row = this.#sql.first<SnapshotRow>(ROW, row.link);
    if (!row) return undefined;
    if (row.change === 'delete') return this.#given.has(key) ? { ...row, link: 0 } : undefined;
    return { ...row, link: 0, change: 'create' };
  }

  /** Every row that is left up to a revision, in the order of revisions. */
  log(until: number, position = ''): SnapshotPage {
    const after = Number(position);
    const rows: SnapshotRow[] = [];
    let size = 0;
    for (const row of this.#sql.query<SnapshotRow>(BOTH, after, until, after, until, PAGE_KEYS)) {
      rows.push(row);
      size += row.text.length;
      if (size > PAGE_SIZE) return { rows, next: String(row.revision) };
    }
    return rows.length < PAGE_KEYS ? { rows } : { rows, next: String(rows.at(-1)!.revision) };
  }
}

/** No key begins with it. */
const EVENT_POSITION = ' ';
