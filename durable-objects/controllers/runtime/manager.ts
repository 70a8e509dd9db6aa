/**
 * Runs the controllers: log → keys → `reconcile` → Plan → requests.
 *
 * - A commit wakes it; it works in slices and lets requests in between (`defer`).
 * - Reconciles see a view that has taken in every entry of the log: a controller's own writes are in it before its key
 *   runs again, which is why there are no expectations as upstream has them.
 * - Keys that fail come back after a back-off: up to a second in memory, longer ones as timer rows, so that they hold
 *   up neither the cursor nor the object's sleep.
 * - After an eviction the log is replayed from the cursor, timers that were being answered come back by themselves, and
 *   the guard wakes an object that died with work in memory.
 *
 * Its phases: `asleep` has no view, and needs none while nothing concerns a controller; `loading` builds the view and
 * turns what was missed into keys; `awake` has a view, and takes in changes and reconciles keys until none are left;
 * `stopped` is for good.
 */
import { Registry } from '../../../kube/metrics/registry.ts';
import { isBehind } from '../../follow/catch-up.ts';
import { ChangeFeed } from '../../follow/change-feed.ts';
import { Cursor } from '../../follow/cursor.ts';
import { buildOf } from './controller.ts';
import { ControllerWorker, IN_MEMORY_MS } from './controller-worker.ts';
import { createEventRecorder } from './events.ts';
import { controllerGauges } from './gauges.ts';
import { Interests } from './interests.ts';
import type { ControllerManager, ControllerManagerPorts } from './manager-ports.ts';
import { News } from './news.ts';
import { createPlanRunner } from './plan-runner.ts';
import type { Change } from './ports.ts';
import { SerialTask } from './serial-task.ts';
import { type DueRow, TimerRows } from './timer-rows.ts';
import { loadView } from './view/load-view.ts';
import { takeIn } from './view/object-change.ts';
import { isProjected, type ViewCache } from './view/view-cache.ts';
import { ViewSchema } from './view/view-schema.ts';
import { parseRowId } from './work-item.ts';

export type { ControllerManager, ControllerManagerPorts } from './manager-ports.ts';
export { TIMER_PREFIX } from './work-item.ts';

/** The work of one slice, in units: taking in a change is one, a reconcile ten. The clock stands still in a slice. */
const SLICE = 200;
const RECONCILE_COST = 10;
/** Entries after which the cursor is written although there is still work. */
const CURSOR_EVERY = 2000;
/** The quiet time before the cursor is written. */
const CURSOR_QUIET_MS = 1500;

export function createControllerManager(ports: ControllerManagerPorts): ControllerManager {
  return new Manager(ports);
}

class Manager implements ControllerManager {
  private phase: 'asleep' | 'loading' | 'awake' | 'stopped' = 'asleep';
  private view: ViewCache | undefined;
  private readonly ports: ControllerManagerPorts;
  private readonly schema: ViewSchema;
  private readonly workers: ControllerWorker[];
  private readonly byName: ReadonlyMap<string, ControllerWorker>;
  private readonly interests: Interests;
  readonly news: News;
  private readonly cursor: Cursor;
  private readonly feed: ChangeFeed;
  private readonly rows: TimerRows;
  private readonly task: SerialTask;
  private readonly unsubscribe: () => void;
  /** The worker that has the first turn in the next round. */
  private turn = 0;
  private isBehind = false;
  private sinceCursor = 0;
  /** Counts up with each change that is taken in, so that deferred work can tell whether it is still quiet. */
  private activity = 0;
  private settledActivity = 0;
  private background = 0;
  private waiters: (() => void)[] = [];

  constructor(ports: ControllerManagerPorts) {
    const { controllers, log, read, timers, notes, clock, defer, metrics = new Registry() } = ports;
    const report = (error: unknown, about: string) => ports.report?.(error, about);
    this.ports = ports;
    this.schema = new ViewSchema(controllers);
    this.cursor = new Cursor(notes, 'controllers/cursor', buildOf(ports.build, controllers), ports.settled);
    this.feed = new ChangeFeed(log, ({ key }) => isProjected(key));
    this.rows = new TimerRows(timers, () => clock.now());
    const runner = createPlanRunner({
      request: ports.request,
      events: createEventRecorder(ports),
      effects: ports.effects ?? {},
      follow: (asked) => ports.follow?.(asked) ?? false,
      clock,
      metrics,
      versionOf: (resource) => ports.kinds.preferred(resource)?.kind.version,
      pause: this.pause,
      background: (work) => this.inBackground(work),
    });
    const isStopped = () => this.phase === 'stopped';
    const schedule = () => this.task.request();
    this.task = new SerialTask(() => this.pump(), defer);
    const forWorkers = { log, read, rows: this.rows, runner, isStopped, schedule, defer, report, metrics, clock };
    this.workers = controllers.map((controller) => new ControllerWorker(controller, forWorkers));
    metrics.onRead(() => controllerGauges(this.workers, read, clock.now()));
    this.byName = new Map(this.workers.map((worker) => [worker.controller.name, worker]));
    this.interests = new Interests(log, this.cursor, this.workers);
    this.news = new News({ workers: this.workers, read, now: () => clock.now(), rouse: () => this.rouse() });
    this.unsubscribe = log.onCommit((changes) => this.committed(changes));
  }

  wake(): void {
    this.ports.kinds.onChange((resource) => this.news.servedNow(resource));
    const { revision } = this.cursor;
    const { log } = this.ports;
    this.isBehind = revision === undefined || isBehind(log, revision, (change) => this.interests.mayBringWork(change));
    if (this.isBehind) {
      this.ports.guard.hold();
      this.task.request();
    } else this.keepUp(log.revision);
  }

  alarm(now: number, due?: readonly DueRow[]): void {
    this.rows.fire(now, due);
    this.task.request();
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.task.request();
    });
  }

  stop(): void {
    this.phase = 'stopped';
    this.unsubscribe();
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private committed(changes: readonly Change[]): void {
    const concerning = changes.filter(({ key }) => isProjected(key));
    const mayBringWork = concerning.some((change) => this.interests.mayBringWork(change));
    if (mayBringWork) this.ports.guard.hold();
    // A change that no controller acts on is found by the scan of the next load.
    if (concerning.length > 0 && (mayBringWork || !this.isAsleep)) {
      this.feed.committed(concerning);
      this.task.request();
    } else this.keepUp(changes.at(-1)?.revision ?? 0);
  }

  /** There is work that the log does not tell of. */
  private rouse(): void {
    if (this.phase === 'asleep') this.isBehind = true;
    this.task.request();
  }

  /** The manager has no view, and no work that needs one. */
  private get isAsleep(): boolean {
    return this.phase === 'asleep' && !this.hasWork;
  }

  /** No change up to a revision is left to be taken in but those of the feed. */
  private keepUp(revision: number): void {
    if (!this.cursor.isFarBehind(revision)) return;
    if (this.phase === 'awake') this.writeCursor();
    else if (this.isAsleep) this.cursor.write(revision, this.cursor.pending);
  }

  private readonly pause = (): Promise<void> => new Promise((resolve) => this.ports.defer(resolve, 0));

  private async pump(): Promise<void> {
    try {
      if (this.phase === 'asleep' && this.hasWork) await this.load();
      if (this.phase === 'awake' && this.view) while (this.slice(this.view)) await this.pause();
    } catch (error) {
      this.ports.report?.(error, 'controllers');
      this.startAnew();
      this.task.requestLater(IN_MEMORY_MS);
      return;
    }
    this.rest();
  }

  private get hasWork(): boolean {
    if (this.phase === 'stopped') return false;
    if (!this.feed.isEmpty || this.rows.hasDue) return true;
    return this.phase === 'asleep'
      ? this.isBehind
      : this.workers.some(({ queue, hasFreeSlot }) => queue.hasReady && hasFreeSlot);
  }

  /** Builds the view, and turns missed changes into keys. */
  private async load(): Promise<void> {
    this.phase = 'loading';
    this.ports.guard.hold();
    const { schema, cursor, feed, workers, pause } = this;
    const { routed } = this.interests;
    const view = await loadView(this.ports, { schema, cursor, feed, workers, routed, pause });
    if (this.isStopped) return;
    this.isBehind = false;
    this.activity++;
    this.view = view;
    this.phase = 'awake';
  }

  /** After an error that leaves the view in doubt. */
  private startAnew(): void {
    if (this.isStopped) return;
    this.phase = 'asleep';
    this.view = undefined;
    this.isBehind = true;
  }

  private get isStopped(): boolean {
    return this.phase === 'stopped';
  }

  /** One slice of work; false when there is nothing to do until something happens. */
  private slice(view: ViewCache): boolean {
    if (this.isStopped) return false;
    let budget = SLICE;
    for (; budget > 0 && !this.feed.isEmpty; budget--) this.takeNext(view);
    if (!this.feed.isEmpty) return true;
    this.takeDue();
    const now = this.ports.clock.now();
    // In turn, so that a controller with many keys holds up no other.
    for (let idle = 0; idle < this.workers.length; ) {
      if (budget <= 0) return true;
      const worker = this.workers[this.turn++ % this.workers.length]!;
      if (!worker.startNext(view, now)) {
        idle++;
        continue;
      }
      idle = 0;
      budget -= RECONCILE_COST;
      // A write that commits at once must be in the view before the next key is reconciled.
      if (!this.feed.isEmpty) return true;
    }
    return false;
  }

  private takeNext(view: ViewCache): void {
    const change = this.feed.next();
    if (!change) return;
    this.activity++;
    try {
      if (!this.interests.isOfNone(change, view)) this.interests.map(takeIn(view, this.ports.log, change), view);
    } catch (error) {
      this.ports.report?.(error, change.key);
      for (const worker of this.workers) worker.mapLater(change.revision);
    }
    if (++this.sinceCursor >= CURSOR_EVERY && this.cursor.revision !== undefined) this.writeCursor();
  }

  private takeDue(): void {
    for (const { id: row, failures } of this.rows.take()) {
      const { controller, id } = parseRowId(row);
      const worker = this.byName.get(controller);
      if (worker) worker.due(id, failures);
      else this.rows.forget(row);
    }
  }

  private writeCursor(): void {
    this.sinceCursor = 0;
    let answered = this.feed.position;
    for (const { queue } of this.workers)
      answered = Math.min(answered, (queue.lowest() ?? Number.POSITIVE_INFINITY) - 1);
    this.cursor.write(answered, this.view?.hasWaitingOwner ? 'changes' : undefined);
  }

  private inBackground(work: Promise<void>): void {
    this.background++;
    void work.finally(() => {
      this.background--;
      this.task.request();
    });
  }

  /** Whether no key is queued, held or under way, and no event is being written. */
  private get isQuiet(): boolean {
    return this.background === 0 && !this.hasWork && this.workers.every(({ queue }) => queue.isEmpty);
  }

  /** No work right now: writes the cursor after a while, and resolves promises of `idle`. */
  private rest(): void {
    if (this.isStopped) return;
    if (this.hasWork) this.task.request();
    if (!this.isQuiet) return;
    for (const { queue } of this.workers) queue.settle(this.ports.clock.now());
    for (const resolve of this.waiters.splice(0)) resolve();
    const { activity } = this;
    if (activity === this.settledActivity) this.ports.guard.release();
    else this.ports.defer(() => this.settle(activity), CURSOR_QUIET_MS);
  }

  /** The manager has been quiet for a while. */
  private settle(activity: number): void {
    if (this.isStopped || activity !== this.activity || !this.isQuiet) return;
    this.settledActivity = activity;
    this.writeCursor();
    this.ports.guard.release();
  }
}
