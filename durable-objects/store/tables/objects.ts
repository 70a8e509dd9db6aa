/**
 * `log` and `current` (see `schema.ts`): two rows a revision. `current` points into the log, so current reads are one
 * joined statement; a read at an older revision starts there too and follows the links back. Objects that the store was
 * given have rows from their first change on.
 */
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { BootstrapObjects } from '../bootstrap-objects.ts';
import { type KeyRange, SECRETS_PREFIX } from '../keys.ts';
import { openOrStandIn, openText, type Sealer } from '../sealer.ts';
import { first } from '../sql/first.ts';
import type { SqlPort } from '../sql/port.ts';
import type { Stored } from '../store.ts';
import { NewestRows } from './newest-rows.ts';
import type { Newest, StoredRow, Table, Version } from './table.ts';

const NEWEST = `SELECT c.key, l.revision, l.created, l.text, c.revision < 0 AS deleted
  FROM current c CROSS JOIN log l ON l.revision = abs(c.revision) WHERE c.key = ?`;

const GET = `SELECT c.key, l.revision, l.created, l.text
  FROM current c CROSS JOIN log l ON l.revision = c.revision WHERE c.key = ?`;

const PAGE = `SELECT c.key, l.revision, l.created, l.text
  FROM current c CROSS JOIN log l ON l.revision = c.revision
  WHERE c.key > ? AND c.key < ? ORDER BY c.key LIMIT ?`;

/** Rows without a revision changed since; objects deleted before are left out. */
const PAGE_AT = `SELECT c.key, l.revision, l.created, l.text
  FROM current c LEFT JOIN log l ON l.revision = c.revision AND c.revision <= ?
  WHERE c.key > ? AND c.key < ? AND NOT (c.revision < 0 AND -c.revision <= ?) ORDER BY c.key LIMIT ?`;

/** Only the last step of the chain can be old enough. */
const GET_AT = `WITH RECURSIVE chain(revision, link) AS (
    SELECT l.revision, l.link FROM current c CROSS JOIN log l ON l.revision = abs(c.revision) WHERE c.key = ?
    UNION ALL
    SELECT l.revision, l.link FROM chain CROSS JOIN log l ON l.revision = chain.link WHERE chain.revision > ?)
  SELECT l.key, l.revision, l.created, l.text, l.change = 'delete' AS deleted
  FROM chain CROSS JOIN log l ON l.revision = chain.revision WHERE chain.revision <= ?`;

const COUNT = 'SELECT count(*) AS count FROM current WHERE key > ? AND key < ? AND revision > 0';

const REVISIONS = 'SELECT key, revision FROM current WHERE key > ? AND key < ? AND revision > 0';

type VersionRow = StoredRow & { deleted: number };

const ROWS_OF = 'SELECT c.key FROM json_each(?) j CROSS JOIN current c ON c.key = j.value';

export class ObjectsTable implements Table {
  readonly #sql: SqlPort;
  readonly #sealer: Sealer;
  readonly #given: BootstrapObjects;
  /** The resources that may have rows; only a store that began in this life knows them. */
  readonly #resources: Set<GroupResource> | undefined;
  /** Of keys whose newest entry is no delete, which compaction may remove, and that are not sealed. */
  readonly #rows = new NewestRows();
  /** The given objects that have rows; read when it is first asked for. */
  #changed: Set<Key> | undefined;
  /** Size of all texts and causes ever written, in UTF-16 code units. */
  #total = 0;
  /** Revision of the newest row in the log. */
  #last = 0;

  constructor(sql: SqlPort, sealer: Sealer, given: BootstrapObjects) {
    this.#sql = sql;
    this.#sealer = sealer;
    this.#given = given;
    this.undo();
    // An empty table needs no look for them.
    if (given.isNew) this.#changed = new Set();
    this.#resources = given.isNew ? new Set() : undefined;
  }

  undo(): void {
    this.#rows.clear();
    const newest = first(
      this.#sql.query<{ revision: number; total: number }>(
        'SELECT revision, total FROM log ORDER BY revision DESC LIMIT 1',
      ),
    );
    this.#last = newest?.revision ?? this.#given.last;
    this.#total = newest?.total ?? 0;
    this.#changed = undefined;
  }

  get total(): number {
    return this.#total;
  }

  newest(key: Key, standIns?: boolean): Newest | undefined {
    const known = this.#rows.get(key);
    if (known) return { ...known, deleted: false };
    const row = known === null || !this.#mayHaveRow(key) ? undefined : this.#sql.first<VersionRow>(NEWEST, key);
    if (row) {
      const stored = this.#stored(row, standIns);
      const deleted = row.deleted === 1;
      if (!deleted) this.#keep(stored);
      return { ...stored, deleted };
    }
    this.#rows.put(key, null);
    const given = this.#given.get(key);
    if (!given) return undefined;
    const { revision, created, text } = given;
    return { key, revision, created, text, deleted: false };
  }

  get(key: Key): Stored | undefined {
    if (this.#isAsGiven(key)) return this.#given.get(key);
    const known = this.#rows.get(key);
    if (known !== undefined) return known ?? undefined;
    if (!this.#mayHaveRow(key)) return undefined;
    const row = this.#sql.first<StoredRow>(GET, key);
    const stored = row && this.#stored(row);
    if (stored) this.#keep(stored);
    return stored;
  }

  #mayHaveRow(key: Key): boolean {
    return !this.#resources || this.#resources.has(resourceOf(key));
  }

  #mayHaveRows({ after, before }: KeyRange): boolean {
    if (!this.#resources) return true;
    const resource = resourceOf(after);
    const isOfOne = resource !== '' && (before === `${resource}0` || before.startsWith(`${resource}/`));
    return !isOfOne || this.#resources.has(resource);
  }

  /** Texts that are sealed stay so in memory, too. */
  #keep(stored: Stored): void {
    if (!stored.key.startsWith(SECRETS_PREFIX)) this.#rows.put(stored.key, stored);
  }

  getAt(key: Key, revision: number, standIns?: boolean): Stored | undefined {
    const row = this.#sql.first<VersionRow>(GET_AT, key, revision, revision);
    if (row) return row.deleted === 1 ? undefined : this.#stored(row, standIns);
    const given = this.#given.get(key);
    return given && given.revision <= revision ? given : undefined;
  }

  page(range: KeyRange, limit: number | undefined, revision: number, standIns?: boolean): Iterable<Stored> {
    const isNow = revision >= this.#last;
    if (!this.#mayHaveRows(range)) return this.#merged([], this.#givenUnder(range), limit, revision);
    const rows = isNow ? this.#pageNow(range, limit, standIns) : this.#pageAt(range, limit, revision, standIns);
    const given = this.#givenUnder(range);
    return given.length === 0 ? rows : this.#merged(rows, given, limit, revision);
  }

  /** Reads no more rows than it needs, and ends their cursor. */
  *#merged(rows: Iterable<Stored>, given: readonly Key[], limit: number | undefined, revision: number) {
    let left = limit ?? Number.POSITIVE_INFINITY;
    let next = 0;
    const before = function* (this: ObjectsTable, key?: Key): Generator<Stored> {
      for (; next < given.length && (key === undefined || given[next]! < key); next++) {
        const stored = this.#given.get(given[next]!)!;
        if (stored.revision <= revision) yield stored;
      }
    }.bind(this);
    for (const row of rows) {
      for (const stored of before(row.key)) {
        yield stored;
        if (--left === 0) return;
      }
      yield row;
      if (--left === 0) return;
    }
    for (const stored of before()) {
      yield stored;
      if (--left === 0) return;
    }
  }

  /** Of the objects as they were given. */
  #givenUnder(range: KeyRange): Key[] {
    if (this.#given.last === 0) return [];
    const keys = this.#given.under(range);
    if (keys.length === 0) return keys;
    const changed = this.#changedGiven();
    return keys.filter((key) => !changed.has(key));
  }

  #isAsGiven(key: Key): boolean {
    return this.#given.last > 0 && this.#given.has(key) && !this.#changedGiven().has(key);
  }

  #changedGiven(): Set<Key> {
    this.#changed ??= new Set(
      [...this.#sql.query<{ key: Key }>(ROWS_OF, JSON.stringify(this.#given.keys))].map(({ key }) => key),
    );
    return this.#changed;
  }

  *#pageNow({ after, before }: KeyRange, limit = -1, standIns?: boolean): Generator<Stored> {
    for (const row of this.#sql.query<StoredRow>(PAGE, after, before, limit)) yield this.#stored(row, standIns);
  }

  *#pageAt(
    { after, before }: KeyRange,
    limit: number | undefined,
    revision: number,
    standIns?: boolean,
  ): Generator<Stored> {
    let from = after;
    let found = 0;
    for (;;) {
      const wanted = limit === undefined ? -1 : limit - found;
      let rows = 0;
      for (const row of this.#sql.query<StoredRow>(PAGE_AT, revision, from, before, revision, wanted)) {
        rows++;
        from = row.key;
        // A key that has changed since may not have been there yet.
        const item = row.revision === null ? this.getAt(row.key, revision, standIns) : this.#stored(row, standIns);
        if (!item) continue;
        found++;
        yield item;
      }
      if (limit === undefined || found === limit || rows < wanted) return;
    }
  }

  count({ after, before }: KeyRange): number {
    const given = this.#givenUnder({ after, before }).length;
    if (!this.#mayHaveRows({ after, before })) return given;
    return given + (first(this.#sql.query<{ count: number }>(COUNT, after, before))?.count ?? 0);
  }

  /** In any order. */
  *revisions({ after, before }: KeyRange): Generator<readonly [key: Key, revision: number]> {
    for (const key of this.#givenUnder({ after, before })) yield [key, this.#given.get(key)!.revision];
    if (!this.#mayHaveRows({ after, before })) return;
    for (const { key, revision } of this.#sql.query<{ key: Key; revision: number }>(REVISIONS, after, before)) {
      yield [key, revision];
    }
  }

  append(version: Version, text: string | Uint8Array): void {
    const { key, revision, link, created, change, at, cause } = version;
    const total = this.#total + version.text.length + cause.length;
    this.#resources?.add(resourceOf(key));
    this.#sql.run(
      'INSERT INTO log(revision, link, created, change, at, total, key, cause, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[revision, link, created, change, at, total, key, cause, text],
    );
    const pointer = change === 'delete' ? -revision : revision;
    if (link === 0 || this.#isAsGiven(key))
      this.#sql.run('INSERT INTO current(key, revision) VALUES (?, ?)', key, pointer);
    else this.#sql.run('UPDATE current SET revision = ? WHERE key = ?', pointer, key);
    if (this.#given.has(key)) this.#changed?.add(key);
    this.#total = total;
    this.#last = revision;
    this.#rows.drop(key);
    if (change !== 'delete') this.#keep({ key, revision, created, text: version.text });
  }

  #stored({ key, revision, created, text }: StoredRow, standIns = false): Stored {
    if (standIns) return { key, revision, created, ...openOrStandIn(this.#sealer, key, revision, text) };
    return { key, revision, created, text: openText(this.#sealer, key, text) };
  }
}

/** '' where a range begins before all keys. */
function resourceOf(key: Key): GroupResource {
  return key.slice(0, Math.max(0, key.indexOf('/')));
}
