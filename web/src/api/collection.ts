/** A live list of objects: the initial state, swapped in whole once it is complete, then one change after the other. */
import { signal } from '@preact/signals';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Connection, WatchEvent } from './connection.ts';

const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const INITIAL_END = 'k8s.io/initial-events-end';

export class Collection<T extends KubeObject> {
  /** By `namespace/name`. A new map for each change, so that views redraw. */
  readonly objects = signal<ReadonlyMap<string, T>>(new Map());
  readonly stop: () => void;
  /** Collects the initial state; undefined once that is complete. */
  #incoming: Map<string, T> | undefined;

  constructor(connection: Connection, path: string) {
    this.stop = connection.subscribe({
      path: `${path}?watch=true&${INITIAL}`,
      started: () => {
        this.#incoming = new Map();
      },
      events: (events) => this.#apply(events),
    });
  }

  #apply(events: WatchEvent[]): void {
    let next = this.#incoming ?? new Map(this.objects.value);
    for (const { type, object } of events) {
      if (type === 'ERROR') continue; // the subscription ends, and starts again
      const item = object as T;
      if (type === 'BOOKMARK') {
        if (item.metadata.annotations?.[INITIAL_END] === 'true') this.#incoming = undefined;
      } else if (type === 'DELETED') next.delete(keyOf(item));
      else next.set(keyOf(item), item);
    }
    // Shown while it still arrives, unless an older complete state is there to be looked at.
    if (this.#incoming && this.objects.value.size > 0) return;
    if (this.#incoming) next = new Map(next);
    this.objects.value = next;
  }
}

export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
}
