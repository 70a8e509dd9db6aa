/**
 * A live list: the initial state, swapped in whole once it is complete, then one change after the other. After a break
 * it goes on from the revision that it saw last, and begins anew only where the server has that no more.
 */
import { batch, signal } from '@preact/signals';
import type { SubscribedShape } from '../../../wire/socket.ts';
import type { Connection, WatchEvent } from './connection.ts';

const WATCH = 'watch=true&allowWatchBookmarks=true';
const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const INITIAL_END = 'k8s.io/initial-events-end';

/** The content of one event. */
export interface Told<Item> {
  /** By these the list is kept, such as `namespace/name`; none in a bookmark. */
  items: readonly (readonly [key: string, item: Item])[];
  resourceVersion: string | undefined;
  annotations: Readonly<Record<string, string>> | undefined;
}

export interface LiveListOptions<Item> {
  as?: SubscribedShape;
  read(object: unknown, type: WatchEvent['type']): Told<Item>;
}

/** Items; and how often a list of more is drawn. */
const LARGE = 1_000;
const LARGE_EVERY_MS = 40;

interface Refusal {
  code?: number;
  message?: string;
}

/** Answers that the next try would get again: what is asked is not allowed, not there, or not understood. */
const FINAL = [400, 403, 404, 405, 406];

export class LiveList<Item> {
  /** A new map each time something changed, so that views redraw. */
  readonly items = signal<ReadonlyMap<string, Item>>(new Map());
  /** The whole of it has been seen once: what is not there now, is not. */
  readonly complete = signal(false);
  /** The server's words for a list that it does not give, or stopped to give. */
  readonly problem = signal<string | undefined>(undefined);
  readonly #read: LiveListOptions<Item>['read'];
  readonly #end: () => void;
  /** Collects the initial state; undefined once that is complete. */
  #incoming: Map<string, Item> | undefined;
  #known = new Map<string, Item>();
  /** The revision of the last event; undefined while there is no complete state to go on from. */
  #revision: string | undefined;
  #drawing = false;
  /** Shown as {@link complete} together with the items, not before. */
  #complete = false;

  constructor(connection: Connection, path: string, { as, read }: LiveListOptions<Item>) {
    this.#read = read;
    const question = path.includes('?') ? '&' : '?';
    this.#end = connection.subscribe({
      as,
      start: () => {
        if (this.#revision !== undefined) return `${path}${question}${WATCH}&resourceVersion=${this.#revision}`;
        this.#incoming = new Map();
        return `${path}${question}${WATCH}&${INITIAL}`;
      },
      failed: (status) => this.#failed((status ?? {}) as Refusal),
      events: (events) => this.#apply(events),
    });
  }

  close(): void {
    this.#end();
  }

  #failed({ code = 0, message = '' }: Refusal): void {
    this.#revision = undefined;
    if (!FINAL.includes(code)) return;
    this.problem.value = message || `the server answered ${code}`;
    this.#end();
  }

  #apply(events: WatchEvent[]): void {
    for (const { type, object } of events) {
      if (type === 'ERROR') {
        this.#revision = undefined;
        continue; // the subscription ends, and starts again
      }
      const { items, resourceVersion, annotations } = this.#read(object, type);
      if (!this.#incoming) this.#revision = resourceVersion;
      const into = this.#incoming ?? this.#known;
      if (type === 'BOOKMARK') {
        if (annotations?.[INITIAL_END] !== 'true' || !this.#incoming) continue;
        this.#known = this.#incoming;
        this.#incoming = undefined;
        this.#revision = resourceVersion;
        this.#complete = true;
      } else {
        for (const [key, item] of items) {
          if (type === 'DELETED') into.delete(key);
          else into.set(key, item);
        }
      }
    }
    this.#draw();
  }

  /** Redraws once a frame: a rollout is thousands of changes. Of a large list a copy takes a part of a frame. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    const draw = (): void => {
      this.#drawing = false;
      // Shown while it still arrives, unless an older complete state is there to be looked at.
      const shown = this.#complete ? this.#known : (this.#incoming ?? this.#known);
      batch(() => {
        this.items.value = new Map(shown);
        this.complete.value = this.#complete;
      });
    };
    if ((this.#incoming ?? this.#known).size > LARGE) setTimeout(draw, LARGE_EVERY_MS);
    else requestAnimationFrame(draw);
  }
}
