/**
 * One table of timers for several users. The port of each sees only the rows whose ids begin with its prefix, and a row
 * stays in the table until its user takes it: should the object die before, it is due again.
 */
import type { TimerPort } from '../controllers/runtime/ports.ts';
import type { Timers } from '../store/timers.ts';

const BATCH = 1000;

export class SharedTimers {
  readonly #timers: Timers;
  readonly #prefixes: string[] = [];
  readonly #waits: string[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Ids under this port must begin with `prefix`. A `deadline` stands whatever happens to the clock. */
  port(prefix: string, kind: 'wait' | 'deadline' = 'wait'): TimerPort {
    this.#prefixes.push(prefix);
    if (kind === 'wait') this.#waits.push(prefix);
    return {
      set: (id, due, payload) => this.#timers.set(id, due, payload),
      clear: (id) => this.#timers.clear(id),
      get: (id) => this.#timers.get(id),
      next: () => this.#timers.next(),
      takeDue: (now, limit) => this.#timers.takeDue(now, limit, prefix),
    };
  }

  /** The clock was set back by so many milliseconds: waits end as soon as they would have. */
  setBack(by: number): void {
    this.#timers.shift(this.#waits, by);
  }

  /**
   * Drops due rows of prefixes that have no port here: another build of this code has set them, and the alarm would ring
   * for them without end. Called once every port's user had its turn.
   */
  dropUnclaimed(now: number): void {
    const isUnclaimed = ({ id }: { id: string }) => !this.#prefixes.some((prefix) => id.startsWith(prefix));
    const next = this.#timers.next();
    if (next === undefined || next > now) return;
    for (const { id } of this.#timers.due(now, BATCH).filter(isUnclaimed)) this.#timers.clear(id);
  }
}
