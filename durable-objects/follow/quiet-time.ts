/** The quiet time of a follower, after which it is at rest: each write of its cursor is a billed row. */
import type { Clock } from '../controllers/runtime/ports.ts';

const QUIET_MS = 1500;

export interface QuietTimePorts {
  clock: Clock;
  defer(work: () => void, ms?: number): void;
}

export class QuietTime {
  readonly #ports: QuietTimePorts;
  #activity = 0;
  #lastActive = 0;
  #isAwaited = false;

  constructor(ports: QuietTimePorts) {
    this.#ports = ports;
  }

  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** To be called after each piece of work: the quiet time begins anew. */
  active(): void {
    this.#activity++;
    this.#lastActive = this.#ports.clock.now();
  }

  /** Calls back at the end of the quiet time, and says whether nothing was done meanwhile. */
  whenOver(over: (isQuiet: boolean) => void): void {
    this.#isAwaited = true;
    const activity = this.#activity;
    const left = this.#lastActive + QUIET_MS - this.#ports.clock.now();
    this.#ports.defer(
      () => {
        this.#isAwaited = false;
        over(activity === this.#activity);
      },
      Math.max(0, left),
    );
  }
}
