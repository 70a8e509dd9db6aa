/** Exponential back-off with jitter: each wait is twice the one before, give or take a half. */

export interface BackOffLimits {
  /** Milliseconds. */
  initial: number;
  max: number;
}

export class BackOff {
  readonly #limits: BackOffLimits;
  readonly #random: () => number;
  #delay: number;

  /** `random` is in [0, 1): agents that lost their cluster together must not come back together. */
  constructor(limits: BackOffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#delay = limits.initial;
  }

  /** Counts a failure; returns the milliseconds until the next try. */
  next(): number {
    const delay = this.#delay;
    this.#delay = Math.min(delay * 2, this.#limits.max);
    return delay * (0.5 + this.#random());
  }

  /** Counts a success: the next failure begins anew. */
  reset(): void {
    this.#delay = this.#limits.initial;
  }
}
