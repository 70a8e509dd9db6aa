/**
 * The work queue (client-go `util/workqueue`): each key once, and never in work twice at a time.
 *
 * Each item remembers the lowest log revision that asked for it and is not yet reconciled, which is what the durable
 * cursor rests on. Keys that come again and again within a moment (a ReplicaSet whose thousand pods change one by one)
 * are held back a little, so that one run answers many changes.
 */
const BACKOFF_BASE_MS = 5;
const BACKOFF_MAX_MS = 1_000_000;

/** How often a key may run in quick succession before it is held back, what counts as quick, and for how long. */
const FREE_RUNS = 10;
const QUICK_MS = 250;
export const HOLD_MS = 50;

/** client-go's ItemExponentialFailureRateLimiter: 5 ms × 2^failures, at most 1000 s. */
export function backoff(failures: number): number {
  return Math.min(BACKOFF_BASE_MS * 2 ** Math.min(failures, 30), BACKOFF_MAX_MS);
}

export interface Item {
  id: string;
  /** The first log revision that asked for this run; 0 when a timer did. */
  saw: number;
}

interface Entry {
  state: 'ready' | 'delayed' | 'working';
  /** Lowest revision asked for and not yet in work; Infinity when only timers asked. */
  low: number;
  saw: number;
  /** What the present run answers. */
  workingLow: number;
  again: boolean;
}

export class WorkQueue {
  private readonly entries = new Map<string, Entry>();
  private ready: string[] = [];
  private head = 0;
  private readonly pace = new Map<string, { last: number; streak: number }>();
  private readonly waited = new Set<string>();
  private readonly failures = new Map<string, number>();
  private working = 0;

  /** Asks for a run because of a log revision (or 0: a timer). */
  add(id: string, revision: number): void {
    const low = revision > 0 ? revision : Number.POSITIVE_INFINITY;
    const entry = this.entries.get(id);
    if (!entry) {
      const fresh: Entry = { state: 'ready', low, saw: revision, workingLow: Number.POSITIVE_INFINITY, again: false };
      this.entries.set(id, fresh);
      this.ready.push(id);
      return;
    }
    if (entry.state === 'working' && !entry.again) {
      entry.again = true;
      entry.low = low;
      entry.saw = revision;
      return;
    }
    entry.low = Math.min(entry.low, low);
    entry.saw = entry.saw || revision;
  }

  /** A delayed key may run now. */
  release(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.state !== 'delayed') return;
    entry.state = 'ready';
    this.ready.push(id);
  }

  /**
   * The next key to work on. `hold` is called for keys that came too often: they are delayed until `release`.
   */
  next(now: number, hold: (id: string, ms: number) => void, pace: (id: string) => number): Item | undefined {
    while (this.head < this.ready.length) {
      const id = this.ready[this.head++]!;
      if (this.head > 1000) {
        this.ready = this.ready.slice(this.head);
        this.head = 0;
      }
      const entry = this.entries.get(id);
      if (entry?.state !== 'ready') continue;
      const wait = this.tooSoon(id, now, pace(id));
      if (wait > 0) {
        entry.state = 'delayed';
        hold(id, wait);
        continue;
      }
      entry.state = 'working';
      entry.workingLow = entry.low;
      entry.again = false;
      this.working++;
      return { id, saw: entry.saw };
    }
    this.ready = [];
    this.head = 0;
    return undefined;
  }

  /** The run is over and nothing is owed to what it answered. */
  done(id: string): void {
    this.failures.delete(id);
    this.finish(id);
  }

  /** The run failed: returns how many times in a row it has. */
  failed(id: string): number {
    const count = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, count);
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
    entry.low = entry.again ? Math.min(entry.low, entry.workingLow) : entry.workingLow;
    entry.again = false;
    entry.state = 'delayed';
    this.working--;
  }

  /** The lowest log revision with a key not yet reconciled; undefined when there is none. */
  lowest(): number | undefined {
    let lowest = Number.POSITIVE_INFINITY;
    for (const entry of this.entries.values()) {
      lowest = Math.min(lowest, entry.low, entry.state === 'working' ? entry.workingLow : Number.POSITIVE_INFINITY);
    }
    return lowest === Number.POSITIVE_INFINITY ? undefined : lowest;
  }

  get inWork(): number {
    return this.working;
  }

  get hasReady(): boolean {
    return this.head < this.ready.length;
  }

  get quiet(): boolean {
    return this.entries.size === 0;
  }

  /** Forgets how often keys came; called when nothing is left to do. */
  settle(now: number): void {
    for (const [id, pace] of this.pace) if (now - pace.last > QUICK_MS) this.pace.delete(id);
  }

  private finish(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.state !== 'working') return;
    this.working--;
    if (!entry.again) {
      this.entries.delete(id);
      return;
    }
    entry.state = 'ready';
    entry.again = false;
    entry.workingLow = Number.POSITIVE_INFINITY;
    this.ready.push(id);
  }

  private tooSoon(id: string, now: number, held: number): number {
    const pace = this.pace.get(id);
    if (!pace || now - pace.last >= QUICK_MS) {
      this.pace.set(id, { last: now, streak: 1 });
      return 0;
    }
    const since = now - pace.last;
    // A released key has waited: the clock may stand still (it does within one event), so it is not held twice.
    if (pace.streak > FREE_RUNS && since < held && !this.waited.delete(id)) {
      this.waited.add(id);
      return held - since;
    }
    pace.last = now;
    pace.streak++;
    return 0;
  }
}
