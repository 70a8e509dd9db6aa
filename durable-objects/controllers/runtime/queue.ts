/**
 * A controller's work queue (client-go `util/workqueue`): each item once, and never in work twice at a time. Items are
 * named by text. Their states:
 *
 *     (none) --add--> ready --next--> working --done, park--> (none), or ready when it was added meanwhile
 *                     ready --next, came too often--> held --release--> ready
 *                                     working --retryLater--> held
 *                                     working --runLater--> delayed --release, add--> ready
 *
 * Each item remembers the lowest log revision that asked for it and is not yet answered, on which the durable cursor
 * rests: `retryLater` and `runLater` keep it, since only this life of the object knows that the item comes back, and
 * `park` lets it go, because a timer row brings the item back. An item that comes
 * again and again within a moment (a ReplicaSet whose thousand pods change one by one) is held back a little, so that
 * one run answers many changes.
 */
/** Measures of a queue (client-go's `queueMetrics`). Times are milliseconds since the epoch. */
export interface QueueObserver {
  /** An item has become ready; returns when. */
  added(): number;
  /** An item that was ready since then is worked on; returns from when on. */
  started(readyAt: number): number;
  finished(startedAt: number): void;
  retried(): void;
}

/** The first delay of an item that fails, which doubles with each failure, and the longest. In milliseconds. */
export interface Retries {
  readonly first: number;
  readonly longest: number;
}

/** Those of client-go's DefaultTypedControllerRateLimiter. */
const RETRIES: Retries = { first: 5, longest: 1_000_000 };

/** The runs in quick succession before an item is held back, the time that counts as quick, and the delay. */
const FREE_RUNS = 10;
const QUICK_MS = 250;
export const HOLD_MS = 50;
const MAX_RECENT = 10_000;

/** client-go's ItemExponentialFailureRateLimiter */
export function backoff(failures: number, { first, longest }: Retries = RETRIES): number {
  return Math.min(first * 2 ** Math.min(failures, 30), longest);
}

export interface Item {
  id: string;
  /** The first log revision that asked for this run; 0 when a timer did. */
  saw: number;
}

interface Entry {
  state: 'ready' | 'held' | 'delayed' | 'working';
  /** The lowest revision that asked for the next run; Infinity when only timers did. */
  asked: number;
  saw: number;
  /** The lowest revision that the present run answers. */
  answering: number;
  /** Added while in work. */
  again: boolean;
  /** Milliseconds since the epoch at which it became ready, and at which it was last worked on. */
  readyAt: number;
  startedAt: number;
}

export class WorkQueue {
  private readonly entries = new Map<string, Entry>();
  private ready: string[] = [];
  private head = 0;
  private readonly pace: number;
  private readonly recent = new Map<string, { last: number; streak: number }>();
  private readonly waited = new Set<string>();
  private readonly failures = new Map<string, number>();
  private working = 0;
  private readonly metrics: QueueObserver | undefined;

  /** `pace`: how long an item that comes too often is held back, in milliseconds. */
  constructor(pace = HOLD_MS, metrics?: QueueObserver) {
    this.pace = pace;
    this.metrics = metrics;
  }

  /** Asks for a run because of a log revision (or 0: a timer). */
  add(id: string, revision: number): void {
    const asked = revision > 0 ? revision : Number.POSITIVE_INFINITY;
    const entry = this.entries.get(id);
    if (!entry) {
      const answering = Number.POSITIVE_INFINITY;
      const readyAt = this.metrics?.added() ?? 0;
      this.entries.set(id, { state: 'ready', asked, saw: revision, answering, again: false, readyAt, startedAt: 0 });
      this.ready.push(id);
      return;
    }
    if (entry.state === 'working' && !entry.again) {
      entry.again = true;
      entry.asked = asked;
      entry.saw = revision;
      return;
    }
    entry.asked = Math.min(entry.asked, asked);
    entry.saw = entry.saw || revision;
    if (entry.state === 'delayed') this.release(id);
  }

  /** A held or delayed item may run now. */
  release(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.state !== 'held' && entry?.state !== 'delayed') return;
    entry.state = 'ready';
    entry.readyAt = this.metrics?.added() ?? 0;
    this.ready.push(id);
  }

  /** The next item to work on. `hold` is called for items that came too often: they are held until `release`. */
  next(now: number, hold: (id: string, ms: number) => void): Item | undefined {
    while (this.head < this.ready.length) {
      const id = this.ready[this.head++]!;
      if (this.head > 1000) {
        this.ready = this.ready.slice(this.head);
        this.head = 0;
      }
      const entry = this.entries.get(id);
      if (entry?.state !== 'ready') continue;
      const wait = this.tooSoon(id, now);
      if (wait > 0) {
        entry.state = 'held';
        hold(id, wait);
        continue;
      }
      entry.state = 'working';
      entry.answering = entry.asked;
      entry.again = false;
      entry.startedAt = this.metrics?.started(entry.readyAt) ?? 0;
      this.working++;
      return { id, saw: entry.saw };
    }
    this.ready = [];
    this.head = 0;
    return undefined;
  }

  /** The run is over, and its causes are answered. */
  done(id: string): void {
    this.failures.delete(id);
    this.finish(id);
  }

  /** The run is over and asks for another one within this wake, which the cursor waits for; an `add` has it earlier. */
  runLater(id: string): void {
    const entry = this.entries.get(id);
    this.failures.delete(id);
    if (entry?.state === 'working' && !entry.again) {
      entry.asked = entry.answering;
      entry.state = 'delayed';
      this.ended(entry);
    } else this.finish(id);
  }

  /** The run failed: returns how many times in a row it has. */
  failed(id: string): number {
    const count = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, count);
    this.metrics?.retried();
    return count;
  }

  /** Failures counted before this object was evicted. */
  recall(id: string, failures: number): void {
    if (failures > (this.failures.get(id) ?? 0)) this.failures.set(id, failures);
  }

  /** The failed run is tried again by a timer row: the cursor need not wait for it. */
  park(id: string): void {
    this.finish(id);
  }

  /** The failed run is tried again within this wake: the cursor waits for it. */
  retryLater(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.state !== 'working') return;
    entry.asked = entry.again ? Math.min(entry.asked, entry.answering) : entry.answering;
    entry.again = false;
    entry.state = 'held';
    this.ended(entry);
  }

  /** The lowest log revision that is not yet answered; undefined when there is none. */
  lowest(): number | undefined {
    let lowest = Number.POSITIVE_INFINITY;
    for (const { asked, answering, state } of this.entries.values()) {
      lowest = Math.min(lowest, asked, state === 'working' ? answering : Number.POSITIVE_INFINITY);
    }
    return lowest === Number.POSITIVE_INFINITY ? undefined : lowest;
  }

  get inWork(): number {
    return this.working;
  }

  isWorking(id: string): boolean {
    return this.entries.get(id)?.state === 'working';
  }

  get hasReady(): boolean {
    return this.head < this.ready.length;
  }

  /** Items that are ready. */
  get depth(): number {
    return this.ready.length - this.head;
  }

  /** When the items in work were begun. */
  startTimes(): number[] {
    return [...this.entries.values()].filter(({ state }) => state === 'working').map(({ startedAt }) => startedAt);
  }

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  /** Forgets how often items came; called when nothing is left to do. */
  settle(now: number): void {
    for (const [id, { last }] of this.recent) if (now - last > QUICK_MS) this.recent.delete(id);
  }

  private finish(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.state !== 'working') return;
    this.ended(entry);
    if (!entry.again) {
      this.entries.delete(id);
      return;
    }
    entry.state = 'ready';
    entry.again = false;
    entry.answering = Number.POSITIVE_INFINITY;
    entry.readyAt = this.metrics?.added() ?? 0;
    this.ready.push(id);
  }

  private ended({ startedAt }: Entry): void {
    this.working--;
    this.metrics?.finished(startedAt);
  }

  private tooSoon(id: string, now: number): number {
    // A released item has waited: the clock may stand still (it does within one event), so it is not held twice.
    const hasWaited = this.waited.delete(id);
    const recent = this.recent.get(id);
    // A clock that was set back tells nothing of how often the item came.
    if (!recent || now - recent.last >= QUICK_MS || now < recent.last) {
      // A controller that is never quiet must not remember every item that it ever had.
      if (this.recent.size >= MAX_RECENT) this.recent.clear();
      this.recent.set(id, { last: now, streak: 1 });
      return 0;
    }
    const since = now - recent.last;
    if (recent.streak > FREE_RUNS && since < this.pace && !hasWaited) {
      this.waited.add(id);
      return this.pace - since;
    }
    recent.last = now;
    recent.streak++;
    return 0;
  }
}
