/**
 * The consistent store of one cluster: keys to JSON text, one revision counter, as in etcd.
 *
 * Reads are synchronous and see every write that was committed before. Objects are text, already printed, with
 * `metadata.resourceVersion` in it, so that GET, LIST and watch can send them as they are.
 */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../kube/machinery/resource.ts';

/** How much of its storage a cluster uses. */
export interface StorageUse {
  /** Bytes of the database. */
  readonly used: number;
  /** undefined where there is no quota. */
  readonly quota?: number;
  /** Writes that grow an object are refused. */
  readonly isFull: boolean;
  /** The storage will soon be full. */
  readonly isLow: boolean;
}

/** One object at one revision. Its parts may be made on demand, so a copy names them: a spread would leave them out. */
export interface Stored {
  readonly key: Key;
  /** The revision of its last write: `metadata.resourceVersion`. */
  readonly revision: number;
  /** The revision at which it was created. */
  readonly created: number;
  readonly text: string;
  /** The length of the text, about, where the text is made when it is first asked for. */
  readonly size?: number;
  /**
   * The object of the text, for a reader that does not change it: clusters share most of it. It has neither managers nor
   * status. Absent where the text would have to be parsed.
   */
  object?(): KubeObject;
  /** The reason why the text is a stand-in, which knows the object's name alone: the stored text cannot be opened. */
  unreadable?: string;
}

/** One line of the log. For a delete, `text` is the object's last state carrying the delete's resourceVersion. */
export interface Entry extends Stored {
  change: 'create' | 'update' | 'delete';
  /** The revision of this key before; 0 for a create. Its text can be read with `at(previous)`. */
  previous: number;
  cause: Cause;
}

export interface ListQuery {
  /** `pods/` or `pods/default/`, or one whole key; '' is every object except Events. */
  prefix: string;
  /** Read at this revision; the current one when left out. */
  revision?: number;
  /** Only keys after this one. */
  after?: Key;
  /** At most; large objects make a page shorter than that, which then has a `next`. */
  limit?: number;
  /** An object that cannot be opened comes as a stand-in instead of an error, so that all others can be read. */
  standIns?: boolean;
  /** Reach back to `oldest` instead of `compacted`, as with {@link LogQuery}. */
  history?: boolean;
}

export interface Page {
  items: Stored[];
  /** The revision the page was read at. */
  revision: number;
  /** The start of the next page (`after`), when there is one. */
  next?: Key;
  /** The number of keys behind this page, when it is cut (may be counted as of now; counted when it is read). */
  remaining?: number;
}

export interface StoreReader {
  /** The revision of the last commit. */
  readonly revision: number;
  /** Throws `unreadable`, as all reads of objects do. */
  get(key: Key): Stored | undefined;
  /**
   * A key as it was at a revision (the newest entry not after it). Throws `compacted`, `future-revision`.
   * With `history`, from `oldest` on instead of from `compacted` on.
   */
  getAt(key: Key, revision: number, history?: boolean): Stored | undefined;
  /** One page in key order. Throws `compacted`, `future-revision`. */
  list(query: ListQuery): Page;
  /** The number of keys under a prefix now. */
  count(prefix: string): number;
  /**
   * A number that differs after each change of the resource's objects, in the present group of writes too, and after a
   * rollback.
   */
  changes(resource: GroupResource): number;
}

/** The object's next state. `unchanged` writes nothing, uses no revision and answers the current state. */
export type Next = (({ text: string } | { delete: string }) & With) | 'unchanged';

interface With {
  /** Writes of other objects that are made with this one, in order and each at a revision of its own, or none is. */
  with?: readonly Companion[];
  /** Writes of other objects that depend on this one and on others of its group. */
  coalesced?: readonly CoalescedWrite[];
}

/**
 * The one write of an object that many writes of a group change a little: each of them is taken into account as it is
 * made, and the object is written after the last of them, or before a write of its own. It is not refused for its size or
 * for want of room, because those writes rest on it.
 */
export interface CoalescedWrite {
  readonly key: Key;
  /**
   * The state after one more write. `before` is the state that the group's writes up to now have left, undefined where
   * none has. Answers undefined where the write changes none, and throws to refuse the write.
   */
  add(before: unknown, context: WriteContext): unknown;
  /** The object's next state. Its cause is that of the last write, beside which it is. */
  write(state: unknown, current: Stored | undefined, context: WriteContext): Next;
}

/** Its cause is that of the write it goes along with, and the key of that one. */
export type Companion = Pick<Write, 'key' | 'expect' | 'apply'>;

export interface WriteContext {
  /** The revision this write will get: it belongs in `metadata.resourceVersion`. */
  revision: number;
  /** A reader that sees the writes of the same group that came before this one. */
  reader: StoreReader;
}

export interface Write {
  key: Key;
  /**
   * The state that must be current: a revision, no object, or any state. Otherwise `conflict`, `already-exists`,
   * `not-found`.
   */
  expect: number | 'absent' | 'present' | 'any';
  /**
   * Decides the object's next state. Runs inside the transaction, and again when a write of the same group has failed
   * half-way; it must be synchronous and free of effects. An error that it throws fails this write alone and reaches the caller of `commit` unchanged.
   */
  apply(current: Stored | undefined, context: WriteContext): Next;
  cause: Cause;
  /** `apply` is handed a stand-in for a state that cannot be opened, instead of the write failing. */
  standIns?: boolean;
}

export interface Committed {
  stored: Stored;
  /** undefined when nothing was written. */
  entry?: Entry;
  /** The entries of the writes that were made with it. */
  others?: readonly Entry[];
}

/** Called with each group of entries once it is durable, in revision order. Must not throw. */
export type CommitListener = (entries: readonly Entry[]) => void;

export interface LogQuery {
  /** Entries with a higher revision than this. */
  after: number;
  /** At most this many entries, fewer where they are large: they are held in memory. There is one, if there are any. */
  limit: number;
  /** Only keys under one of these prefixes (or these whole keys); all when left out. */
  prefixes?: readonly string[];
  /** Only entries up to this revision: bounds the rows visited where few of them match. */
  until?: number;
  /** Reach back to `oldest` instead of `compacted`: for traces and history, not for watches. Events may be gone. */
  history?: boolean;
}

/** Looks into the past (`history.ts`). */
export interface HistoryReader {
  /** The revision of the last object that the store was given: before it there is nothing to see. */
  readonly first: number;
  /** Keys other than those of Events that a write after the revision was about, in their order. */
  changedSince(revision: number, after: Key, limit: number): Key[];
  /** Milliseconds since the epoch at which the newest change was made that a revision has; undefined: none is known. */
  timeOf(revision: number): number | undefined;
  /** The newest revision between the two that was written at a time or before. */
  revisionAt(time: number, oldest: number, newest: number): number;
}

export interface Store extends StoreReader {
  /**
   * A whole list in key order, read as it is consumed, however slowly: all of it is the state at one revision.
   * Throws `compacted` also on the way. A reader that stops before the end must `return()` the iterator, as `for of`
   * does.
   */
  scan(query: Omit<ListQuery, 'limit'>): Iterable<Stored>;
  /** Writes that arrive together commit together; each has its own revision and its own error. */
  commit(write: Write): Promise<Committed>;
  /**
   * The log in revision order. Throws `compacted` when entries after `after` are gone. An object that cannot be opened
   * comes as a stand-in: a follower of the log must get past it.
   */
  log(query: LogQuery): Entry[];
  /** The entry of one revision, if it is still there. Stand-ins as in `log`. */
  at(revision: number): Entry | undefined;
  /**
   * Calls back after each commit; returns how to stop. With `resources`, only with their entries, where there are any,
   * and before those that hear of all.
   */
  onCommit(listener: CommitListener, resources?: readonly GroupResource[]): () => void;
  /** Calls back after entries that reads of their group may have seen are taken back. */
  onRollback(listener: () => void): void;
  /** The use of the cluster's storage. */
  readonly use: StorageUse;
  /** The lowest revision that `log({after})` can still start from. */
  readonly compacted: number;
  /** The lowest revision that history (`getAt`, `log` with `history`) can still be read from; at most `compacted`. */
  readonly oldest: number;
  readonly history: HistoryReader;
  /**
   * Forgets entries that are neither current nor younger than the horizon, a bounded number of rows a call.
   * Returns true when there is more to do. `now` in milliseconds since the epoch.
   */
  compact(now: number): boolean;
}
