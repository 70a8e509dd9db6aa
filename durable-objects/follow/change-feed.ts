/**
 * Changes that are committed and not yet taken in, in order: kept in memory while they are few, and read from the log
 * where there were too many, so that a follower that falls behind does not hold their texts.
 */
import type { Change, LogPort } from '../controllers/runtime/ports.ts';
import { readLog } from './catch-up.ts';

const PAGE = 200;

export class ChangeFeed {
  private readonly log: LogPort;
  private readonly most: number;
  private kept: Change[] = [];
  private at = 0;
  /** Some after the kept ones are only in the log. */
  private overflowed = false;
  /** The last revision that was handed over, or need not be. */
  private handed: number;

  /** `most`: how many are kept in memory. */
  constructor(log: LogPort, most = 2000) {
    this.log = log;
    this.most = most;
    this.handed = log.revision;
  }

  committed(changes: Iterable<Change>): void {
    for (const change of changes) {
      if (this.overflowed) return;
      if (this.kept.length - this.at < this.most) this.kept.push(change);
      else this.overflowed = true;
    }
  }

  get isEmpty(): boolean {
    return this.at >= this.kept.length && !this.overflowed;
  }

  /** Every change up to this revision was handed over. */
  get position(): number {
    return this.isEmpty ? this.log.revision : this.handed;
  }

  /** Whether one of those that are kept says so; true when some are not kept. */
  some(test: (change: Change) => boolean): boolean {
    return this.overflowed || this.kept.slice(this.at).some(test);
  }

  /** The changes up to this revision need not be handed over. */
  skipTo(revision: number): void {
    this.kept = this.kept.slice(this.at).filter((change) => change.revision > revision);
    this.at = 0;
    this.handed = Math.max(this.handed, revision);
  }

  /** The next change. Throws when it was compacted before it was read: everything must be looked at then. */
  next(): Change | undefined {
    if (this.at >= this.kept.length) this.refill();
    const change = this.kept[this.at];
    if (!change) return undefined;
    this.at++;
    this.handed = change.revision;
    // A follower that looks at `isEmpty` never asks beyond the end: what it was handed is dropped here.
    if (this.at === this.kept.length || this.at >= PAGE) {
      this.kept = this.kept.slice(this.at);
      this.at = 0;
    }
    return change;
  }

  private refill(): void {
    this.kept = [];
    this.at = 0;
    if (!this.overflowed) return;
    const page = readLog(this.log, this.handed, PAGE);
    if (!page) throw new Error(`the log was compacted behind revision ${this.handed}`);
    this.kept = page;
    this.overflowed = page.length === PAGE;
  }
}
