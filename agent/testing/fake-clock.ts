/** A clock that stands still until a test moves it. */
import type { Clock } from '../clock.ts';

interface Timer {
  at: number;
  run(): void;
}

export class FakeClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(now = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, milliseconds), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The time of the earliest timer. */
  get next(): number | undefined {
    return this.#timers.length === 0 ? undefined : Math.min(...this.#timers.map(({ at }) => at));
  }

  /** The machine's clock is set back; timers do not go by it. */
  setBack(milliseconds: number): void {
    this.#now -= milliseconds;
    for (const timer of this.#timers) timer.at -= milliseconds;
  }

  /** Runs what is due on the way, and all that follows from it, before it goes on. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let at = this.next; at !== undefined && at <= end; at = this.next) {
      this.#now = Math.max(this.#now, at);
      const due = this.#timers.filter((timer) => timer.at <= this.#now);
      this.#timers = this.#timers.filter((timer) => !due.includes(timer));
      for (const { run } of due) run();
      await settle();
    }
    this.#now = end;
  }
}

/** Turns without any file operation after which nothing more will happen until time passes. */
const QUIET = 4;
const MAX_TURNS = 20_000;

/** Resolves when all that can happen without time passing has happened. */
export async function settle(): Promise<void> {
  let turns = 0;
  for (let quiet = 0; quiet < QUIET; quiet++) {
    if (++turns > MAX_TURNS) throw new Error('it does not come to rest');
    await new Promise((resolve) => setImmediate(resolve));
    if (!process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq)/.test(name))) continue;
    await new Promise((resolve) => setTimeout(resolve, 1));
    quiet = -1;
  }
}
