/**
 * The priority levels of a cluster and the seats that they share (apiserver `pkg/util/flowcontrol/apf_controller.go`).
 * A level may borrow what others neither hold nor keep for themselves. Upstream adjusts that every ten seconds; here
 * each seat is asked for when it is needed, so nothing of it keeps an object awake.
 */
import { seatsOf } from '../../../kube/flowcontrol/concurrency.ts';
import type { Snapshot } from './configuration.ts';
import { Level } from './level.ts';

export class Levels {
  /** Infinity where there is no limit. */
  readonly #total: number;
  #snapshot: Snapshot | undefined;
  readonly #byName = new Map<string, Level>();

  constructor(total: number) {
    this.#total = total;
  }

  /** Requests under way keep their seats when levels change. A level without requests that is gone is forgotten. */
  follow(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    const seats = seatsOf(
      snapshot.levels.map(({ spec }) => spec),
      Number.isFinite(this.#total) ? this.#total : 0,
    );
    const gone = new Set(this.#byName.keys());
    for (const [i, configuration] of snapshot.levels.entries()) {
      const level = this.named(configuration.name) ?? new Level(configuration);
      level.configuration = configuration;
      level.seats = seats[i] as Level['seats'];
      this.#byName.set(configuration.name, level);
      gone.delete(configuration.name);
    }
    for (const name of gone) {
      const level = this.#byName.get(name);
      if (level && level.taken === 0 && level.waiting === 0) this.#byName.delete(name);
    }
  }

  named(name: string): Level | undefined {
    return this.#byName.get(name);
  }

  all(): IterableIterator<Level> {
    return this.#byName.values();
  }

  /** No level may hold more seats for one request than its share. */
  fitted(level: Level, width: number): number {
    return Math.max(1, Math.min(width, level.seats.nominal));
  }

  /** Whether a request of the level can begin now. A level with nothing under way always may. */
  isFree(level: Level, width: number): boolean {
    if (level.isExempt || level.taken === 0 || this.#total === Number.POSITIVE_INFINITY) return true;
    const { min, max } = level.seats;
    const wanted = level.taken + width;
    if (wanted <= min) return true;
    if (wanted > max) return false;
    let kept = 0;
    for (const other of this.#byName.values()) {
      if (other !== level && !other.isExempt) kept += Math.max(other.taken, other.seats.min);
    }
    return kept + wanted <= this.#total;
  }

  /** The level whose next request can begin now, those that use the least of their share first. */
  next(): Level | undefined {
    let found: Level | undefined;
    for (const level of this.#byName.values()) {
      if (level.waiting === 0 || !this.isFree(level, level.nextWidth)) continue;
      if (!found || usage(level) < usage(found)) found = level;
    }
    return found;
  }
}

function usage({ taken, seats }: Level): number {
  return taken / Math.max(1, seats.nominal);
}
