/** The tallies of the present group of writes, until their objects are written. */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { Key } from '../../kube/machinery/resource.ts';
import type { Tally, Write, WriteContext } from './store.ts';

interface Pending {
  tally: Tally;
  state: unknown;
  cause: Cause;
}

export class Tallies {
  /** Replaced when it changes, so that a write that is undone puts back the one of before. */
  #pending: ReadonlyMap<Key, Pending> = NONE;

  /** To be put back by {@link restore}. */
  save(): ReadonlyMap<Key, unknown> {
    return this.#pending;
  }

  restore(saved: ReturnType<Tallies['save']>): void {
    this.#pending = saved as ReadonlyMap<Key, Pending>;
  }

  clear(): void {
    this.#pending = NONE;
  }

  get keys(): Key[] {
    return [...this.#pending.keys()];
  }

  /** Takes a write into account. Throws what the tally throws. `cause`: of the write beside the tallied object's. */
  add(tallies: readonly Tally[], cause: Cause, context: WriteContext): void {
    let changed: Map<Key, Pending> | undefined;
    for (const tally of tallies) {
      const before = (changed ?? this.#pending).get(tally.key)?.state;
      const state = tally.add(before, context);
      if (state === undefined) continue;
      changed ??= new Map(this.#pending);
      changed.set(tally.key, { tally, state, cause });
    }
    if (changed) this.#pending = changed;
  }

  /** The write of an object that is tallied, which is taken out. */
  take(key: Key): Write | undefined {
    const found = this.#pending.get(key);
    if (!found) return undefined;
    const { tally, state, cause } = found;
    const left = new Map(this.#pending);
    left.delete(key);
    this.#pending = left;
    return { key, expect: 'any', cause, apply: (current, context) => tally.write(state, current, context) };
  }
}

const NONE: ReadonlyMap<Key, Pending> = new Map();
