/**
 * The priority levels of a cluster and the seats that they share (apiserver `pkg/util/flowcontrol/apf_controller.go`).
 * A level may borrow what others neither hold nor keep for themselves. Upstream adjusts that every ten seconds; here
 * each seat is asked for when it is needed, so nothing of it keeps an object awake.
 */
import { seatsOf } from '../../../kube/flowcontrol/concurrency.ts';
import type { Snapshot } from './configuration.ts';
import { type Beginning, Level, type Place } from './level.ts';

/**
 * The seats of one level that requests for several may hold together: four long lists. They have one thread, so more of
 * them at once are not done sooner, and each would make those beside them later.
 */
const MAX_WIDE = 40;

export class Levels {
  /** Infinity where there is no limit. */
  readonly #total: number;
  #snapshot: Snapshot | undefined;
  readonly #byName = new Map<string, Level>();
  /** Names of levels that were deleted, and have requests left. */
  readonly #gone = new Set<string>();

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
    for (const name of this.#byName.keys()) this.#gone.add(name);
    for (const [i, configuration] of snapshot.levels.entries()) {
      const level = this.named(configuration.name) ?? new Level(configuration);
      level.configuration = configuration;
      level.seats = seats[i] as Level['seats'];
      this.#byName.set(configuration.name, level);
      this.#gone.delete(configuration.name);
    }
    this.forgetIdle();
  }

  /** Of the levels that are gone, those without requests keep no seats from others. */
  forgetIdle(): void {
    for (const name of this.#gone) {
      const level = this.#byName.get(name);
      if (level && (level.taken > 0 || level.waiting > 0)) continue;
      this.#byName.delete(name);
      this.#gone.delete(name);
    }
  }

  named(name: string): Level | undefined {
    return this.#byName.get(name);
  }

  get size(): number {
    return this.#byName.size;
  }

  all(): IterableIterator<Level> {
    return this.#byName.values();
  }

  /** No level may hold more seats for one request than its share. */
  fitted(level: Level, width: number): number {
    return Math.max(1, Math.min(width, level.seats.nominal));
  }

  /** Whether a request of the level can begin now. A level with nothing under way always may. */
  canBegin(level: Level, width: number): Beginning {
    if (level.isExempt || level.taken === 0 || this.#total === Number.POSITIVE_INFINITY) return 'now';
    const { min, max } = level.seats;
    const wanted = level.taken + width;
    if (wanted > min && (wanted > max || wanted > this.#notKeptByOthers(level))) return 'no-seats';
    if (width === 1 || level.takenByWide === 0) return 'now';
    return level.takenByWide + width <= MAX_WIDE ? 'now' : 'others-are-wide';
  }

  /** The seats that the level could have now. */
  available(level: Level): number {
    const { min, max } = level.seats;
    return Number.isFinite(this.#total) ? Math.max(min, Math.min(max, this.#notKeptByOthers(level))) : max;
  }

  #notKeptByOthers(level: Level): number {
    let left = this.#total;
    for (const other of this.#byName.values()) {
      if (other !== level && !other.isExempt) left -= Math.max(other.taken, other.seats.min);
    }
    return left;
  }

  /** The next request that can begin now, of those levels first that use the least of their share. */
  next(): { level: Level; place: Place } | undefined {
    let found: { level: Level; place: Place } | undefined;
    for (const level of this.#byName.values()) {
      if (level.waiting === 0 || (found && usage(level) >= usage(found.level))) continue;
      const place = level.next((width) => this.canBegin(level, width));
      if (place) found = { level, place };
    }
    return found;
  }
}

function usage({ taken, seats }: Level): number {
  return taken / Math.max(1, seats.nominal);
}
