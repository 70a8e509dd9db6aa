/**
 * The protobuf of items of lists, kept for the next list that has them: the informers of a cluster list the same
 * objects one after the other. An object's revision names its bytes within a cluster, so that none is ever out of date.
 * All tenants share the isolate's memory: the lists that were asked for longest ago go first.
 */
import type { KeptItems } from '../../kube/machinery/protobuf/list-encoder.ts';

/** Bytes; some 7,000 pods. */
const MAX_SIZE = 24 * 1024 * 1024;
/** Bytes of an item's place in its list, about. */
const PLACE = 128;

interface KeptList {
  readonly items: Map<number, Uint8Array>;
  size: number;
}

export class EncodedItems {
  readonly #maxSize: number;
  /** By cluster, version and kind; the list that was asked for last comes last. */
  readonly #lists = new Map<string, KeptList>();
  #size = 0;

  constructor(maxSize = MAX_SIZE) {
    this.#maxSize = maxSize;
  }

  get size(): number {
    return this.#size;
  }

  get lists(): number {
    return this.#lists.size;
  }

  /** The items of the lists of a kind in a cluster. */
  of(cluster: string, { apiVersion, kind }: { apiVersion: string; kind: string }): KeptItems {
    const key = `${cluster} ${apiVersion} ${kind}`;
    const known = this.#lists.get(key);
    const list = known ?? { items: new Map<number, Uint8Array>(), size: 0 };
    if (known) {
      this.#lists.delete(key);
      this.#lists.set(key, list);
    }
    return {
      get: (revision) => list.items.get(revision),
      set: (revision, bytes) => {
        // A list has its place with its first item. It may have been dropped since, or another have come in its place.
        if (list.size === 0 && !this.#lists.has(key)) this.#lists.set(key, list);
        if (this.#lists.get(key) !== list || list.items.has(revision)) return;
        list.items.set(revision, bytes);
        const size = bytes.length + PLACE;
        list.size += size;
        this.#size += size;
        for (const [oldest, { size }] of this.#lists) {
          if (this.#size <= this.#maxSize) return;
          this.#lists.delete(oldest);
          this.#size -= size;
        }
      },
    };
  }
}

export const encodedItems = new EncodedItems();
