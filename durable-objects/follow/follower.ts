/**
 * Follows the log in slices, for those who act on it out of their own memory (the scheduler, simulated nodes): what they
 * know is read anew after a wake, once there is work; a note says whether there is, so that a wake without reads nothing.
 * In between, requests get their turn; what is due later is one timer row, written only when it moves earlier.
 */
import type { Change, LogPort, NotePort, ReadPort, TimerPort } from '../controllers/runtime/ports.ts';

export interface FollowerPorts {
  log: LogPort;
  read: ReadPort;
  timers: TimerPort;
  /** Left out, each wake reads everything. */
  notes?: NotePort;
  clock: { now(): number };
  /** Runs the work soon, after requests that wait have had their turn. */
  defer(work: () => void): void;
}

/** An object as the scan found it, or as a change left it. */
export interface Seen {
  key: string;
  revision: number;
  text: string;
  gone: boolean;
}

/** Who follows. None of these is called while another one runs. */
export interface Follows {
  /** The name of the note, and the id of the one timer. */
  readonly note: string;
  readonly timer: string;
  /** What is read before any work is done, in this order. */
  readonly prefixes: readonly string[];
  /** Whether a change matters, and whether it brings work to whoever has rested until now. */
  concerns(change: Change, following: boolean): 'work' | 'knowledge' | undefined;
  /** An object of the scan. */
  scanned(item: Seen): void;
  /** Changes since, in order. */
  changed(items: readonly Seen[]): void;
  /** A slice of work. */
  work(now: number): void;
  /** There is more to do at once. */
  ready(): boolean;
  /** Nothing is left but what the timer brings. */
  settled(): boolean;
  /** When the next thing happens by itself, in milliseconds since the epoch. */
  nextDue(): number | undefined;
}

const SCAN_PAGE = 500;
const SETTLED = 'settled';
const WORKING = 'working';

export class Follower {
  readonly #ports: FollowerPorts;
  readonly #owner: Follows;
  #changes: Change[] = [];
  /** What is still to be read; undefined while nothing is followed, [] when all is known. */
  #scan: { prefix: string; after?: string }[] | undefined;
  #deferred = false;
  #requests = 0;
  #timer: number | undefined;
  #idlers: (() => void)[] = [];

  constructor(ports: FollowerPorts, owner: Follows) {
    this.#ports = ports;
    this.#owner = owner;
  }

  /** Requests under way. */
  get requests(): number {
    return this.#requests;
  }

  /** Once per life of the object. */
  wake(): void {
    this.#ports.log.onCommit((changes) => this.#committed(changes));
    if (this.#ports.notes?.read(this.#owner.note) !== SETTLED) this.#begin();
  }

  /** The timer has come due. */
  alarm(): void {
    this.#timer = undefined;
    this.#begin();
    this.#soon();
  }

  /** There is work that the log does not tell of. */
  begin(): void {
    this.working();
    this.#begin();
    this.#soon();
  }

  /** Reads these again before going on. */
  rescan(prefixes: readonly string[]): void {
    this.#scan = prefixes.map((prefix) => ({ prefix }));
  }

  /** A life that ends here has left work to the next. */
  working(): void {
    this.#note(WORKING);
  }

  /** Hands over what has changed up to now. */
  catchUp(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    this.#owner.changed(
      changes.map(({ key, revision, text, change }) => ({ key, revision, text, gone: change === 'delete' })),
    );
  }

  /** A request under way, after which more may be ready. It does not reject. */
  track(request: Promise<void>): void {
    this.#requests++;
    void request.finally(() => {
      this.#requests--;
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
    if (this.#scan) return;
    this.rescan(this.#owner.prefixes);
    this.#soon();
  }

  #committed(changes: readonly Change[]): void {
    for (const change of changes) {
      const concern = this.#owner.concerns(change, this.#scan !== undefined);
      if (!concern) continue;
      if (concern === 'work') {
        this.working();
        this.#begin();
      }
      if (this.#scan) this.#changes.push(change);
    }
    if (this.#changes.length > 0) this.#soon();
  }

  #soon(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.#ports.defer(() => {
      this.#deferred = false;
      this.#slice();
      this.#settle();
    });
  }

  #slice(): void {
    if (!this.#scan?.length) this.catchUp();
    // A change may have asked for another scan.
    if (this.#scan?.length) {
      this.#readPage(this.#scan);
      this.#soon();
      return;
    }
    this.#owner.work(this.#ports.clock.now());
    if (this.#owner.ready()) this.#soon();
    this.#arm();
  }

  #readPage(scan: { prefix: string; after?: string }[]): void {
    const next = scan[0];
    if (!next) return;
    const page = this.#ports.read.list({ ...next, limit: SCAN_PAGE });
    for (const item of page.items) this.#owner.scanned({ ...item, gone: false });
    if (page.next === undefined) scan.shift();
    else next.after = page.next;
  }

  #settle(): void {
    if (this.#busy) return;
    if (this.#scan?.length === 0 && this.#owner.settled()) this.#note(SETTLED);
    const idlers = this.#idlers;
    this.#idlers = [];
    for (const resolve of idlers) resolve();
  }

  #arm(): void {
    const due = this.#owner.nextDue();
    if (due === undefined && this.#timer !== undefined) {
      // Nothing is due any more: the row would have everything read for nothing.
      this.#timer = undefined;
      this.#ports.timers.clear(this.#owner.timer);
    }
    if (due === undefined || (this.#timer !== undefined && this.#timer <= due)) return;
    this.#timer = due;
    this.#ports.timers.set(this.#owner.timer, due);
  }

  #note(state: string): void {
    const { notes } = this.#ports;
    if (notes && notes.read(this.#owner.note) !== state) notes.write(this.#owner.note, state);
  }
}
