import { Heap } from '../../../kube/machinery/heap.ts';

/** The delay after a first write that failed, and the longest, in milliseconds: each retry wakes the object. */
const INITIAL_RETRY = 1000;
const MAX_RETRY = 15 * 60_000;

/** The pods to look at, now or at a time. */
export class DelayingQueue {
  /** Keys of pods to look at now. */
  readonly now = new Set<string>();
  readonly #later = new Heap<{ key: string; at: number }>((a, b) => a.at - b.at);
  /** The delay of each pod whose last write failed. */
  readonly #delays = new Map<string, number>();
  /** The time of the last {@link release}. */
  #released = 0;

  /** The time at which the next pod is due; infinity when none is. */
  get next(): number {
    return this.#later.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  /** `at` in milliseconds since the epoch, in place of any other time; undefined: nothing happens to it by itself. */
  plan(key: string, at: number | undefined): void {
    if (at === undefined) this.#later.remove(key);
    else this.#later.push({ key, at });
  }

  /** Moves pods that have come due to those to look at now; all, where the clock was set back since the last time. */
  release(now: number): void {
    const isSetBack = now < this.#released;
    this.#released = now;
    for (let due = this.#later.peek(); due && (due.at <= now || isSetBack); due = this.#later.peek()) {
      this.#later.remove(due.key);
      this.now.add(due.key);
    }
  }

  succeeded(key: string): void {
    this.#delays.delete(key);
  }

  /** Later with each failure. */
  retry(key: string, now: number): void {
    const delay = Math.min(MAX_RETRY, (this.#delays.get(key) ?? INITIAL_RETRY / 2) * 2);
    this.#delays.set(key, delay);
    this.plan(key, now + delay);
  }

  forget(key: string): void {
    this.now.delete(key);
    this.#later.remove(key);
    this.#delays.delete(key);
  }
}
