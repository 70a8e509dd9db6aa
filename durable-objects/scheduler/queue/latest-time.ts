/** Clocks are adjusted by less than this all the time. */
const TOLERANCE_MS = 30_000;

/** The time as it was seen last, by which a clock that is set back is noticed. */
export class LatestTime {
  #latest = Number.NEGATIVE_INFINITY;

  /** The milliseconds by which the clock was set back since the last call. */
  setBackBy(now: number): number {
    const by = this.#latest - now;
    if (by <= TOLERANCE_MS) {
      this.#latest = Math.max(this.#latest, now);
      return 0;
    }
    this.#latest = now;
    return by;
  }
}
