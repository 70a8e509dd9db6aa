import type { Happening } from './happenings.ts';

/** More than so many are forgotten, the oldest first. */
const MAX = 1000;

/** What happened while pods were in flight, so that it is not lost on them. */
export class RecentHappenings {
  #all: { number: number; happening: Happening }[] = [];
  #number = 0;
  /** Up to this number, some are forgotten. */
  #forgotten = 0;

  /** The number of the last one. */
  get number(): number {
    return this.#number;
  }

  note(happenings: readonly Happening[], isAnyInFlight: boolean): void {
    if (!isAnyInFlight) this.#all = [];
    for (const happening of happenings) {
      this.#number++;
      if (isAnyInFlight) this.#all.push({ number: this.#number, happening });
    }
    if (this.#all.length <= MAX) return;
    const gone = this.#all.splice(0, this.#all.length - MAX);
    this.#forgotten = gone.at(-1)?.number ?? this.#forgotten;
  }

  /** Undefined where some of them are forgotten. */
  since(number: number): Happening[] | undefined {
    if (number < this.#forgotten) return undefined;
    return this.#all.filter((one) => one.number > number).map(({ happening }) => happening);
  }
}
