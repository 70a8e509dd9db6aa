/**
 * Runs long work in parts, an item after the other, each in a turn of its own, so that requests get theirs in between.
 */
export class Turns<T> {
  readonly #waiting = new Set<T>();
  readonly #defer: (callback: () => void) => void;
  readonly #run: (item: T) => void;
  #isScheduled = false;

  constructor(defer: (callback: () => void) => void, run: (item: T) => void) {
    this.#defer = defer;
    this.#run = run;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Has a turn behind those that wait already. */
  wait(item: T): void {
    this.#waiting.add(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.isIdle) return;
    this.#isScheduled = true;
    this.#defer(() => {
      this.#isScheduled = false;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      try {
        this.#run(next);
      } finally {
        this.#schedule();
      }
    });
  }
}
