/**
 * A store made of a copy of another (`snapshot.ts`), page by page, in an empty database. Until it is finished, the
 * database is no store that can be opened: a note says how far it is, so that it can go on or be thrown away.
 */
import type { SnapshotRow } from '../../wire/snapshot.ts';
import { plantMark } from './compact.ts';
import { isEventKey } from './keys.ts';
import { migrate } from './migrations.ts';
import { Notes } from './notes.ts';
import { SCHEMA } from './schema.ts';
import { type Sealer, sealText } from './sealer.ts';
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';

const NOTE = 'store.restore';

/** How far a restore is. */
export interface RestoreProgress {
  source: string;
  /** Of the page that comes next; '' for the first. */
  position: string;
  /** All pages are there. */
  isWhole: boolean;
  rows: number;
  /** Code units of texts and causes. */
  size: number;
}

export interface RestoreOf {
  /** Names the copy: a restore goes on with the same alone. */
  source: string;
  /** It comes with its past, in the order of revisions. */
  hasPast: boolean;
}

export interface RestoredHorizons {
  /** The newest revision of the copy. */
  revision: number;
  /** The revision from which on the copy has its past. */
  oldest: number;
}

const INSERT = (table: 'log' | 'events') => {
  const columns = [
    'revision',
    'link',
    'created',
    'change',
    'at',
    ...(table === 'log' ? ['total'] : []),
    'key',
    'cause',
    'text',
  ];
  return `INSERT INTO ${table}(${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
};
const [INSERT_LOG, INSERT_EVENT] = [INSERT('log'), INSERT('events')];
const POINT = `INSERT INTO current(key, revision) VALUES (?, ?)
  ON CONFLICT(key) DO UPDATE SET revision = excluded.revision`;
/** Rows that the source's compaction removed while it was copied, of which the copy has no use. */
const UNREACHABLE = `DELETE FROM log WHERE revision <= ?1
  AND revision NOT IN (SELECT abs(revision) FROM current)
  AND revision NOT IN (SELECT link FROM log WHERE revision > ?1)`;

export class StoreRestore {
  readonly #sql: SqlPort;
  readonly #sealer: Sealer;
  readonly #notes: Notes;
  readonly #hasPast: boolean;
  #progress: RestoreProgress;

  /** Takes up a restore of the same source, or begins one in an empty database. */
  constructor(sql: SqlPort, sealer: Sealer, { source, hasPast }: RestoreOf) {
    migrate(sql, SCHEMA);
    this.#sql = sql;
    this.#sealer = sealer;
    this.#hasPast = hasPast;
    this.#notes = new Notes(sql);
    this.#progress = StoreRestore.underWay(sql) ?? { source, position: '', isWhole: false, rows: 0, size: 0 };
    if (this.#progress.source !== source) throw new Error('the storage has another copy, which is not whole');
    this.#notes.write(NOTE, JSON.stringify(this.#progress));
  }

  /** The progress of a restore that has not finished. A look writes nothing. */
  static underWay(sql: SqlPort): RestoreProgress | undefined {
    if (!first(sql.query("SELECT 1 AS yes FROM sqlite_master WHERE name = 'notes'"))) return undefined;
    const note = new Notes(sql).read(NOTE);
    return note === undefined ? undefined : (JSON.parse(note) as RestoreProgress);
  }

  get progress(): RestoreProgress {
    return this.#progress;
  }

  /** Adds a page, and notes which comes next, if one does. Texts that are sealed are taken as they are. */
  add(rows: readonly SnapshotRow[], next: string | undefined): void {
    const place = { position: next ?? '', isWhole: next === undefined };
    const progress = { ...this.#progress, ...place, rows: this.#progress.rows + rows.length };
    this.#sql.transaction(() => {
      for (const row of rows) {
        progress.size += row.text.length + row.cause.length;
        this.#insert(row, progress.size);
      }
      this.#notes.write(NOTE, JSON.stringify(progress));
    });
    this.#progress = progress;
  }

  #insert({ revision, link, created, change, at, key, cause, text }: SnapshotRow, total: number): void {
    const sealed = typeof text === 'string' ? sealText(this.#sealer, key, text) : text;
    if (isEventKey(key)) {
      this.#sql.run(INSERT_EVENT, revision, link, created, change, at, key, cause, sealed);
      return;
    }
    // Of a copy without a past, none is counted that a limit of the past could end.
    const counted = this.#hasPast ? total : 0;
    this.#sql.run(INSERT_LOG, revision, link, created, change, at, counted, key, cause, sealed);
    this.#sql.run(POINT, key, change === 'delete' ? -revision : revision);
  }

  /** The database is a store from now on. `notes` are the source's: none that a stranger has made. */
  finish(notes: Readonly<Record<string, string>>, { revision, oldest }: RestoredHorizons): void {
    this.#sql.transaction(() => {
      this.#sql.run(UNREACHABLE, oldest);
      for (const [name, value] of Object.entries(notes)) this.#notes.write(name, value);
      plantMark(this.#notes, { revision, oldest });
      this.#notes.forget(NOTE);
    });
  }
}
