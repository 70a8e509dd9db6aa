/**
 * The timer rows of the controllers: delayed keys, at most one row each, and one row that brings the object back when
 * it dies with work under way.
 */
import type { TimerPort } from './ports.ts';

export const TIMER_PREFIX = 'controllers/';

/** A timer that fired comes back after this, unless its key was answered before. */
const SAFETY_MS = 30_000;
/** How long an object that died with work under way may sleep. */
const GUARD_MS = 15_000;
const GUARD = `${TIMER_PREFIX}awake`;
const PAGE = 200;

export interface DueRow {
  id: string;
  payload: string;
}

export class TimerRows {
  private readonly timers: TimerPort;
  private readonly now: () => number;
  /** Due times of rows set in this wake. */
  private readonly rows = new Map<string, number>();
  /** Rows that fired and were put back until their key is answered. */
  private readonly fired = new Set<string>();
  private due: { item: string; failures: number }[] = [];
  private guarded = false;
  /** Rows may be left from an earlier life: an item's is cleared once, known or not. */
  private readonly inherits: boolean;
  private readonly cleared = new Set<string>();

  constructor(timers: TimerPort, now: () => number) {
    this.timers = timers;
    this.now = now;
    this.inherits = timers.next() !== undefined;
  }

  get hasDue(): boolean {
    return this.due.length > 0;
  }

  /** Takes in what is due. Each row is put back at once: should this object die now, it fires again. */
  fire(now: number, given?: readonly DueRow[]): void {
    let rows = given ?? this.timers.takeDue(now, PAGE);
    while (rows.length > 0) {
      for (const { id, payload } of rows) this.fireOne(id, payload, now);
      rows = given ? [] : this.timers.takeDue(now, PAGE);
    }
  }

  /** The items that are due, and how often they had failed. */
  take(): { item: string; failures: number }[] {
    return this.due.splice(0);
  }

  /** The item was answered; `requeueAfter` (ms) asks for another run. */
  answered(item: string, requeueAfter: number | undefined): void {
    const id = TIMER_PREFIX + item;
    if (requeueAfter === undefined) {
      if (this.rows.has(id) || this.isMaybeInherited(id)) this.clear(id);
      return;
    }
    // A row that comes earlier is left: its run will set the next one. One that fired was only put back for safety.
    const due = this.now() + requeueAfter;
    const present = this.rows.get(id);
    if (present === undefined || present > due || this.fired.has(id)) this.set(id, due, '');
    this.fired.delete(id);
  }

  retry(item: string, wait: number, failures: number): void {
    this.set(TIMER_PREFIX + item, this.now() + wait, String(failures));
  }

  forget(item: string): void {
    this.clear(TIMER_PREFIX + item);
  }

  get isGuarded(): boolean {
    return this.guarded;
  }

  /** There is work: an object that dies now is to be woken soon. */
  guard(): void {
    if (this.guarded) return;
    this.guarded = true;
    this.timers.set(GUARD, this.now() + GUARD_MS, '');
  }

  /** The work is done, and the cursor says so. */
  unguard(): void {
    if (!this.guarded) return;
    this.guarded = false;
    this.timers.clear(GUARD);
  }

  private fireOne(id: string, payload: string, now: number): void {
    if (id === GUARD) {
      // Whoever still has work guards it again.
      this.guarded = false;
      return;
    }
    this.set(id, now + SAFETY_MS, payload);
    this.fired.add(id);
    this.due.push({ item: id.slice(TIMER_PREFIX.length), failures: Number(payload) || 0 });
  }

  private isMaybeInherited(id: string): boolean {
    if (!this.inherits || this.cleared.has(id)) return false;
    if (this.cleared.size > 10_000) this.cleared.clear();
    this.cleared.add(id);
    return true;
  }

  private set(id: string, due: number, payload: string): void {
    this.rows.set(id, due);
    this.timers.set(id, due, payload);
  }

  private clear(id: string): void {
    this.rows.delete(id);
    this.fired.delete(id);
    this.timers.clear(id);
  }
}
