/** The two logs read as one, in revision order, after the objects that the store was given. */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { BootstrapObjects } from './bootstrap-objects.ts';
import { EVENTS_PREFIX, isWholeKey, rangeOf } from './keys.ts';
import { MAX_PAGE_SIZE } from './page.ts';
import { openOrStandIn, type Sealer } from './sealer.ts';
import { first } from './sql/first.ts';
import type { SqlPort } from './sql/port.ts';
import type { Entry, LogQuery } from './store.ts';
import { ENTRY_COLUMNS, type EntryRow } from './tables/table.ts';

export class Log {
  readonly #sql: SqlPort;
  readonly #sealer: Sealer;
  readonly #given: BootstrapObjects;

  constructor(sql: SqlPort, sealer: Sealer, given: BootstrapObjects) {
    this.#sql = sql;
    this.#sealer = sealer;
    this.#given = given;
  }

  read({ after, limit, prefixes, until = Number.MAX_SAFE_INTEGER }: LogQuery): Entry[] {
    const entries: Entry[] = [];
    let size = 0;
    /** Whether another fits. */
    const take = (entry: Entry): boolean => {
      entries.push(entry);
      size += entry.text.length;
      return size < MAX_PAGE_SIZE && entries.length < limit;
    };
    for (const entry of this.#given.entries(after, until, prefixes)) if (!take(entry)) return entries;
    const tables = tablesOf(prefixes);
    if (tables.length === 0) return entries;
    const [where, bindings] = keysUnder(prefixes);
    // SQLite merges the two as it steps, and stops at the limit.
    const parts = tables.map(
      (table) => `SELECT ${ENTRY_COLUMNS} FROM ${table} WHERE revision > ? AND revision <= ?${where}`,
    );
    const values = tables.flatMap(() => [after, until, ...bindings]);
    const sql = `${parts.join(' UNION ALL ')} ORDER BY revision LIMIT ?`;
    for (const row of this.#sql.query<EntryRow>(sql, ...values, limit - entries.length)) {
      if (!take(this.#entry(row))) break;
    }
    return entries;
  }

  at(revision: number): Entry | undefined {
    if (revision <= this.#given.last) return this.#given.entry(revision);
    for (const table of ['log', 'events']) {
      const sql = `SELECT ${ENTRY_COLUMNS} FROM ${table} WHERE revision = ?`;
      const row = this.#sql.first<EntryRow>(sql, revision);
      if (row) return this.#entry(row);
    }
    return undefined;
  }

  #entry({ key, revision, link, created, change, cause, text }: EntryRow): Entry {
    return {
      key,
      revision,
      created,
      change,
      previous: change === 'create' ? 0 : link,
      cause: JSON.parse(cause) as Cause,
      ...openOrStandIn(this.#sealer, key, revision, text),
    };
  }
}

function tablesOf(prefixes: readonly string[] | undefined): string[] {
  if (!prefixes || prefixes.includes('')) return ['log', 'events'];
  const tables: string[] = [];
  if (prefixes.some((prefix) => !prefix.startsWith(EVENTS_PREFIX))) tables.push('log');
  if (prefixes.some((prefix) => prefix.startsWith(EVENTS_PREFIX))) tables.push('events');
  return tables;
}

function keysUnder(prefixes: readonly string[] | undefined): [where: string, bindings: string[]] {
  if (!prefixes || prefixes.includes('')) return ['', []];
  const bindings: string[] = [];
  const terms = prefixes.map((prefix) => {
    if (isWholeKey(prefix)) {
      bindings.push(prefix);
      return 'key = ?';
    }
    const { after, before } = rangeOf(prefix);
    bindings.push(after, before);
    return '(key > ? AND key < ?)';
  });
  return [` AND (${terms.join(' OR ')})`, bindings];
}

/** The last revision that has a row, in either log; 0 where there is none. */
export function newestRevision(sql: SqlPort): number {
  const newest =
    'SELECT max((SELECT coalesce(max(revision), 0) FROM log), (SELECT coalesce(max(revision), 0) FROM events)) AS revision';
  return first(sql.query<{ revision: number }>(newest))?.revision ?? 0;
}
