/** The coalesced writes of the present group, until their objects are written. */
import type { Cause } from '../../kube/machinery/cause.ts';
import type { Key } from '../../kube/machinery/resource.ts';
import type { CoalescedWrite, Write, WriteContext } from './store.ts';

interface Pending {
  write: CoalescedWrite;
  state: unknown;
  cause: Cause;
}

export class CoalescedWrites {
  /** Replaced when it changes, so that a write that is undone puts back the one of before. */
  #pending: ReadonlyMap<Key, Pending> = NONE;

  /** To be put back by {@link restore}. */
  save(): ReadonlyMap<Key, unknown> {
    return this.#pending;
  }

  restore(saved: ReturnType<CoalescedWrites['save']>): void {
    this.#pending = saved as ReadonlyMap<Key, Pending>;
  }

  clear(): void {
    this.#pending = NONE;
  }

  get keys(): Key[] {
    return [...this.#pending.keys()];
  }

  /** Takes a write of the group into account. Throws to refuse it. `cause`: of what will be written beside it. */
  add(writes: readonly CoalescedWrite[], cause: Cause, context: WriteContext): void {
    let changed: Map<Key, Pending> | undefined;
    for (const write of writes) {
      const before = (changed ?? this.#pending).get(write.key)?.state;
      const state = write.add(before, context);
      if (state === undefined) continue;
      changed ??= new Map(this.#pending);
      changed.set(write.key, { write, state, cause });
    }
    if (changed) this.#pending = changed;
  }

  /** The pending write of an object, which is taken out. */
  take(key: Key): Write | undefined {
    const found = this.#pending.get(key);
    if (!found) return undefined;
    const { write, state, cause } = found;
    const left = new Map(this.#pending);
    left.delete(key);
    this.#pending = left;
    return { key, expect: 'any', cause, apply: (current, context) => write.write(state, current, context) };
  }
}

const NONE: ReadonlyMap<Key, Pending> = new Map();
