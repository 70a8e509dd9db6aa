/** How many objects a cluster may have, Events not counted. What is there can be changed and deleted. */
import { StoreError } from './errors.ts';
import { isEventKey } from './keys.ts';
import type { Version } from './tables/table.ts';

/** 0 is no limit. */
export interface ObjectLimits {
  objects: number;
  nodes: number;
}

const NODES = 'nodes/';

export class ObjectCounts {
  readonly #limits: () => ObjectLimits;
  readonly #count: (prefix: string) => number;
  /** Counted when a limit is first looked at, and kept from then on. */
  readonly #known = new Map<'' | typeof NODES, number>();

  /** `count`: of the objects under a prefix. */
  constructor(count: (prefix: string) => number, limits: () => ObjectLimits) {
    this.#count = count;
    this.#limits = limits;
  }

  /** Before a write. Throws `too-many` for one that `isRefusable`. */
  take({ key, change }: Version, isRefusable: boolean): void {
    if (change !== 'create' || !isRefusable || isEventKey(key)) return;
    const { objects, nodes } = this.#limits();
    if (objects > 0 && this.#of('') >= objects) throw tooMany(objects, 'objects');
    if (nodes > 0 && key.startsWith(NODES) && this.#of(NODES) >= nodes) throw tooMany(nodes, 'nodes');
  }

  /** After it. */
  wrote({ key, change }: Version): void {
    if (change === 'update' || isEventKey(key)) return;
    for (const [prefix, count] of this.#known) {
      if (key.startsWith(prefix)) this.#known.set(prefix, count + (change === 'create' ? 1 : -1));
    }
  }

  /** Writes were taken back. */
  forget(): void {
    this.#known.clear();
  }

  #of(prefix: '' | typeof NODES): number {
    const known = this.#known.get(prefix) ?? this.#count(prefix);
    this.#known.set(prefix, known);
    return known;
  }
}

function tooMany(limit: number, what: string): StoreError {
  return new StoreError('too-many', `this cluster may have ${limit} ${what}, and has them: delete some first`);
}
