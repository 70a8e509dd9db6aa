/**
 * Work that waits until what is ready has run. The runtime fires timers at least a millisecond apart, even those that
 * are due together, so pieces of work share one: apart, they left a busy object idle for a third of the time. Requests
 * are let in between two timers alone, so that where some come, each piece of work has a timer of its own.
 */

/** The store's next group, the controllers, the scheduler and the simulated kubelets: slices of a few milliseconds. */
const MAX_SHARED = 4;
/** Timers after a request that are not shared: a client's next request comes in these. */
const UNSHARED_AFTER_REQUEST = 4;

export class DeferredWork {
  /** `setTimeout`. */
  readonly #setTimer: (run: () => void, ms: number) => void;
  readonly #ready: (() => void)[] = [];
  #unshared = 0;

  constructor(setTimer: (run: () => void, ms: number) => void) {
    this.#setTimer = setTimer;
  }

  /** A request has come. */
  requested(): void {
    this.#unshared = UNSHARED_AFTER_REQUEST;
  }

  readonly defer = (run: () => void, ms: number): void => {
    if (ms > 0) this.#setTimer(run, ms);
    else if (this.#ready.push(run) === 1) this.#next();
  };

  #next(): void {
    this.#setTimer(() => this.#turn(), 0);
  }

  #turn(): void {
    const turn = this.#ready.splice(0, this.#unshared > 0 ? 1 : MAX_SHARED);
    if (this.#unshared > 0) this.#unshared--;
    // Work that these defer waits for a timer as well.
    if (this.#ready.length > 0) this.#next();
    for (const run of turn) {
      try {
        run();
      } catch (error) {
        // The others run all the same; it is still an uncaught error.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
