/** One table of timers for several users. The port of each sees only the rows whose ids begin with its prefix. */
import type { TimerPort } from '../controllers/runtime/ports.ts';

type Due = ReturnType<TimerPort['takeDue']>[number];

const BATCH = 1000;

export class SharedTimers {
  readonly #timers: TimerPort;
  readonly #due = new Map<string, Due[]>();

  constructor(timers: TimerPort) {
    this.#timers = timers;
  }

  /** Ids under this port must begin with `prefix`. */
  port(prefix: string): TimerPort {
    this.#due.set(prefix, []);
    return {
      set: (id, due, payload) => this.#timers.set(id, due, payload),
      clear: (id) => this.#timers.clear(id),
      get: (id) => this.#timers.get(id),
      next: () => this.#timers.next(),
      takeDue: (now, limit) => {
        this.#collect(now);
        return this.#due.get(prefix)?.splice(0, limit) ?? [];
      },
    };
  }

  /** Drops rows of prefixes that have no port here: another build of this code has set them. */
  #collect(now: number): void {
    for (;;) {
      const rows = this.#timers.takeDue(now, BATCH);
      for (const row of rows) {
        for (const [prefix, due] of this.#due) if (row.id.startsWith(prefix)) due.push(row);
      }
      if (rows.length < BATCH) return;
    }
  }
}
