/**
 * One bounded step of a subscription that is behind: read a little of the state or of the log, send as much of it as
 * the window takes, move on. Nothing is kept between steps but a position.
 */
import { StoreError } from '../errors.ts';
import { MAX_PAGE_SIZE } from '../page.ts';
import type { Entry, Store, Stored } from '../store.ts';
import { Change } from './change.ts';
import type { Renderer, WatchConversion, WatchRequest } from './ports.ts';
import type { ChangePage, RecentPages } from './recent-pages.ts';
import type { Subscription } from './subscription.ts';

/** Revisions that one step may look at, matching or not. */
const MAX_REVISIONS = 1000;
const MAX_ROWS = 200;
const FIRST_ROWS = 8;
/** Code units of text that a step should read. */
const STEP_SIZE = 256 * 1024;

export class CatchUp {
  readonly #store: Store;
  readonly #renderer: Renderer;
  readonly #pages: RecentPages;
  readonly #conversion: WatchConversion | undefined;
  /** Rows to read next: few until their size is known, as an object may have 1.5 MB. */
  #rows = FIRST_ROWS;

  constructor(store: Store, renderer: Renderer, pages: RecentPages, conversion?: WatchConversion) {
    this.#store = store;
    this.#renderer = renderer;
    this.#pages = pages;
    this.#conversion = conversion;
  }

  /** Throws `compacted`, `unreadable`. A promise where others have to convert first: the step ends with it. */
  step(subscription: Subscription): Promise<void> | undefined {
    const { request, cursor } = subscription;
    if (cursor.phase === 'live') return undefined;
    const { position } = cursor;
    if (cursor.phase === 'initial') {
      const page = this.#pageOfState(request.prefix, position, cursor.after);
      return this.#converted(subscription, page.changes, (changes) =>
        this.#state(subscription, position, cursor.after, { ...page, changes }),
      );
    }
    const until = Math.min(position + MAX_REVISIONS, this.#store.revision);
    const limit = this.#rows;
    const { changes: all } = this.#pageOfLog(request.prefix, position, until);
    const isCut = all.length === limit || sizeOf(all) >= MAX_PAGE_SIZE;
    const reached = isCut ? all.at(-1)!.entry.revision : until;
    return this.#converted(subscription, all, (changes) => this.#log(subscription, changes, reached));
  }

  /** Goes on with the changes in the version of the subscription. */
  #converted(
    subscription: Subscription,
    changes: readonly Change[],
    goOn: (changes: readonly Change[]) => void,
  ): Promise<void> | undefined {
    const { channel, request, cursor } = subscription;
    if (!channel.isRemote || !this.#conversion || changes.length === 0) {
      goOn(changes);
      return undefined;
    }
    subscription.waiting = true;
    return convertChanges(this.#conversion, request, changes, channel.matcher !== undefined)
      .finally(() => {
        subscription.waiting = false;
      })
      .then((converted) => {
        const isMember = channel.members.has(subscription);
        if (isMember && subscription.cursor === cursor) goOn(converted);
      });
  }

  #state(subscription: Subscription, revision: number, after: string | undefined, { changes, next }: ChangePage): void {
    const { request, channel, connection } = subscription;
    let sent = after;
    for (const batch of channel.batches(changes, subscription.first)) {
      if (!connection.credits.open) {
        subscription.moveTo({ phase: 'initial', position: revision, after: sent });
        return;
      }
      subscription.events(batch, 0);
      sent = batch.key;
    }
    if (next) {
      subscription.moveTo({ phase: 'initial', position: revision, after: next });
      return;
    }
    if (request.initialEvents && request.bookmarks) {
      subscription.send(`${this.#renderer.bookmark(request, revision, true, subscription.first)}\n`, revision);
      subscription.first = false;
    }
    this.#moveTo(subscription, revision);
  }

  #log(subscription: Subscription, changes: readonly Change[], reached: number): void {
    const { channel, connection } = subscription;
    for (const batch of channel.batches(changes, subscription.first)) {
      if (!connection.credits.open) {
        subscription.moveTo({ phase: 'behind', position: batch.before });
        return;
      }
      subscription.events(batch);
    }
    this.#moveTo(subscription, reached);
  }

  #pageOfState(prefix: string, revision: number, after: string | undefined): ChangePage {
    const limit = this.#rows;
    const page = this.#pages.get(JSON.stringify([prefix, revision, after, limit]), () => {
      const { items, next } = this.#store.list({ prefix, revision, after, limit });
      return { changes: items.map((item) => new Change(asCreated(item), () => undefined)), next };
    });
    this.#learn(page.changes);
    return page;
  }

  #pageOfLog(prefix: string, after: number, until: number): ChangePage {
    const limit = this.#rows;
    const page = this.#pages.get(JSON.stringify([prefix, after, until, limit, 'log']), () => {
      const entries = this.#store.log({ after, until, limit, prefixes: [prefix] });
      const closed = entries.find(({ unreadable }) => unreadable !== undefined);
      if (closed?.unreadable !== undefined) throw new StoreError('unreadable', closed.unreadable, closed.revision);
      return { changes: entries.map((entry) => new Change(entry, (revision) => this.#store.at(revision))) };
    });
    this.#learn(page.changes);
    return page;
  }

  #moveTo(subscription: Subscription, position: number): void {
    subscription.moveTo(position >= this.#store.revision ? { phase: 'live' } : { phase: 'behind', position });
  }

  #learn(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const fitting = Math.floor((STEP_SIZE * changes.length) / (sizeOf(changes) + 1));
    this.#rows = Math.min(MAX_ROWS, Math.max(1, fitting), this.#rows * 4);
  }
}

const sizeOf = (changes: readonly Change[]): number => changes.reduce((sum, { entry }) => sum + entry.text.length, 0);

/** An object of the initial state comes as ADDED, like one just created. */
function asCreated({ key, revision, created, text, unreadable }: Stored): Entry {
  const cause = { kind: 'system', at: 0, why: 'initial state' } as const;
  return { key, revision, created, text, unreadable, change: 'create', previous: 0, cause };
}

/** The changes with their texts in the version of the request; where there are selectors, with those before as well. */
async function convertChanges(
  conversion: WatchConversion,
  request: WatchRequest,
  changes: readonly Change[],
  withBefore: boolean,
): Promise<Change[]> {
  const entries = changes.map(({ entry }) => entry);
  const before = withBefore ? changes.flatMap(({ entryBefore }) => entryBefore ?? []) : [];
  const all = [...entries, ...before];
  const texts = await conversion.convert(request, all);
  const byRevision = new Map(all.map((entry, i) => [entry.revision, { ...entry, text: texts[i] ?? '' }]));
  return entries.map(
    (entry) => new Change(byRevision.get(entry.revision) ?? entry, (revision) => byRevision.get(revision)),
  );
}
