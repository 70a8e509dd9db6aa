import type { ObservedEvent } from './observed-events.ts';

/** More than so many are forgotten, the oldest first. */
const MAX = 1000;

/** Events while pods were in flight, so that they are not lost on these. */
export class InFlightEvents {
  #all: { number: number; event: ObservedEvent }[] = [];
  #number = 0;
  /** Up to this number, some are forgotten. */
  #forgotten = 0;

  /** The number of the last one. */
  get number(): number {
    return this.#number;
  }

  note(observed: readonly ObservedEvent[], isAnyInFlight: boolean): void {
    if (!isAnyInFlight) this.#all = [];
    for (const event of observed) {
      this.#number++;
      if (isAnyInFlight) this.#all.push({ number: this.#number, event });
    }
    if (this.#all.length <= MAX) return;
    const gone = this.#all.splice(0, this.#all.length - MAX);
    this.#forgotten = gone.at(-1)?.number ?? this.#forgotten;
  }

  /** Undefined where some of them are forgotten. */
  since(number: number): ObservedEvent[] | undefined {
    if (number < this.#forgotten) return undefined;
    const first = this.#all[0]?.number ?? this.#number;
    return this.#all.slice(Math.max(0, number + 1 - first)).map(({ event }) => event);
  }
}
