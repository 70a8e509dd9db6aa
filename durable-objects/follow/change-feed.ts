/**
 * Changes that are committed and not yet taken in, in order: kept in memory while they are few and small, and read from
 * the log where there were too many, so that a follower that falls behind does not hold their texts.
 */
import type { Change, LogPort } from '../controllers/runtime/ports.ts';
import { readLog } from './catch-up.ts';

const PAGE = 200;
/** Code units of the texts that are kept, about. */
const MAX_KEPT_SIZE = 8 * 1024 * 1024;

export class ChangeFeed {
  private readonly log: LogPort;
  private readonly most: number;
  private kept: Change[] = [];
  private at = 0;
  /** Code units of the kept texts that were not handed over. */
  private size = 0;
  /** Changes after the kept ones are in the log alone. */
  private overflowed = false;
  /** The last revision that was handed over, or need not be. */
  private handed: number;
  private readonly concerns: (change: Change) => boolean;

  /** `concerns`: which changes of the log are handed over; `most`: how many are kept in memory. */
  constructor(log: LogPort, concerns: (change: Change) => boolean, most = 2000) {
    this.log = log;
    this.concerns = concerns;
    this.most = most;
    this.handed = log.revision;
  }

  /** Changes that were committed and concern the follower. */
  committed(changes: Iterable<Change>): void {
    for (const change of changes) {
      if (this.overflowed) return;
      if (this.kept.length - this.at < this.most && this.size < MAX_KEPT_SIZE) {
        this.kept.push(change);
        this.size += change.text.length;
      } else this.overflowed = true;
    }
  }

  get isEmpty(): boolean {
    return this.at >= this.kept.length && !this.overflowed;
  }

  /** Every change up to this revision was handed over. */
  get position(): number {
    return this.isEmpty ? this.log.revision : this.handed;
  }

  /** The changes up to this revision need not be handed over. */
  skipTo(revision: number): void {
    this.keep(this.kept.slice(this.at).filter((change) => change.revision > revision));
    this.handed = Math.max(this.handed, revision);
  }

  /** Changes that were committed up to now need not be handed over. */
  skipAll(): void {
    this.overflowed = false;
    this.skipTo(this.log.revision);
  }

  /** The next change. Throws when it was compacted before it was read: everything must be looked at then. */
  next(): Change | undefined {
    if (this.at >= this.kept.length) this.refill();
    const change = this.kept[this.at];
    if (!change) return undefined;
    this.at++;
    this.size -= change.text.length;
    this.handed = change.revision;
    // A follower that looks at `isEmpty` never asks beyond the end: what it was handed is dropped here.
    if (this.at === this.kept.length || this.at >= PAGE) {
      this.kept = this.kept.slice(this.at);
      this.at = 0;
    }
    return change;
  }

  private keep(changes: Change[]): void {
    this.kept = changes;
    this.at = 0;
    this.size = changes.reduce((sum, { text }) => sum + text.length, 0);
  }

  private refill(): void {
    this.keep([]);
    while (this.overflowed && this.kept.length === 0) {
      const page = readLog(this.log, this.handed, PAGE);
      if (!page) throw new Error(`the log was compacted behind revision ${this.handed}`);
      this.keep(page.filter(this.concerns));
      const last = page.at(-1)?.revision ?? this.log.revision;
      this.overflowed = last < this.log.revision;
      if (this.kept.length === 0) this.handed = page.at(-1)?.revision ?? this.handed;
    }
  }
}
