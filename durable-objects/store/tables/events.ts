/** `events` (see `schema.ts`): one row a write. The index from keys to rows is read on first use after a wake. */
import type { Key } from '../../../kube/machinery/resource.ts';
import type { KeyRange } from '../keys.ts';
import type { Row, SqlPort } from '../sql/port.ts';
import type { Stored } from '../store.ts';
import { EventIndex } from './event-index.ts';
import type { Newest, Table, Version } from './table.ts';

const GET_AT = `WITH RECURSIVE chain(revision, link) AS (
    SELECT revision, link FROM events WHERE revision = ?
    UNION ALL
    SELECT e.revision, e.link FROM chain CROSS JOIN events e ON e.revision = chain.link WHERE chain.revision > ?)
  SELECT e.key, e.revision, e.created, e.text FROM chain CROSS JOIN events e ON e.revision = chain.revision
  WHERE chain.revision <= ? AND e.change <> 'delete'`;

const MANY = `SELECT e.key, e.revision, e.created, e.text FROM json_each(?) j
  CROSS JOIN events e ON e.revision = j.value`;

/** An Event of its last revision, which a write meanwhile would supersede. */
export interface ExpiringEvent {
  key: Key;
  revision: number;
}

export class EventsTable implements Table {
  readonly #sql: SqlPort;
  #loaded: EventIndex | undefined;
  /** What the index had before each write of the present transaction, in their order: to read it anew is costly. */
  #replaced: { revision: number; key: Key; pointer: number | undefined }[] = [];

  constructor(sql: SqlPort) {
    this.#sql = sql;
  }

  get #index(): EventIndex {
    if (this.#loaded) return this.#loaded;
    const index = new EventIndex();
    const rows = this.#sql.query<{ key: string; revision: number; change: string }>(
      'SELECT key, revision, change FROM events ORDER BY revision',
    );
    for (const { key, revision, change } of rows) index.set(key, change === 'delete' ? -revision : revision);
    this.#loaded = index;
    return index;
  }

  reset(): void {
    this.#loaded = undefined;
    this.#replaced = [];
  }

  /** Before a transaction. */
  begin(): void {
    if (this.#replaced.length > 0) this.#replaced = [];
  }

  undo(after: number): void {
    for (let last = this.#replaced.at(-1); last && last.revision > after; last = this.#replaced.at(-1)) {
      this.#replaced.pop();
      if (last.pointer === undefined) this.#loaded?.drop(last.key, last.revision);
      else this.#loaded?.set(last.key, last.pointer);
    }
  }

  newest(key: Key): Newest | undefined {
    const pointer = this.#index.pointer(key);
    if (pointer === undefined) return undefined;
    const stored = this.#row(Math.abs(pointer));
    return stored && { ...stored, deleted: pointer < 0 };
  }

  get(key: Key): Stored | undefined {
    const pointer = this.#index.pointer(key) ?? -1;
    return pointer < 0 ? undefined : this.#row(pointer);
  }

  getAt(key: Key, revision: number): Stored | undefined {
    const pointer = this.#index.pointer(key);
    if (pointer === undefined) return undefined;
    return this.#rows(GET_AT, Math.abs(pointer), revision, revision)[0];
  }

  page(range: KeyRange, limit = Number.POSITIVE_INFINITY, revision: number): Stored[] {
    const revisions: number[] = [];
    for (const [key, pointer] of this.#index.under(range)) {
      if (revisions.length >= limit) break;
      const found = Math.abs(pointer) > revision ? this.getAt(key, revision)?.revision : pointer;
      if (found !== undefined && found > 0) revisions.push(found);
    }
    return this.#rows(MANY, JSON.stringify(revisions));
  }

  count(range: KeyRange): number {
    let count = 0;
    for (const [, pointer] of this.#index.under(range)) if (pointer > 0) count++;
    return count;
  }

  append({ key, revision, link, created, change, at, cause }: Version, text: string | Uint8Array): void {
    const index = this.#index;
    this.#sql.run(
      'INSERT INTO events(revision, link, created, change, at, key, cause, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[revision, link, created, change, at, key, cause, text],
    );
    this.#replaced.push({ revision, key, pointer: index.pointer(key) });
    index.set(key, change === 'delete' ? -revision : revision);
  }

  /** Events that were last written before a time, the oldest of up to `limit` rows. */
  expiring(before: number, limit: number): ExpiringEvent[] {
    const found: ExpiringEvent[] = [];
    for (const { revision, key } of this.#writtenBefore(before, limit)) {
      if (this.#index.pointer(key) === revision) found.push({ key, revision });
    }
    return found;
  }

  /** Deletes up to `limit` rows written before a time. Returns their number, and the revision of the last. */
  expire(before: number, limit: number): { rows: number; last: number } {
    let rows = 0;
    let last = 0;
    for (const { revision, key } of this.#writtenBefore(before, limit)) {
      rows++;
      last = revision;
      this.#loaded?.drop(key, revision);
    }
    if (rows > 0) this.#sql.run('DELETE FROM events WHERE revision <= ?', last);
    return { rows, last };
  }

  *#writtenBefore(before: number, limit: number): Generator<ExpiringEvent> {
    const oldest = this.#sql.query<{ revision: number; at: number; key: string }>(
      'SELECT revision, at, key FROM events ORDER BY revision LIMIT ?',
      limit,
    );
    for (const { revision, at, key } of oldest) {
      if (at >= before) return;
      yield { key, revision };
    }
  }

  #row(revision: number): Stored | undefined {
    return this.#rows('SELECT key, revision, created, text FROM events WHERE revision = ?', revision)[0];
  }

  #rows(sql: string, ...bindings: (string | number)[]): Stored[] {
    const items: Stored[] = [];
    for (const { key, revision, created, text } of this.#sql.query<Stored & Row>(sql, ...bindings)) {
      items.push({ key, revision, created, text });
    }
    return items;
  }
}
