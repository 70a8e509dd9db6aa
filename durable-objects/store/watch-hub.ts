/**
 * From the log to the watchers. Subscriptions are numbered, live on sockets that hibernate, and
 * are kept in a table by socket. On each commit group a live subscription gets one frame; one whose socket is past its
 * window is *behind*: nothing is buffered for it, and it is replayed from the log as credits arrive, or ended with 410
 * where the log was compacted meanwhile. The hub has no timers: `tick` sends bookmarks while the object is awake
 * anyway.
 */
import { encodeMessage, WINDOW } from '../../wire/socket.ts';
import type { SqlPort } from './sql/port.ts';
import type { Entry, Store } from './store.ts';
import { Channels } from './watch/channels.ts';
import { Connection, POLICY_VIOLATION } from './watch/connection.ts';
import type { MatcherFactory, Peer, Renderer, Sent, WatchConversion, WatchRequest } from './watch/ports.ts';
import { RecentPages } from './watch/recent-pages.ts';
import { Rounds } from './watch/rounds.ts';
import { type Cursor, Subscription } from './watch/subscription.ts';
import { SubscriptionTable } from './watch/subscription-table.ts';

export type { MatcherFactory, Peer, Renderer, WatchRequest } from './watch/ports.ts';

export interface WatchHubOptions {
  store: Store;
  /** The store's database, already migrated. */
  sql: SqlPort;
  match: MatcherFactory;
  renderer: Renderer;
  /** Left out, all that is stored can be shown as it is. */
  conversion?: WatchConversion;
  /** Counts what subscriptions are sent. */
  sent?: Sent;
  /** Whether the kind of a request is served now; every kind is when left out. */
  serves?(request: WatchRequest): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Code units a socket may be sent before it acknowledges. */
  window?: number;
  /** Runs a callback once ready work has run; `setTimeout(…, 0)`. */
  defer?: (callback: () => void) => void;
  /** An unexpected error; it ends the watches that it hit. Left out, it is an uncaught one. */
  report?(error: unknown): void;
}

/** Milliseconds between bookmarks, as upstream. */
const BOOKMARK_EVERY = 60_000;
/** On one socket. Each costs a row and memory. */
const MAX_SUBSCRIPTIONS = 1000;

export class WatchHub {
  readonly #store: Store;
  readonly #table: SubscriptionTable;
  readonly #serves: (request: WatchRequest) => boolean;
  readonly #renderer: Renderer;
  readonly #window: number;
  readonly #rounds: Rounds;
  readonly #report: (error: unknown) => void;
  readonly #connections = new Map<string, Connection>();
  readonly #channels: Channels;
  readonly #pages: RecentPages;
  /** Milliseconds since the epoch. */
  #tickedAt = 0;

  constructor({
    store,
    sql,
    match,
    renderer,
    conversion,
    sent,
    serves,
    now,
    window = WINDOW,
    defer,
    report,
  }: WatchHubOptions) {
    this.#store = store;
    this.#pages = new RecentPages(now);
    this.#table = new SubscriptionTable(sql);
    this.#channels = new Channels(match, renderer, conversion, sent);
    this.#serves = serves ?? (() => true);
    this.#renderer = renderer;
    this.#window = window;
    this.#report = report ?? uncaught;
    this.#rounds = new Rounds({
      store,
      renderer,
      conversion,
      pages: this.#pages,
      table: this.#table,
      defer: defer ?? ((callback) => void setTimeout(callback, 0)),
      report: this.#report,
      end: (connection, id) => this.#end(connection, id),
    });
    store.onCommit((entries) => this.#deliver(entries));
  }

  /** The number of subscriptions. */
  get size(): number {
    return [...this.requests()].length;
  }

  /** The requests of all subscriptions. */
  requests(): Iterable<WatchRequest> {
    return this.#channels.requests();
  }

  /** Whether a subscription covers this key, or anything under this prefix. */
  isWatched(prefix: string): boolean {
    return !this.#channels.touching(prefix).next().done;
  }

  /** After a wake: takes up the subscriptions of sockets that are still open, and forgets the others. */
  restore(peers: Iterable<Peer>): void {
    for (const peer of peers) this.#connection(peer);
    const gone = new Set<string>();
    for (const { peer, id, request, cursor } of this.#table.all()) {
      const connection = this.#connections.get(peer);
      if (!connection) {
        gone.add(peer);
        continue;
      }
      if (!this.#serves(request)) {
        this.#table.remove(peer, id);
        connection.send(encodeMessage({ type: 'end', id }));
        continue;
      }
      // The revision that its client was sent last is not kept, so the next bookmark counts as new.
      const subscription = this.#add(connection, id, request, cursor, 0);
      subscription.kept = cursor.phase;
      // A socket with a subscription that is behind was at the end of its window.
      if (cursor.phase === 'live') continue;
      if (subscription.channel.isRemote) this.#rounds.schedule(connection);
      else connection.credits.exhaust();
    }
    for (const peer of gone) this.#table.removeAll(peer);
  }

  /**
   * Begins a subscription; one of the same number on the same socket is replaced. Too many close the socket. `begun` is
   * called when its initial state was sent and there is room for more, or is not sent any more.
   */
  subscribe(peer: Peer, id: number, request: WatchRequest, begun?: () => void): void {
    const connection = this.#connection(peer);
    if (connection.subscriptions.has(id)) this.#remove(connection, id);
    if (connection.subscriptions.size >= MAX_SUBSCRIPTIONS) {
      peer.close(POLICY_VIOLATION, `more than ${MAX_SUBSCRIPTIONS} subscriptions on one socket`);
      begun?.();
      return;
    }
    // The kind may have gone since the request was answered.
    if (!this.#serves(request)) {
      connection.send(encodeMessage({ type: 'end', id }));
      begun?.();
      return;
    }
    const subscription = this.#add(connection, id, request, this.#beginning(request), request.after ?? 0);
    subscription.begun = begun;
    if (subscription.cursor.phase !== 'initial') subscription.settle();
    this.#rounds.catchUpInTurn(connection);
    // The row is written last, so that a watch whose beginning fits into the window costs one.
    if (connection.subscriptions.get(id) !== subscription) return;
    this.#table.add(subscription);
    subscription.kept = subscription.cursor.phase;
  }

  /** Says that a subscription does not begin. */
  refuse(peer: Peer, id: number, status: unknown): void {
    this.#connection(peer).send(encodeMessage({ type: 'end', id, status }));
  }

  /** The client ends the subscription. */
  unsubscribe(peer: string, id: number): void {
    const connection = this.#connections.get(peer);
    if (connection?.subscriptions.has(id)) this.#end(connection, id);
  }

  /**
   * Ends all watches under a prefix, because its kind is served otherwise from now on, or no longer: clients list
   * again, or find that there is nothing to list (apiextensions `customresource_handler.go` tears down the storage).
   */
  end(prefix: string): void {
    // Lines that were printed may look otherwise from now on.
    this.#pages.clear();
    for (const { members } of [...this.#channels.touching(prefix)]) {
      for (const { connection, id } of [...members]) this.#end(connection, id);
    }
  }

  /** The client has consumed this many code units of frames. */
  credit(peer: string, size: number): void {
    const connection = this.#connections.get(peer);
    if (!connection) return;
    connection.acknowledge(size);
    this.#rounds.catchUpInTurn(connection);
  }

  /** The socket is closed. */
  closed(peer: string): void {
    const connection = this.#connections.get(peer);
    if (!connection) return;
    this.#connections.delete(peer);
    for (const subscription of connection.subscriptions.values()) {
      this.#channels.leave(subscription);
      subscription.settle();
    }
    if (connection.subscriptions.size > 0) this.#table.removeAll(peer);
    connection.subscriptions.clear();
  }

  /** Sends the bookmarks that are due, about once a minute. Call it whenever awake; it never wakes the object. */
  tick(now: number): void {
    if (now - this.#tickedAt < BOOKMARK_EVERY) return;
    this.#tickedAt = now;
    const { revision } = this.#store;
    this.#pages.clear();
    for (const { credits, subscriptions } of this.#connections.values()) {
      for (const subscription of subscriptions.values()) {
        const { request, cursor, lastSentRevision, bookmarkedAt } = subscription;
        if (!request.bookmarks || cursor.phase !== 'live' || lastSentRevision >= revision || !credits.open) continue;
        if (now - bookmarkedAt < BOOKMARK_EVERY) continue;
        subscription.bookmarkedAt = now;
        subscription.send(`${this.#renderer.bookmark(request, revision, false)}\n`, revision);
      }
    }
  }

  #deliver(entries: readonly Entry[]): void {
    // Pages of the state before this commit are of no use to a subscription that begins now.
    this.#pages.clear();
    if (this.#channels.isEmpty) return;
    for (const [channel, changes] of this.#channels.concerned(entries, (revision) => this.#store.at(revision))) {
      try {
        if (channel.isRemote) this.#rounds.leaveBehind(channel, changes);
        else channel.deliver(changes, (subscription) => this.#rounds.keep(subscription));
      } catch (error) {
        // Its watchers would miss events and not know it; those of other channels miss nothing.
        this.#report(error);
        for (const { connection, id, cursor } of [...channel.members]) {
          if (cursor.phase === 'live') this.#end(connection, id);
        }
      }
    }
  }

  #beginning({ after, initialEvents }: WatchRequest): Cursor {
    const { revision } = this.#store;
    if (after === undefined || initialEvents) return { phase: 'initial', position: revision, after: undefined };
    return after >= revision ? { phase: 'live' } : { phase: 'behind', position: after };
  }

  #connection(peer: Peer): Connection {
    let connection = this.#connections.get(peer.id);
    if (!connection) {
      connection = new Connection(peer, this.#window);
      this.#connections.set(peer.id, connection);
    }
    return connection;
  }

  #add(
    connection: Connection,
    id: number,
    request: WatchRequest,
    cursor: Cursor,
    lastSentRevision: number,
  ): Subscription {
    const channel = this.#channels.open(request);
    const subscription = new Subscription(connection, id, request, channel, cursor, lastSentRevision);
    channel.members.add(subscription);
    connection.subscriptions.set(id, subscription);
    return subscription;
  }

  #remove(connection: Connection, id: number): void {
    const subscription = connection.subscriptions.get(id);
    if (!subscription) return;
    connection.subscriptions.delete(id);
    this.#channels.leave(subscription);
    this.#table.remove(connection.peer.id, id);
    subscription.settle();
  }

  #end(connection: Connection, id: number): void {
    this.#remove(connection, id);
    connection.send(encodeMessage({ type: 'end', id }));
  }
}

function uncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
