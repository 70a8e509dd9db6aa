/**
 * Runs the controllers (design decisions 4 and 6): log → keys → `reconcile` → Plan → requests.
 *
 * - A commit wakes it; it works in slices and lets requests in between (`defer`).
 * - Reconciles see a view that has taken in every entry of the log: a controller's own writes are in it before its key
 *   runs again, which is why there are no expectations as upstream has them.
 * - Keys that fail come back after a back-off: up to a second in memory, longer ones as timer rows, so that they hold
 *   up neither the cursor nor the object's sleep.
 * - After an eviction the log is replayed from the cursor; timers that were being answered come back by themselves.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Controller } from './controller.ts';
import { Cursor } from './cursor.ts';
import { createEventRecorder } from './events.ts';
import { Mapper, seen, seenAsNew } from './mapper.ts';
import { versionPart } from './paths.ts';
import type { Change, Clock, LogPort, NotePort, Random, ReadPort, RequestPort, TimerPort } from './ports.ts';
import { backoff, HOLD_MS, WorkQueue } from './queue.ts';
import { createRunner, type Outcome } from './runner.ts';
import type { Projection } from './view.ts';
import { isProjected, ViewCache } from './view-cache.ts';

export interface ControllerManagerPorts {
  controllers: readonly Controller[];
  /** Names this set of controllers: when it changes, everything is looked at anew. */
  build?: string;
  log: LogPort;
  read: ReadPort;
  request: RequestPort;
  /** Ids set here begin with {@link TIMER_PREFIX}. */
  timers: TimerPort;
  notes: NotePort;
  clock: Clock;
  random: Random;
  /** `setTimeout`. */
  defer(run: () => void, ms: number): void;
  /** Something nobody expected; work goes on. */
  report?(error: unknown, about: string): void;
  /** The served version of a resource that is not `v1` (custom resources). */
  versionOf?(resource: GroupResource): string | undefined;
}

export interface ControllerManager {
  /** Call once when the object is constructed: picks up what was left undone. Does nothing when nothing was. */
  wake(): void;
  /**
   * Call from the object's alarm. `now` in milliseconds since the epoch. Takes its due rows from `timers`, unless
   * they are handed in by whoever shares the timers out by prefix.
   */
  alarm(now: number, due?: readonly { id: string; payload: string }[]): void;
  /** Resolves when nothing is left to do now (timers aside). */
  idle(): Promise<void>;
  /** Stops listening and starts nothing more, as an eviction would. */
  stop(): void;
}

export const TIMER_PREFIX = 'controllers/';

/** Keys being worked on at a time, over all controllers: their writes commit together. */
const IN_WORK = 16;
/** The work of one slice, in units: taking in a change is one, a reconcile ten. The clock stands still in a slice. */
const SLICE = 200;
const REPLAY_PAGE = 200;
/** Entries after which the cursor is written although there is still work. */
const CURSOR_EVERY = 2000;
/** How long it must be quiet before the cursor is written. */
const CURSOR_QUIET_MS = 1500;
/** Waits longer than this are timer rows. */
const IN_MEMORY_MS = 1000;
/** A timer that fired comes back after this, unless its key was answered before. */
const SAFETY_MS = 30_000;
const TIMER_PAGE = 200;

export function createControllerManager(ports: ControllerManagerPorts): ControllerManager {
  return new Manager(ports);
}

class Manager implements ControllerManager {
  private readonly ports: ControllerManagerPorts;
  private readonly byName: Map<string, Controller>;
  private readonly queue = new WorkQueue();
  private readonly mapper: Mapper;
  private readonly cursor: Cursor;
  private readonly runner: ReturnType<typeof createRunner>;
  private readonly versions = new Map<GroupResource, string>();
  private readonly unsubscribe: () => void;
  private view: ViewCache | undefined;
  /** Commits not yet taken in. */
  private pending: Change[] = [];
  private pendingAt = 0;
  /** The last revision taken in. */
  private absorbed = 0;
  private cursorDue = false;
  /** Woken with something left to answer. */
  private behind = false;
  private background = 0;
  private pumping = false;
  private scheduled = false;
  private stopped = false;
  private waiters: (() => void)[] = [];
  /** Due times of timer rows set in this wake. */
  private readonly rows = new Map<string, number>();
  /** Rows that fired and were put back until their key is answered. */
  private readonly fired = new Set<string>();
  private due: { id: string; payload: string }[] = [];

  constructor(ports: ControllerManagerPorts) {
    this.ports = ports;
    this.byName = new Map(ports.controllers.map((controller) => [controller.name, controller]));
    this.mapper = new Mapper(ports.controllers);
    this.cursor = new Cursor(ports.notes, ports.build ?? ports.controllers.map(({ name }) => name).join(','));
    this.runner = createRunner({
      request: ports.request,
      events: createEventRecorder(ports),
      clock: ports.clock,
      versionOf: (resource) => ports.versionOf?.(resource) ?? this.versions.get(resource),
      background: (work) => this.inBackground(work),
    });
    this.unsubscribe = ports.log.onCommit((changes) => {
      for (const change of changes) this.pending.push(change);
      this.schedule();
    });
  }

  wake(): void {
    this.behind = this.isBehind();
    if (this.behind) this.schedule();
  }

  alarm(now: number, due?: readonly { id: string; payload: string }[]): void {
    let rows = due ?? this.ports.timers.takeDue(now, TIMER_PAGE);
    while (rows.length > 0) {
      for (const { id, payload } of rows) {
        this.setRow(id, now + SAFETY_MS, payload);
        this.fired.add(id);
        this.due.push({ id, payload });
      }
      rows = due ? [] : this.ports.timers.takeDue(now, TIMER_PAGE);
    }
    if (this.due.length > 0) this.schedule();
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

  private pause = (): Promise<void> => new Promise((resolve) => this.ports.defer(resolve, 0));

  private async pump(): Promise<void> {
    if (this.pumping || this.stopped) return;
    this.pumping = true;
    try {
      if (this.hasWork()) {
        if (!this.view) await this.build();
        while (!this.stopped && this.slice()) await this.pause();
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
    if (this.pendingAt < this.pending.length || this.due.length > 0 || this.queue.hasReady) return true;
    return !this.view && this.behind;
  }

  /** Whether something that concerns controllers was committed after the cursor: Events alone do not. */
  private isBehind(): boolean {
    if (!this.cursor.known) return true;
    for (let after = this.cursor.revision; after < this.ports.log.revision; ) {
      const changes = this.readLog(after);
      if (!changes || changes.some((change) => isProjected(change.key))) return true;
      const last = changes.at(-1);
      if (!last) return false;
      after = last.revision;
    }
    return false;
  }

  /** Builds the view, then turns what was missed into keys: from the log, or from everything there is. */
  private async build(): Promise<void> {
    const view = new ViewCache(this.ports.read);
    const start = this.ports.log.revision;
    await view.rebuild(this.pause);
    for (const projection of view.all()) this.learnVersion(projection);
    this.absorbed = start;
    // What was committed before the scan began is in the view, and in the replay below.
    this.pending = this.pending.filter((change) => change.revision > start);
    this.pendingAt = 0;
    if (!this.cursor.known || !(await this.replay(view, start))) {
      for (const projection of view.all()) {
        const change = seenAsNew(projection, () => this.ports.read.get(projection.key)?.text ?? '{"metadata":{}}');
        this.mapper.map(change, view, (controller, key) => this.want(controller, key, projection.revision));
      }
    }
    this.view = view;
    this.cursorDue = true;
  }

  /** False when the log no longer reaches back to the cursor. */
  private async replay(view: ViewCache, end: number): Promise<boolean> {
    let after = this.cursor.revision;
    while (after < end) {
      const changes = this.readLog(after);
      if (!changes) return false;
      if (changes.length === 0) return true;
      for (const change of changes) {
        if (change.revision > end) return true;
        if (isProjected(change.key)) this.mapOld(change, view);
        after = change.revision;
      }
      await this.pause();
    }
    return true;
  }

  private readLog(after: number): Change[] | undefined {
    try {
      return this.ports.log.log({ after, limit: REPLAY_PAGE });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'compacted') return undefined;
      throw error;
    }
  }

  private mapOld(change: Change, view: ViewCache): void {
    const object = JSON.parse(change.text) as KubeObject;
    const before = this.previous(view, change);
    const after = change.change === 'delete' ? undefined : view.describe(change.key, change.revision, object);
    this.mapper.map(seen(change, before, after, object), view, (controller, key) =>
      this.want(controller, key, change.revision),
    );
  }

  /** One slice of work; false when there is nothing to do until something happens. */
  private slice(): boolean {
    const view = this.view;
    if (!view) return false;
    let budget = SLICE;
    for (; budget > 0 && this.pendingAt < this.pending.length; budget--)
      this.absorb(view, this.pending[this.pendingAt++]!);
    if (this.pendingAt < this.pending.length) return true;
    this.pending = [];
    this.pendingAt = 0;
    this.takeDue();
    const now = this.ports.clock.now();
    while (this.queue.inWork < IN_WORK) {
      if (budget <= 0) return true;
      const item = this.queue.next(now, this.hold, this.paceOf);
      if (!item) break;
      budget -= 10;
      this.start(view, item.id, item.saw, now);
      // A write that commits at once must be in the view before the next key is reconciled.
      if (this.pendingAt < this.pending.length) return true;
    }
    return false;
  }

  private readonly hold = (id: string, ms: number): void => this.ports.defer(() => this.release(id), ms);
  private readonly paceOf = (id: string): number => this.byName.get(controllerOf(id))?.pace ?? HOLD_MS;

  private absorb(view: ViewCache, change: Change): void {
    this.absorbed = Math.max(this.absorbed, change.revision);
    if (!isProjected(change.key)) return;
    const object = JSON.parse(change.text) as KubeObject;
    const before = this.before(view, change);
    let after: Projection | undefined;
    if (change.change === 'delete') view.remove(change.key, change.revision);
    else {
      after = view.put(change.key, change.revision, object);
      this.learnVersion(after);
    }
    this.mapper.map(seen(change, before, after, object), view, (controller, key) =>
      this.want(controller, key, change.revision),
    );
    this.cursorDue = true;
    if (this.absorbed - this.cursor.revision > CURSOR_EVERY && this.cursor.known) this.writeCursor();
  }

  /** What was known before: from the log when the scan of this wake already found the newer state. */
  private before(view: ViewCache, change: Change): Projection | undefined {
    const known = view.projection(change.key);
    if (!known || known.revision < change.revision || change.previous === 0) return known;
    return this.previous(view, change);
  }

  private previous(view: ViewCache, { previous }: Change): Projection | undefined {
    const entry = previous > 0 ? this.ports.log.at(previous) : undefined;
    return entry && view.describe(entry.key, entry.revision, JSON.parse(entry.text) as KubeObject);
  }

  private takeDue(): void {
    for (const { id, payload } of this.due.splice(0)) {
      const item = id.slice(TIMER_PREFIX.length);
      if (!this.byName.has(controllerOf(item))) {
        this.clearRow(id);
        continue;
      }
      const failures = Number(payload) || 0;
      if (failures > 0) this.queue.recall(item, failures);
      this.queue.add(item, 0);
    }
  }

  private want(controller: Controller, key: Key, revision: number): void {
    this.queue.add(`${controller.name}/${key}`, revision);
  }

  private release(id: string): void {
    this.queue.release(id);
    this.schedule();
  }

  private start(view: ViewCache, id: string, saw: number, now: number): void {
    const controller = this.byName.get(controllerOf(id));
    if (!controller) throw new Error(`no controller for ${id}`);
    const key = id.slice(controller.name.length + 1);
    try {
      const plan = controller.reconcile(key, view, now);
      if (plan.actions.length === 0) {
        this.succeeded(id, plan.requeueAfter);
        return;
      }
      const cause = saw || (view.projection(key)?.revision ?? 0);
      void this.runner.perform(controller, key, cause, plan).then(
        (outcome) => this.finished(id, outcome, plan.requeueAfter),
        (error) => this.crashed(id, error),
      );
    } catch (error) {
      this.crashed(id, error);
    }
  }

  private finished(id: string, outcome: Outcome, requeueAfter: number | undefined): void {
    if (outcome.ok) this.succeeded(id, requeueAfter);
    else this.failed(id);
    this.schedule();
  }

  private crashed(id: string, error: unknown): void {
    if (!this.stopped) this.ports.report?.(error, id);
    this.failed(id);
    this.schedule();
  }

  private succeeded(id: string, requeueAfter: number | undefined): void {
    this.queue.done(id);
    const row = TIMER_PREFIX + id;
    if (requeueAfter === undefined) {
      if (this.rows.has(row)) this.clearRow(row);
      return;
    }
    if (requeueAfter <= IN_MEMORY_MS) {
      this.sleepThenAdd(id, requeueAfter);
      return;
    }
    // A row that comes earlier is left: its run will set the next one. One that fired was only put back for safety.
    const due = this.ports.clock.now() + requeueAfter;
    const present = this.rows.get(row);
    if (present === undefined || present > due || this.fired.has(row)) this.setRow(row, due, '');
    this.fired.delete(row);
  }

  private sleepThenAdd(id: string, ms: number): void {
    this.ports.defer(() => {
      if (this.stopped) return;
      this.queue.add(id, 0);
      this.schedule();
    }, ms);
  }

  private failed(id: string): void {
    if (this.stopped) return;
    const failures = this.queue.failed(id);
    const wait = backoff(failures - 1);
    const row = TIMER_PREFIX + id;
    if (wait <= IN_MEMORY_MS) {
      this.queue.retryLater(id);
      this.ports.defer(() => this.release(id), wait);
      return;
    }
    this.setRow(row, this.ports.clock.now() + wait, String(failures));
    this.queue.park(id);
  }

  private setRow(id: string, due: number, payload: string): void {
    this.rows.set(id, due);
    this.ports.timers.set(id, due, payload);
  }

  private clearRow(id: string): void {
    this.rows.delete(id);
    this.fired.delete(id);
    this.ports.timers.clear(id);
  }

  private learnVersion({ resource, apiVersion }: Projection): void {
    const version = versionPart(apiVersion);
    if (version !== 'v1') this.versions.set(resource, version);
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
    this.ports.defer(() => {
      if (this.stopped || this.cursorDue || !this.view) return;
      if (this.queue.quiet && this.pendingAt >= this.pending.length) this.cursor.write(this.absorbed);
      else this.cursorDue = true;
    }, CURSOR_QUIET_MS);
  }

  private writeCursor(): void {
    const lowest = this.queue.lowest();
    const safe = lowest === undefined ? this.absorbed : Math.min(lowest - 1, this.absorbed);
    if (safe > this.cursor.revision + CURSOR_EVERY / 2) this.cursor.write(safe);
  }
}

function controllerOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}
