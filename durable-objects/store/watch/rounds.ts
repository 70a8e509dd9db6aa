/**
 * Rounds of catching up: subscriptions that are behind are sent the state or the log, step by step, until their socket's
 * window closes, they are live, or requests should have their turn.
 */
import { StoreError } from '../errors.ts';
import type { Store } from '../store.ts';
import { CatchUp } from './catch-up.ts';
import type { Change } from './change.ts';
import type { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import type { Renderer, WatchConversion, WatchRequest } from './ports.ts';
import type { RecentPages } from './recent-pages.ts';
import type { Cursor, Subscription } from './subscription.ts';
import type { SubscriptionTable } from './subscription-table.ts';
import { Turns } from './turns.ts';

interface RoundsPorts {
  store: Store;
  renderer: Renderer;
  conversion: WatchConversion | undefined;
  pages: RecentPages;
  table: SubscriptionTable;
  defer(callback: () => void): void;
  report(error: unknown): void;
  end(connection: Connection, id: number): void;
}

/** Steps of catching up before requests get their turn. */
const STEPS_A_TURN = 4;

export class Rounds {
  readonly #ports: RoundsPorts;

  readonly #turns: Turns<Connection>;

  constructor(ports: RoundsPorts) {
    this.#ports = ports;
    this.#turns = new Turns(ports.defer, (connection) => this.catchUp(connection));
  }

  /** At once, or behind others that catch up, too. */
  catchUpInTurn(connection: Connection): void {
    if (this.#turns.isIdle) this.catchUp(connection);
    else if (connection.lagging().length > 0) this.schedule(connection);
  }

  /**
   * Objects that a webhook has to convert first are sent from the log, as to one that is behind. No row is written unless
   * the window is closed: the object does not hibernate while it waits for them.
   */
  leaveBehind({ members }: Channel, [first]: readonly Change[]): void {
    if (!first) return;
    for (const subscription of members) {
      if (subscription.cursor.phase !== 'live') continue;
      subscription.moveTo({ phase: 'behind', position: first.entry.revision - 1 });
      this.schedule(subscription.connection);
    }
  }

  /** In turns, until the window closes, all are live, or others should have the thread. */
  catchUp(connection: Connection): void {
    const { credits, subscriptions } = connection;
    const { store, renderer, pages, conversion } = this.#ports;
    const work = new CatchUp(store, renderer, pages, conversion);
    let lagging = connection.lagging();
    for (let steps = 0; lagging.length > 0 && credits.open && steps < STEPS_A_TURN; lagging = connection.lagging()) {
      for (const subscription of lagging) {
        if (!credits.open || steps >= STEPS_A_TURN) break;
        steps++;
        this.#step(work, subscription);
      }
    }
    // The positions matter to a later life only if this one ends here: it can't while a turn is due.
    if (lagging.length > 0 && credits.open) this.schedule(connection);
    else
      for (const subscription of subscriptions.values())
        if (subscription.dirty && !subscription.waiting) this.keep(subscription);
  }

  #step(work: CatchUp, subscription: Subscription): void {
    const { connection, cursor } = subscription;
    try {
      work.step(subscription)?.then(
        () => this.catchUp(connection),
        (error: unknown) => this.#fail(subscription, cursor, error),
      );
    } catch (error) {
      this.#fail(subscription, cursor, error);
    }
  }

  #fail(subscription: Subscription, cursor: Cursor, error: unknown): void {
    const { connection, id, request } = subscription;
    // The subscription may have ended while a webhook was asked.
    if (connection.subscriptions.get(id) !== subscription) return;
    const event = cursor.phase === 'live' ? undefined : this.#errorEvent(error, request, cursor.position);
    if (event === undefined) this.#ports.report(error);
    else subscription.send(`${event}\n`, 0);
    this.#ports.end(connection, id);
  }

  /** undefined for an error that no client is told of. */
  #errorEvent(error: unknown, request: WatchRequest, position: number): string | undefined {
    if (!(error instanceof StoreError)) return undefined;
    if (error.code === 'compacted') return this.#ports.renderer.expired(request, position, error.revision);
    return error.code === 'unreadable' ? this.#ports.renderer.unreadable(request, error.message) : undefined;
  }

  /** Has a turn behind those that catch up already. */
  schedule(connection: Connection): void {
    this.#turns.wait(connection);
  }

  keep(subscription: Subscription): void {
    const { phase } = subscription.cursor;
    subscription.dirty = false;
    if (phase === 'live' && subscription.kept === 'live') return;
    this.#ports.table.move(subscription);
    subscription.kept = phase;
  }
}
