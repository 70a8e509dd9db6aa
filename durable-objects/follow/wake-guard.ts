/**
 * The timer row that wakes the object should it die with work in memory. The followers of the log share one (each write
 * of a row is billed): it is set with the first commit that brings work, and cleared once all of them are at rest.
 */
import type { Clock, TimerPort } from '../controllers/runtime/ports.ts';

export const GUARD_TIMER = 'awake';
/** The time after which an object that died with work under way is woken. */
const GUARD_MS = 15_000;

/** A follower's hold on the guard. */
export interface Guard {
  /** There is work: an object that dies now is to be woken soon. */
  hold(): void;
  /** The work is done, and the cursor says so. */
  release(): void;
}

export class WakeGuard {
  private readonly timers: TimerPort;
  private readonly clock: Clock;
  private readonly holders = new Set<object>();
  private isSet = false;

  constructor(timers: TimerPort, clock: Clock) {
    this.timers = timers;
    this.clock = clock;
  }

  /** A hold of one follower's own. */
  share(): Guard {
    const holder = {};
    return {
      hold: () => {
        this.holders.add(holder);
        this.set();
      },
      release: () => {
        if (!this.holders.delete(holder) || this.holders.size > 0 || !this.isSet) return;
        this.isSet = false;
        this.timers.clear(GUARD_TIMER);
      },
    };
  }

  /** The row has come due, and is gone. */
  fired(): void {
    this.isSet = false;
    if (this.holders.size > 0) this.set();
  }

  private set(): void {
    if (this.isSet) return;
    this.isSet = true;
    this.timers.set(GUARD_TIMER, this.clock.now() + GUARD_MS, '');
  }
}
