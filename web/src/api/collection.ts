/** A live list of objects: the initial state, swapped in whole once it is complete, then one change after the other. */
import { signal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Connection, WatchEvent } from './connection.ts';

const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const INITIAL_END = 'k8s.io/initial-events-end';

export class Collection<T extends KubeObject> {
  /** By `namespace/name`. A new map each time something changed, so that views redraw. */
  readonly objects = signal<ReadonlyMap<string, T>>(new Map());
  /** The whole of it has been seen once: what is not there now, is not. */
  readonly complete = signal(false);
  /** Collects the initial state; undefined once that is complete. */
  #incoming: Map<string, T> | undefined;
  #known = new Map<string, T>();
  #drawing = false;

  constructor(connection: Connection, path: string) {
    connection.subscribe({
      path: `${path}?watch=true&${INITIAL}`,
      started: () => {
        this.#incoming = new Map();
      },
      events: (events) => this.#apply(events),
    });
  }

  #apply(events: WatchEvent[]): void {
    for (const { type, object } of events) {
      if (type === 'ERROR') continue; // the subscription ends, and starts again
      const item = object as T;
      const into = this.#incoming ?? this.#known;
      if (type === 'BOOKMARK') {
        if (item.metadata.annotations?.[INITIAL_END] !== 'true' || !this.#incoming) continue;
        this.#known = this.#incoming;
        this.#incoming = undefined;
        this.complete.value = true;
      } else if (type === 'DELETED') into.delete(keyOf(item));
      else into.set(keyOf(item), item);
    }
    this.#draw();
  }

  /** Once a frame: a rollout is thousands of changes. */
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
