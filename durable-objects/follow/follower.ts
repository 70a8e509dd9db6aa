/**
 * Follows the log in slices, for parts that act on it out of their own memory (the scheduler, simulated nodes): their
 * knowledge is read anew after a wake, once there is work. In between, requests get their turn.
 *
 * A follower guarantees what the controllers' runtime does: a change that brings work is answered, also when the object
 * dies. The durable cursor tells whether work is left when the object wakes, so that a wake without work reads nothing;
 * the guard wakes an object that died at work; and work that is due later has a single timer row.
 */
import { sharedObject } from '../../kube/machinery/shared-object.ts';
import type { Change } from '../controllers/runtime/ports.ts';
import { isBehind } from './catch-up.ts';
import { ChangeFeed } from './change-feed.ts';
import { Cursor } from './cursor.ts';
import { DueTimer } from './due-timer.ts';
import type { FollowerHandler, FollowerPorts, ObservedState } from './follower-ports.ts';
import { QuietTime } from './quiet-time.ts';
import { Scan } from './scan.ts';

export type { FollowerHandler, FollowerPorts, ObservedState } from './follower-ports.ts';

/** Changes handed over before others get a turn. */
const BATCH = 100;
/** Milliseconds, as all times here. */
const RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

export class Follower {
  readonly #ports: FollowerPorts;
  readonly #owner: FollowerHandler;
  readonly #cursor: Cursor | undefined;
  readonly #timer: DueTimer;
  /** Changes since the following began. */
  #feed: ChangeFeed | undefined;
  readonly #scan = new Scan();
  /** Changes at which the owner threw: they are handed over again. */
  #failed: ObservedState[] = [];
  #retry = RETRY_MS;
  #retries = 0;
  #deferred = false;
  #requests = 0;
  readonly #quiet: QuietTime;
  #idlers: (() => void)[] = [];

  constructor(ports: FollowerPorts, owner: FollowerHandler) {
    this.#ports = ports;
    this.#owner = owner;
    this.#timer = new DueTimer(ports.timers, owner.timer);
    this.#quiet = new QuietTime(ports);
    this.#cursor = ports.notes && new Cursor(ports.notes, owner.note, ports.build ?? '');
  }

  /** Requests under way. */
  get requests(): number {
    return this.#requests;
  }

  /** To be called once per life of the object. */
  wake(): void {
    const { log } = this.#ports;
    log.onCommit((changes) => this.#committed(changes));
    const cursor = this.#cursor;
    const isDone =
      cursor?.revision !== undefined &&
      cursor.pending !== 'work' &&
      !isBehind(log, cursor.revision, (change) => this.#brings(this.#concern(change)));
    if (isDone) this.#keepUp(log.revision);
    else this.#begin();
  }

  /** The timer has come due. */
  alarm(): void {
    this.#timer.fired(this.#ports.clock.now());
    this.#begin();
    this.#soon();
  }

  /** Begins because of work that the log does not tell of. */
  begin(): void {
    this.#cursor?.write(this.#ports.log.revision, 'work');
    this.#begin();
    this.#soon();
  }

  /** Reads the objects under these prefixes again before any more work is done. */
  rescan(prefixes: readonly string[]): void {
    this.#scan.begin(prefixes);
  }

  /** Work is under way: should the object die with it, it is woken. */
  working(): void {
    this.#ports.guard?.hold();
  }

  /** Hands over what has changed up to now. */
  catchUp(): void {
    while (this.#feed && !this.#feed.isEmpty) this.#handOver(this.#feed);
  }

  /** A request under way, after which more may be ready. It does not reject. */
  track(request: Promise<void>): void {
    this.#requests++;
    void request.finally(() => {
      this.#requests--;
      this.#quiet.active();
      if (this.#owner.ready()) this.#soon();
      this.#arm();
      this.#settle();
    });
  }

  /** Resolves when nothing more can be done for now. */
  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    return new Promise((resolve) => this.#idlers.push(resolve));
  }

  get #busy(): boolean {
    return this.#deferred || this.#requests > 0;
  }

  #begin(): void {
    this.#ports.guard?.hold();
    if (this.#feed) return;
    this.#feed = new ChangeFeed(this.#ports.log, (change) => this.#concern(change) !== undefined);
    this.rescan(this.#owner.prefixes);
    this.#soon();
  }

  #committed(changes: readonly Change[]): void {
    const concerning = changes.filter((change) => {
      const concern = this.#concern(change);
      if (this.#brings(concern)) this.#begin();
      return concern !== undefined;
    });
    if (this.#feed && concerning.length > 0) {
      this.#feed.committed(concerning);
      this.#soon();
    } else this.#keepUp(changes.at(-1)?.revision ?? 0);
  }

  /** Whether a change brings work, or some work waits for a change: pods that fit nowhere may fit now. */
  #brings(concern: 'work' | 'knowledge' | undefined): boolean {
    return concern === 'work' || (concern !== undefined && this.#cursor?.pending === 'changes');
  }

  /** No change up to a revision brought work. */
  #keepUp(revision: number): void {
    if (!this.#cursor?.isFarBehind(revision)) return;
    if (!this.#feed) this.#cursor.write(revision, this.#cursor.pending);
    else if (this.#isAtRest && !this.#quiet.isAwaited) this.#cursor.write(revision, this.#owner.left());
  }

  /** A change that cannot be judged may bring work. */
  #concern(change: Change): 'work' | 'knowledge' | undefined {
    try {
      return this.#owner.concerns(change, this.#feed !== undefined);
    } catch (error) {
      this.#ports.report?.(error, change.key);
      return 'work';
    }
  }

  #soon(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.#ports.defer(() => {
      this.#deferred = false;
      this.#quiet.active();
      try {
        if (this.#feed) this.#slice(this.#feed);
      } catch (error) {
        this.#ports.report?.(error, this.#owner.note);
        this.#tryAgain();
      }
      this.#settle();
    });
  }

  #slice(feed: ChangeFeed): void {
    if (this.#scan.isDone) this.#handOver(feed);
    // A change may have asked for another scan.
    if (!this.#scan.isDone) {
      this.#scan.readPage(this.#ports.read, (item) => this.#scanned(item));
      this.#soon();
      return;
    }
    if (!feed.isEmpty) {
      this.#soon();
      return;
    }
    this.#owner.work(this.#ports.clock.now());
    if (this.#owner.ready()) this.#soon();
    this.#arm();
  }

  #handOver(feed: ChangeFeed): void {
    const items: ObservedState[] = this.#failed.splice(0);
    while (items.length < BATCH && !feed.isEmpty) {
      const change = this.#next(feed);
      if (!change) break;
      const { key, revision, text } = change;
      const object = () => sharedObject(change);
      items.push({ key, revision, text, gone: change.change === 'delete', object });
    }
    if (items.length === 0) return;
    try {
      this.#owner.changed(items);
      this.#retry = RETRY_MS;
    } catch {
      // Each is handed over by itself, so that a change that cannot be taken holds up no other.
      for (const item of items) this.#handOverOne(item);
      if (this.#failed.length > 0) this.#tryAgain();
      else this.#retry = RETRY_MS;
    }
  }

  /** Replaces an earlier change of the same object that could not be taken. */
  #handOverOne(item: ObservedState): void {
    this.#failed = this.#failed.filter(({ key }) => key !== item.key);
    try {
      this.#owner.changed([item]);
    } catch (error) {
      this.#ports.report?.(error, item.key);
      this.#failed.push(item);
    }
  }

  /** An object whose change was compacted before it was read is found by another scan. */
  #next(feed: ChangeFeed): Change | undefined {
    try {
      return feed.next();
    } catch (error) {
      this.#ports.report?.(error, this.#owner.note);
      feed.skipAll();
      this.rescan(this.#owner.prefixes);
      return undefined;
    }
  }

  /** Each change is a try as well: of the retries only the last one counts, or each change would add one for good. */
  #tryAgain(): void {
    const retry = ++this.#retries;
    this.#ports.defer(() => void (retry === this.#retries && this.#soon()), this.#retry);
    this.#retry = Math.min(this.#retry * 2, MAX_RETRY_MS);
  }

  #scanned(item: ObservedState): void {
    try {
      this.#owner.scanned(item);
    } catch (error) {
      this.#ports.report?.(error, item.key);
    }
  }

  #settle(): void {
    if (this.#busy) return;
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
    if (this.#feed) this.#arm();
    if (this.#quiet.isAwaited || !this.#isAtRest) return;
    this.#quiet.whenOver((isQuiet) => {
      if (this.#isAtRest && isQuiet) this.#rest();
      else this.#settle();
    });
  }

  get #isAtRest(): boolean {
    return !this.#busy && this.#scan.isDone && this.#failed.length === 0 && (this.#feed?.isEmpty ?? true);
  }

  /** The follower has been quiet for a while. The cursor tells the next life of the work that is left. */
  #rest(): void {
    if (this.#feed) this.#cursor?.write(this.#ports.log.revision, this.#owner.left());
    this.#ports.guard?.release();
  }

  /** The next due time is unknown until all is read: the row of an earlier life, or of the timer that fired, stays. */
  #arm(): void {
    if (this.#scan.isDone) this.#timer.arm(this.#owner.nextDue(), this.#busy);
  }
}
