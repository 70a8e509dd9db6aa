/**
 * Runs the controllers (design decisions 4 and 6): log → keys → `reconcile` → Plan → requests.
 *
 * - A commit wakes it; it works in slices and lets requests in between (`defer`).
 * - Reconciles see a view that has taken in every entry of the log: a controller's own writes are in it before its key
 *   runs again, which is why there are no expectations as upstream has them.
 * - Keys that fail come back after a back-off: up to a second in memory, longer ones as timer rows, so that they hold
 *   up neither the cursor nor the object's sleep.
 * - After an eviction the log is replayed from the cursor; timers that were being answered come back by themselves,
 *   and a guard row wakes an object that died with work under way.
 */
import { isBehind, replay } from './catch-up.ts';
import { type Controller, followedBy } from './controller.ts';
import { Cursor } from './cursor.ts';
import { createEventRecorder } from './events.ts';
import { Intake } from './intake.ts';
import type { ControllerManager, ControllerManagerPorts } from './manager-ports.ts';
import type { Change } from './ports.ts';
import { HOLD_MS, WorkQueue } from './queue.ts';
import { createRunner } from './runner.ts';
import { type DueRow, TimerRows } from './timer-rows.ts';
import { isProjected, ViewCache } from './view-cache.ts';
import { controllerOf, IN_MEMORY_MS, KeyWorker } from './worker.ts';

export type { ControllerManager, ControllerManagerPorts } from './manager-ports.ts';
export { TIMER_PREFIX } from './timer-rows.ts';

/** Keys being worked on at a time, over all controllers: their writes commit together. */
const IN_WORK = 16;
/** The work of one slice, in units: taking in a change is one, a reconcile ten. The clock stands still in a slice. */
const SLICE = 200;
const RECONCILE_COST = 10;
/** Entries after which the cursor is written although there is still work. */
const CURSOR_EVERY = 2000;
/** How long it must be quiet before the cursor is written. */
const CURSOR_QUIET_MS = 1500;

export function createControllerManager(ports: ControllerManagerPorts): ControllerManager {
  return new Manager(ports);
}

class Manager implements ControllerManager {
  private readonly ports: ControllerManagerPorts;
  private readonly byName: Map<string, Controller>;
  private readonly queue = new WorkQueue();
  private readonly cursor: Cursor;
  private readonly rows: TimerRows;
  private readonly intake: Intake;
  private readonly worker: KeyWorker;
  private readonly unsubscribe: () => void;
  private view: ViewCache | undefined;
  /** Commits not yet taken in. */
  private pending: Change[] = [];
  private pendingAt = 0;
  /** The last revision taken in. */
  private absorbed = 0;
  private sinceCursor = 0;
  private cursorDue = false;
  /** Woken with something left to answer. */
  private behind = false;
  private background = 0;
  private pumping = false;
  private scheduled = false;
  private stopped = false;
  private waiters: (() => void)[] = [];

  constructor(ports: ControllerManagerPorts) {
    this.ports = ports;
    this.byName = new Map(ports.controllers.map((controller) => [controller.name, controller]));
    this.cursor = new Cursor(ports.notes, ports.build ?? ports.controllers.map(({ name }) => name).join(','));
    this.rows = new TimerRows(ports.timers, () => ports.clock.now());
    this.intake = new Intake(ports.controllers, ports.log, (controller, key, revision) =>
      this.queue.add(`${controller.name}/${key}`, revision),
    );
    const runner = createRunner({
      request: ports.request,
      events: createEventRecorder(ports),
      clock: ports.clock,
      versionOf: (resource) => ports.kinds.preferred(resource)?.kind.version,
      background: (work) => this.inBackground(work),
    });
    this.worker = new KeyWorker({
      controllers: this.byName,
      queue: this.queue,
      rows: this.rows,
      runner,
      isStopped: () => this.stopped,
      schedule: () => this.schedule(),
      defer: ports.defer,
      report: (error, about) => ports.report?.(error, about),
    });
    this.unsubscribe = ports.log.onCommit((changes) => {
      for (const change of changes) this.pending.push(change);
      this.schedule();
    });
  }

  wake(): void {
    this.behind = !this.cursor.known || isBehind(this.ports.log, this.cursor.revision);
    if (this.behind) this.schedule();
  }

  alarm(now: number, due?: readonly DueRow[]): void {
    this.rows.fire(now, due);
    this.schedule();
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.schedule();
    });
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe();
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private schedule(): void {
    if (this.scheduled || this.pumping || this.stopped) return;
    this.scheduled = true;
    this.ports.defer(() => {
      this.scheduled = false;
      void this.pump();
    }, 0);
  }

  private readonly pause = (): Promise<void> => new Promise((resolve) => this.ports.defer(resolve, 0));

  private async pump(): Promise<void> {
    if (this.pumping || this.stopped) return;
    this.pumping = true;
    try {
      if (this.hasWork()) {
        this.view ??= await this.buildView();
        while (!this.stopped && this.slice(this.view)) {
          this.rows.guard();
          await this.pause();
        }
        // What is answered within one slice needs no guard (each row is billed).
        if (!this.queue.quiet) this.rows.guard();
        this.cursorDue ||= this.rows.isGuarded;
      }
    } catch (error) {
      this.ports.report?.(error, 'controllers');
      this.ports.defer(() => this.schedule(), IN_MEMORY_MS);
      return;
    } finally {
      this.pumping = false;
    }
    this.rest();
  }

  private hasWork(): boolean {
    // Events alone wake no controller.
    if (!this.view && !this.pending.some((change) => isProjected(change.key))) this.pending = [];
    if (this.pendingAt < this.pending.length || this.rows.hasDue || this.queue.hasReady) return true;
    return !this.view && this.behind;
  }

  /** Scans what there is, then turns what was missed into keys: from the log, or from everything. */
  private async buildView(): Promise<ViewCache> {
    const { read, log } = this.ports;
    const view = new ViewCache(read, followedBy(this.ports.controllers), this.ports.kinds);
    const start = log.revision;
    await view.rebuild(this.pause);
    this.absorbed = start;
    // What was committed before the scan began is in the view, and in the replay below.
    this.pending = this.pending.filter((change) => change.revision > start);
    this.pendingAt = 0;
    const { known, revision } = this.cursor;
    const isReplayed =
      known && (await replay(log, revision, start, this.pause, (change) => this.intake.old(view, change)));
    if (!isReplayed) await this.intake.everything(view, read, this.pause);
    // A cluster that is being made has not got everything yet.
    if (known) this.queueWakeKeys();
    this.cursorDue = true;
    return view;
  }

  /** One slice of work; false when there is nothing to do until something happens. */
  private slice(view: ViewCache): boolean {
    let budget = SLICE;
    for (; budget > 0 && this.pendingAt < this.pending.length; budget--) {
      this.absorb(view, this.pending[this.pendingAt++]!);
    }
    if (this.pendingAt < this.pending.length) return true;
    this.pending = [];
    this.pendingAt = 0;
    this.takeDue();
    const now = this.ports.clock.now();
    for (; this.queue.inWork < IN_WORK; budget -= RECONCILE_COST) {
      if (budget <= 0) return true;
      const item = this.queue.next(now, this.hold, this.paceOf);
      if (!item) break;
      this.worker.start(view, item, now);
      // A write that commits at once must be in the view before the next key is reconciled.
      if (this.pendingAt < this.pending.length) return true;
    }
    return false;
  }

  private readonly hold = (id: string, ms: number): void => this.worker.releaseAfter(id, ms);
  private readonly paceOf = (id: string): number => this.byName.get(controllerOf(id))?.pace ?? HOLD_MS;

  private absorb(view: ViewCache, change: Change): void {
    this.absorbed = Math.max(this.absorbed, change.revision);
    if (!isProjected(change.key)) return;
    this.cursorDue = true;
    this.intake.fresh(view, change);
    if (++this.sinceCursor >= CURSOR_EVERY && this.cursor.known) this.advanceCursor();
  }

  private advanceCursor(): void {
    this.sinceCursor = 0;
    const lowest = this.queue.lowest();
    this.cursor.write(lowest === undefined ? this.absorbed : Math.min(lowest - 1, this.absorbed));
  }

  private queueWakeKeys(): void {
    const now = this.ports.clock.now();
    for (const { name, onWake } of this.ports.controllers) {
      for (const key of onWake?.(now) ?? []) this.queue.add(`${name}/${key}`, 0);
    }
  }

  private takeDue(): void {
    for (const { item, failures } of this.rows.take()) {
      if (!this.byName.has(controllerOf(item))) {
        this.rows.forget(item);
        continue;
      }
      if (failures > 0) this.queue.recall(item, failures);
      this.queue.add(item, 0);
    }
  }

  private inBackground(work: Promise<void>): void {
    this.background++;
    void work.finally(() => {
      this.background--;
      this.schedule();
    });
  }

  /** Nothing to do right now: writes the cursor after a while, and tells who waits for it. */
  private rest(): void {
    if (this.stopped || this.scheduled || this.pumping) return;
    if (this.hasWork()) {
      if (this.queue.inWork < IN_WORK) this.schedule();
      return;
    }
    if (!this.queue.quiet || this.background > 0) return;
    this.queue.settle(this.ports.clock.now());
    for (const resolve of this.waiters.splice(0)) resolve();
    if (!this.cursorDue) return;
    this.cursorDue = false;
    this.ports.defer(() => this.settle(), CURSOR_QUIET_MS);
  }

  private settle(): void {
    if (this.stopped || this.cursorDue || !this.view) return;
    if (!this.queue.quiet || this.pendingAt < this.pending.length) {
      this.cursorDue = true;
      return;
    }
    this.sinceCursor = 0;
    this.cursor.write(this.absorbed);
    this.rows.unguard();
  }
}
