/** The row of each Event's newest state, in key order: kept in memory so that an Event costs one row a write. */
import type { Key } from '../../../kube/machinery/resource.ts';
import type { KeyRange } from '../keys.ts';

export class EventIndex {
  /** Negative: the newest entry is a delete. */
  readonly #pointers = new Map<Key, number>();
  /** Sorted. Names of Events are ASCII, whose order in UTF-16 is their order in bytes. */
  readonly #keys: Key[] = [];

  pointer(key: Key): number | undefined {
    return this.#pointers.get(key);
  }

  set(key: Key, pointer: number): void {
    if (!this.#pointers.has(key)) this.#keys.splice(this.#above(key), 0, key);
    this.#pointers.set(key, pointer);
  }

  /** Forgets a key, unless its newest entry is another one. */
  drop(key: Key, revision: number): void {
    if (Math.abs(this.#pointers.get(key) ?? 0) !== revision) return;
    this.#pointers.delete(key);
    this.#keys.splice(this.#above(key) - 1, 1);
  }

  *under({ after, before }: KeyRange): Generator<[Key, number]> {
    for (let at = this.#above(after); at < this.#keys.length; at++) {
      const key = this.#keys[at]!;
      if (key >= before) return;
      yield [key, this.#pointers.get(key)!];
    }
  }

  /** The position of the first key higher than this one. */
  #above(key: Key): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
