/**
 * The store's port to a table of revisions. Two of them: `objects.ts`, and `events.ts` for Events, which live an hour.
 */
import type { Key } from '../../../kube/machinery/resource.ts';
import type { KeyRange } from '../keys.ts';
import type { SqlValue } from '../sql/port.ts';
import type { Entry, Stored } from '../store.ts';

/** The newest entry of a key, deletes included. */
export interface Newest extends Stored {
  deleted: boolean;
}

export interface Version {
  key: Key;
  revision: number;
  /** Revision of the newest entry before, deletes included; 0 when there is none. */
  link: number;
  created: number;
  change: Entry['change'];
  /** Milliseconds since the epoch. */
  at: number;
  /** JSON. */
  cause: string;
  text: string;
}

export interface Table {
  newest(key: Key, standIns?: boolean): Newest | undefined;
  get(key: Key): Stored | undefined;
  /** The state at a revision that is neither compacted nor in the future. */
  getAt(key: Key, revision: number, standIns?: boolean): Stored | undefined;
  /** In key order, and maybe read while it is consumed, before the next write; all when there is no limit. */
  page(range: KeyRange, limit: number | undefined, revision: number, standIns?: boolean): Iterable<Stored>;
  count(range: KeyRange): number;
  /** Inside a transaction. */
  append(version: Version, text: string | Uint8Array): void;
  /** After a failed transaction or savepoint: forgets its memory of what was written after a revision. */
  undo(after: number): void;
}

export type EntryRow = {
  revision: number;
  link: number;
  created: number;
  change: Entry['change'];
  key: string;
  cause: string;
  text: string | Uint8Array;
};

export const ENTRY_COLUMNS = 'revision, link, created, change, key, cause, text';

export type StoredRow = { key: string; revision: number; created: number; text: SqlValue };
