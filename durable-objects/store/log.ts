/** The two logs read as one, in revision order. */
import type { Cause } from '../../kube/machinery/cause.ts';
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

  constructor(sql: SqlPort, sealer: Sealer) {
    this.#sql = sql;
    this.#sealer = sealer;
  }

  read({ after, limit, prefixes, until = Number.MAX_SAFE_INTEGER }: LogQuery): Entry[] {
    const tables = tablesOf(prefixes);
    if (tables.length === 0) return [];
    const [where, bindings] = keysUnder(prefixes);
    // SQLite merges the two as it steps, and stops at the limit.
    const parts = tables.map(
      (table) => `SELECT ${ENTRY_COLUMNS} FROM ${table} WHERE revision > ? AND revision <= ?${where}`,
    );
    const values = tables.flatMap(() => [after, until, ...bindings]);
    const sql = `${parts.join(' UNION ALL ')} ORDER BY revision LIMIT ?`;
    const entries: Entry[] = [];
    let size = 0;
    for (const row of this.#sql.query<EntryRow>(sql, ...values, limit)) {
      const entry = this.#entry(row);
      entries.push(entry);
      size += entry.text.length;
      if (size >= MAX_PAGE_SIZE) break;
    }
    return entries;
  }

  at(revision: number): Entry | undefined {
    for (const table of ['log', 'events']) {
      const sql = `SELECT ${ENTRY_COLUMNS} FROM ${table} WHERE revision = ?`;
      const row = first(this.#sql.query<EntryRow>(sql, revision));
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
