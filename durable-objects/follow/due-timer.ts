/** The one timer row of a follower: when the next thing happens by itself. Times in milliseconds. */
import type { TimerPort } from '../controllers/runtime/ports.ts';

/** A timer that fired comes back after this, unless its work was done before. */
const SAFETY_MS = 30_000;

export class DueTimer {
  readonly #timers: TimerPort;
  readonly #id: string;
  /** The due time of the row; undefined when there is none. */
  #due: number | undefined;
  /** An earlier life may have left a row, which is read once. */
  #isKnown = false;
  /** The row is there only because it fired, and its work is under way. */
  #isSafety = false;

  constructor(timers: TimerPort, id: string) {
    this.#timers = timers;
    this.#id = id;
  }

  /** Its row is put back at once: should this object die now, it fires again. */
  fired(now: number): void {
    this.#isSafety = true;
    this.#set(now + SAFETY_MS);
  }

  /** The row is written only when it moves earlier, or would fire for nothing. `busy`: work is still under way. */
  arm(due: number | undefined, busy: boolean): void {
    if (!this.#isKnown) this.#due = this.#timers.get(this.#id)?.due;
    this.#isKnown = true;
    if (this.#isSafety && busy && (due === undefined || due > (this.#due ?? 0))) return;
    const isOutdated = this.#isSafety;
    this.#isSafety = false;
    if (due !== undefined) {
      if (this.#due === undefined || this.#due > due || (isOutdated && this.#due < due)) this.#set(due);
    } else if (this.#due !== undefined) {
      // A row would have everything read for nothing.
      this.#due = undefined;
      this.#timers.clear(this.#id);
    }
  }

  #set(due: number): void {
    this.#isKnown = true;
    this.#due = due;
    this.#timers.set(this.#id, due);
  }
}
