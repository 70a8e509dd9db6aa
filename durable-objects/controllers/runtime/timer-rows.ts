/**
 * The timer rows of the controllers: one for each item that is to be looked at later, with the number of its failures
 * and the memo of its key's last run.
 */

import type { TimerPort } from './ports.ts';
import { RecentSet } from './recent-set.ts';

/** A timer that fired comes back after this, unless its item was answered before. */
const SAFETY_MS = 30_000;

/** The rows that one alarm takes in: to put one back takes about 20 µs. */
const PAGE = 200;
const MAX_LOOKED_UP = 10_000;

export interface DueRow {
  id: string;
  payload: string;
}

export interface DueItem {
  /** The row's id. */
  id: string;
  failures: number;
}

interface Row {
  due: number;
  failures: number;
  memo?: string;
  /** The row fired, and was put back until its item is answered. */
  fired: boolean;
}

export class TimerRows {
  private readonly timers: TimerPort;
  private readonly now: () => number;
  /** Rows that were set or read in this life. */
  private readonly rows = new Map<string, Row>();
  private due: DueItem[] = [];
  /** Rows may be left from an earlier life: an item's is read once. */
  private readonly inherits: boolean;
  private readonly lookedUp = new RecentSet(MAX_LOOKED_UP);

  constructor(timers: TimerPort, now: () => number) {
    this.timers = timers;
    this.now = now;
    this.inherits = timers.next() !== undefined;
  }

  get hasDue(): boolean {
    return this.due.length > 0;
  }

  /**
   * Takes in due rows. Each row is put back at once: should this object die now, it fires again. Where there are many,
   * the others are still due, and the alarm rings for them once requests had their turn.
   */
  fire(now: number, given: readonly DueRow[] = this.timers.takeDue(now, PAGE)): void {
    for (const { id, payload } of given) {
      const { failures, memo } = decode(payload);
      this.set(id, { due: now + SAFETY_MS, failures, memo, fired: true });
      this.due.push({ id, failures });
    }
  }

  /** The items that are due. */
  take(): DueItem[] {
    return this.due.splice(0);
  }

  memo(id: string): string | undefined {
    return this.find(id)?.memo;
  }

  /** The item was answered; `requeueAfter` (ms) asks for another run, which is handed `memo`. */
  answered(id: string, requeueAfter: number | undefined, memo?: string): void {
    const present = this.find(id);
    if (requeueAfter === undefined) {
      if (present) this.forget(id);
      return;
    }
    // A row that comes earlier is left: its run will set the next one.
    this.set(id, { due: this.earlier(present, this.now() + requeueAfter), failures: 0, memo, fired: false });
  }

  /** The item is to be looked at after a while, if not before. */
  delay(id: string, after: number): void {
    const present = this.find(id);
    const due = this.now() + after;
    if (!present || present.due > due) this.set(id, { due, failures: 0, memo: present?.memo, fired: false });
  }

  /** A row that comes earlier is left at its time: it may be there for another reason (client-go's AddAfter does so). */
  retry(id: string, wait: number, failures: number, memo = this.find(id)?.memo): void {
    this.set(id, { due: this.earlier(this.find(id), this.now() + wait), failures, memo, fired: false });
  }

  forget(id: string): void {
    this.rows.delete(id);
    this.timers.clear(id);
  }

  private earlier(present: Row | undefined, due: number): number {
    return present && !present.fired ? Math.min(present.due, due) : due;
  }

  private find(id: string): Row | undefined {
    const known = this.rows.get(id);
    if (known || !this.inherits || this.lookedUp.has(id)) return known;
    this.lookedUp.add(id);
    const stored = this.timers.get(id);
    if (!stored) return undefined;
    const row = { due: stored.due, ...decode(stored.payload), fired: false };
    this.rows.set(id, row);
    return row;
  }

  private set(id: string, row: Row): void {
    const before = this.rows.get(id);
    this.rows.set(id, row);
    const payload = encode(row);
    if (before?.due !== row.due || encode(before) !== payload) this.timers.set(id, row.due, payload);
  }
}

function encode({ failures, memo }: Row): string {
  if (memo === undefined) return failures > 0 ? String(failures) : '';
  return JSON.stringify({ failures, memo });
}

function decode(payload: string): Pick<Row, 'failures' | 'memo'> {
  if (!payload.startsWith('{')) return { failures: Number(payload) || 0 };
  const { failures, memo } = JSON.parse(payload) as { failures?: number; memo?: string };
  return { failures: failures ?? 0, memo };
}
