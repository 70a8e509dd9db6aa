/** The store on SQLite: revisions, group commit, the log and compaction, over a port to the database. */
import type { GroupResource, Key } from '../../kube/machinery/resource.ts';
import { BootstrapObjects, type BootstrapSource } from './bootstrap-objects.ts';
import { CommitListeners } from './commit-listeners.ts';
import { CommitQueue, type GroupingOptions } from './commit-queue.ts';
import { Compactor, DEFAULT_HORIZONS, type Horizons } from './compact.ts';
import { compacted, StoreError } from './errors.ts';
import { History } from './history.ts';
import { isEventKey, isWholeKey, rangeOf } from './keys.ts';
import { Log, newestRevision } from './log.ts';
import { migrate } from './migrations.ts';
import { Notes } from './notes.ts';
import { ObjectCounts, type ObjectLimits } from './object-limits.ts';
import { listPage } from './page.ts';
import { StorageQuota } from './quota.ts';
import { Scans } from './scan.ts';
import { SCHEMA } from './schema.ts';
import { plainSealer, type Sealer } from './sealer.ts';
import { Snapshots } from './snapshot.ts';
import { type MeteredSql, meteredSql } from './sql/metered.ts';
import type { SqlPort } from './sql/port.ts';
import type { Committed, Entry, ListQuery, LogQuery, Page, Store, Stored, Write } from './store.ts';
import { EventsTable, type ExpiringEvent } from './tables/events.ts';
import { ObjectsTable } from './tables/objects.ts';
import type { Table } from './tables/table.ts';
import { type Performed, performWrite, type WritePorts } from './write.ts';
import { WriteGroup, type WriteGroupPorts } from './write-group.ts';

export interface StoreOptions extends GroupingOptions {
  sealer?: Sealer;
  horizons?: Partial<Horizons>;
  /** Bytes that the cluster may store; without it there is no limit. */
  quota?: number | (() => number | undefined);
  objectLimits?: () => ObjectLimits;
  /** The objects that a store has from its start. */
  bootstrap?: BootstrapSource;
}

export interface SqliteStore extends Store {
  /** The store was empty, and has now the objects that it was given. */
  readonly isNew: boolean;
  /** An object whose revision is at most this has not changed since the start (`bootstrap-objects.ts`). */
  readonly bootstrapRevision: number;
  /** Rows written since this object woke, which production bills. */
  readonly rowsWritten: { readonly commits: number; readonly compaction: number };
  /**
   * The time at which `compact` will have rows to delete, in milliseconds since the epoch; undefined: never, and the
   * object need not wake.
   */
  compactAt(): number | undefined;
  /** Events that a `compact` now would drop, some of the oldest. */
  expiringEvents(now: number): ExpiringEvent[];
  /** The revisions of all keys under a prefix of a resource other than Events, without their texts. */
  revisions(prefix: string): Iterable<readonly [key: Key, revision: number]>;
  readonly snapshots: Snapshots;
}

const unlimited = (): ObjectLimits => ({ objects: 0, nodes: 0 });

/** Makes or checks the tables, and opens the store. */
export function openStore(sql: SqlPort, options: StoreOptions = {}): SqliteStore {
  migrate(sql, SCHEMA);
  return new MvccStore(sql, options);
}

interface Waiting {
  write: Write;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

class MvccStore implements SqliteStore {
  readonly #sql: MeteredSql;
  readonly #sealer: Sealer;
  readonly #objects: ObjectsTable;
  readonly #events: EventsTable;
  readonly #log: Log;
  readonly #compactor: Compactor;
  readonly #quota: StorageQuota;
  readonly #counts: ObjectCounts;
  readonly #writePorts: WritePorts;
  readonly #groupPorts: WriteGroupPorts;
  readonly #queue: CommitQueue<Waiting>;
  readonly #scans = new Scans();
  readonly isNew: boolean;
  readonly bootstrapRevision: number;
  readonly history: History;
  readonly snapshots: Snapshots;
  readonly #listeners = new CommitListeners();
  readonly #changes = new Map<GroupResource, number>();
  #rollbacks = 0;
  #revision: number;
  #rowsOfCompaction = 0;

  constructor(sql: SqlPort, options: StoreOptions) {
    this.#sql = meteredSql(sql);
    this.#sealer = options.sealer ?? plainSealer;
    const notes = new Notes(this.#sql);
    const newest = newestRevision(sql);
    const given = new BootstrapObjects(notes, options.bootstrap, newest === 0);
    this.isNew = given.isNew;
    this.bootstrapRevision = given.last;
    this.#objects = new ObjectsTable(this.#sql, this.#sealer, given);
    this.#events = new EventsTable(this.#sql);
    this.#log = new Log(this.#sql, this.#sealer, given);
    this.history = new History(this.#sql, given);
    this.snapshots = new Snapshots(this.#sql, given);
    this.#quota = new StorageQuota(this.#sql, options.quota);
    this.#counts = new ObjectCounts((prefix) => this.count(prefix), options.objectLimits ?? unlimited);
    this.#writePorts = { sealer: this.#sealer, quota: this.#quota, counts: this.#counts, reader: this };
    this.#groupPorts = {
      sql: this.#sql,
      reader: this,
      perform: (write, isCoalesced) => this.#perform(write, isCoalesced),
      undone: (to, entries) => this.#undone(to, entries),
    };
    this.#compactor = new Compactor({
      sql: this.#sql,
      notes,
      given,
      objects: this.#objects,
      events: this.#events,
      horizons: { ...DEFAULT_HORIZONS, ...options.horizons },
      isFull: () => this.#quota.isFull,
    });
    this.#revision = Math.max(this.#compactor.revisionAtStart, newest, given.last);
    this.#queue = new CommitQueue((group) => this.#execute(group), options);
  }

  get revision(): number {
    return this.#revision;
  }

  get compacted(): number {
    return this.#compactor.watchable;
  }

  get oldest(): number {
    return this.#compactor.history;
  }

  get use(): Store['use'] {
    return this.#quota;
  }

  get rowsWritten(): { commits: number; compaction: number } {
    return { commits: this.#sql.rowsWritten - this.#rowsOfCompaction, compaction: this.#rowsOfCompaction };
  }

  get(key: Key): Stored | undefined {
    return this.#tableOf(key).get(key);
  }

  getAt(key: Key, revision: number, history = false): Stored | undefined {
    this.#checkRevision(revision, this.#floor(history));
    return this.#tableOf(key).getAt(key, revision);
  }

  list(query: ListQuery): Page {
    const revision = query.revision ?? this.#revision;
    this.#checkRevision(revision, this.#floor(query.history));
    return listPage(this.#tableOf(query.prefix), query, revision);
  }

  scan({ prefix, after, standIns, history, revision = this.#revision }: Omit<ListQuery, 'limit'>): Iterable<Stored> {
    if (isWholeKey(prefix)) return this.list({ prefix, after, standIns, history, revision }).items;
    this.#checkRevision(revision, this.#floor(history));
    const table = this.#tableOf(prefix);
    return this.#scans.read(after, (from, limit) => {
      this.#checkRevision(revision, this.#floor(history));
      return table.page(rangeOf(prefix, from), limit, revision, standIns);
    });
  }

  count(prefix: string): number {
    if (isWholeKey(prefix)) return this.get(prefix) ? 1 : 0;
    return this.#tableOf(prefix).count(rangeOf(prefix));
  }

  changes(resource: GroupResource): number {
    return (this.#changes.get(resource) ?? 0) + this.#rollbacks;
  }

  revisions(prefix: string): Iterable<readonly [key: Key, revision: number]> {
    return this.#objects.revisions(rangeOf(prefix));
  }

  log(query: LogQuery): Entry[] {
    const floor = this.#floor(query.history);
    if (query.after < floor) throw compacted(query.after, floor);
    return this.#log.read(query);
  }

  at(revision: number): Entry | undefined {
    return this.#log.at(revision);
  }

  readonly onCommit: Store['onCommit'] = (listener, resources) => this.#listeners.add(listener, resources);

  readonly onRollback: Store['onRollback'] = (listener) => this.#listeners.addOfRollbacks(listener);

  commit(write: Write): Promise<Committed> {
    return new Promise((resolve, reject) => this.#queue.add({ write, resolve, reject }));
  }

  compact(now: number): boolean {
    this.#scans.cut();
    const before = this.#sql.rowsWritten;
    const more = this.#compactor.step(now, this.#revision);
    this.#quota.freed();
    this.#rowsOfCompaction += this.#sql.rowsWritten - before;
    return more;
  }

  compactAt(): number | undefined {
    return this.#compactor.due();
  }

  expiringEvents(now: number): ExpiringEvent[] {
    return this.#compactor.expiring(now);
  }

  #execute(group: Waiting[]): void {
    this.#scans.cut();
    this.#events.begin();
    const writes = group.map(({ write }) => write);
    const { outcomes, entries } = new WriteGroup(this.#groupPorts).perform(writes);
    for (const [index, outcome] of outcomes.entries()) {
      const { resolve, reject } = group[index]!;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.committed);
    }
    if (entries.length > 0) this.#listeners.notify(entries);
  }

  #perform(write: Write, isCoalesced: boolean): Performed {
    const result = performWrite(write, this.#revision + 1, this.#tableOf(write.key), this.#writePorts, isCoalesced);
    if (result.entry) {
      this.#revision++;
      this.#changed(write.key);
    }
    return result;
  }

  #undone(revision: number, entries: readonly Entry[]): void {
    this.#revision = revision;
    this.#rollbacks++;
    this.#counts.forget();
    // Tables remember a row once it is written.
    this.#objects.undo();
    this.#events.undo(revision);
    this.#listeners.rolledBack(entries);
  }

  #changed(key: Key): void {
    const resource = key.slice(0, key.indexOf('/'));
    this.#changes.set(resource, (this.#changes.get(resource) ?? 0) + 1);
  }

  #tableOf(keyOrPrefix: string): Table {
    return isEventKey(keyOrPrefix) ? this.#events : this.#objects;
  }

  #floor(history = false): number {
    return history ? this.oldest : this.compacted;
  }

  #checkRevision(revision: number, floor: number): void {
    if (revision < floor) throw compacted(revision, floor);
    if (revision > this.#revision) {
      throw new StoreError('future-revision', `revision ${revision} lies in the future`, this.#revision);
    }
  }
}
