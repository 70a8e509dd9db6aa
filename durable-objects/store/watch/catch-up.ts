/**
 * One bounded step of a subscription that is behind: read a little of the state or of the log, send it, move on.
 * Nothing is kept between steps but a position.
 */
import type { Entry, Store, Stored } from '../store.ts';
import { Change } from './change.ts';
import type { Renderer } from './ports.ts';
import type { Subscription } from './subscription.ts';

/** Revisions that one step may look at, matching or not. */
const SCAN = 1000;
const MAX_ROWS = 200;
const FIRST_ROWS = 8;
/** Code units of text that a step should read. */
const AIM = 256 * 1024;

export class CatchUp {
  readonly #store: Store;
  readonly #renderer: Renderer;
  /** Rows to read next: few until their size is known, as an object may have 1.5 MB. */
  #rows = FIRST_ROWS;

  constructor(store: Store, renderer: Renderer) {
    this.#store = store;
    this.#renderer = renderer;
  }

  /** Throws `compacted`. */
  step(subscription: Subscription): void {
    const { place } = subscription;
    if (place.phase === 'initial') this.#state(subscription, place.position, place.after);
    else if (place.phase === 'behind') this.#log(subscription, place.position);
  }

  #state(subscription: Subscription, revision: number, after: string | undefined): void {
    const { request, channel } = subscription;
    const page = this.#store.list({ prefix: request.prefix, revision, after, limit: this.#rows });
    this.#learn(page.items);
    const changes = page.items.map((item) => new Change(asCreated(item), () => undefined));
    for (const { lines } of channel.batches(changes, subscription.first)) subscription.events(lines, 0);
    if (page.next) {
      subscription.moveTo({ phase: 'initial', position: revision, after: page.next });
      return;
    }
    if (request.initialEvents && request.bookmarks) {
      subscription.tell(`${this.#renderer.bookmark(request, revision, true)}\n`, revision);
    }
    this.#moveTo(subscription, revision);
  }

  #log(subscription: Subscription, position: number): void {
    const { request, channel } = subscription;
    const until = Math.min(position + SCAN, this.#store.revision);
    const limit = this.#rows;
    const entries = this.#store.log({ after: position, until, limit, prefixes: [request.prefix] });
    this.#learn(entries);
    const changes = entries.map((entry) => new Change(entry, (revision) => this.#store.at(revision)));
    for (const { lines, last } of channel.batches(changes, subscription.first)) subscription.events(lines, last);
    this.#moveTo(subscription, entries.length === limit ? entries.at(-1)!.revision : until);
  }

  #moveTo(subscription: Subscription, position: number): void {
    subscription.moveTo(position >= this.#store.revision ? { phase: 'live' } : { phase: 'behind', position });
  }

  #learn(items: readonly Stored[]): void {
    if (items.length === 0) return;
    const size = items.reduce((sum, { text }) => sum + text.length, 1);
    const fitting = Math.floor((AIM * items.length) / size);
    this.#rows = Math.min(MAX_ROWS, Math.max(1, fitting), this.#rows * 4);
  }
}

/** An object of the initial state comes as ADDED, like one just created. */
function asCreated(item: Stored): Entry {
  return { ...item, change: 'create', previous: 0, cause: { kind: 'system', at: 0, why: 'initial state' } };
}
