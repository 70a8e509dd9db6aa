/** How long to wait before something that failed is tried again: twice as long each time, give or take a half. */

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

  /** It has failed: the milliseconds until the next try. */
  next(): number {
    const delay = this.#delay;
    this.#delay = Math.min(delay * 2, this.#limits.max);
    return delay * (0.5 + this.#random());
  }

  /** It has worked: the next failure begins anew. */
  reset(): void {
    this.#delay = this.#limits.initial;
  }
}
