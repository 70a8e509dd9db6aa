/**
 * A live list of objects: the initial state, swapped in whole once it is complete, then one change after the other.
 * After a break it goes on from the revision that it saw last, and begins anew only where the server has that no more.
 */
import { signal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Connection, WatchEvent } from './connection.ts';

const WATCH = 'watch=true&allowWatchBookmarks=true';
const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const INITIAL_END = 'k8s.io/initial-events-end';

export class Collection<T extends KubeObject> {
  /** By `namespace/name`. A new map each time something changed, so that views redraw. */
  readonly objects = signal<ReadonlyMap<string, T>>(new Map());
  /** The whole of it has been seen once: what is not there now, is not. */
  readonly complete = signal(false);
  /** Collects the initial state; undefined once that is complete. */
  #incoming: Map<string, T> | undefined;
  #known = new Map<string, T>();
  /** The revision of the last event; undefined while there is no complete state to go on from. */
  #revision: string | undefined;
  #drawing = false;

  constructor(connection: Connection, path: string) {
    connection.subscribe({
      start: () => {
        if (this.#revision !== undefined) return `${path}?${WATCH}&resourceVersion=${this.#revision}`;
        this.#incoming = new Map();
        return `${path}?${WATCH}&${INITIAL}`;
      },
      failed: () => {
        this.#revision = undefined;
      },
      events: (events) => this.#apply(events),
    });
  }

  #apply(events: WatchEvent[]): void {
    for (const { type, object } of events) {
      if (type === 'ERROR') {
        this.#revision = undefined;
        continue; // the subscription ends, and starts again
      }
      const item = object as T;
      if (!this.#incoming) this.#revision = item.metadata.resourceVersion;
      const into = this.#incoming ?? this.#known;
      if (type === 'BOOKMARK') {
        if (item.metadata.annotations?.[INITIAL_END] !== 'true' || !this.#incoming) continue;
        this.#known = this.#incoming;
        this.#incoming = undefined;
        this.#revision = item.metadata.resourceVersion;
        this.complete.value = true;
      } else if (type === 'DELETED') into.delete(keyOf(item));
      else into.set(keyOf(item), item);
    }
    this.#draw();
  }

  /** Redraws once a frame: a rollout is thousands of changes. */
  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      // Shown while it still arrives, unless an older complete state is there to be looked at.
      const shown = this.complete.value ? this.#known : (this.#incoming ?? this.#known);
      this.objects.value = new Map(shown);
    });
  }
}

export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
}
