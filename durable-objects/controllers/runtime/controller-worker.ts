/**
 * One controller at work: changes become keys, keys are reconciled, Plans performed. Its queue, its slots and its
 * errors are its own: a controller that throws or is slow holds up no other.
 */
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Measurement, Registry } from '../../../kube/metrics/registry.ts';
import type { Controller, DelayedKey, ObjectChange, Watch } from './controller.ts';
import { ownerRoute } from './owner-route.ts';
import type { Inquiry, Plan } from './plan.ts';
import type { Outcome, PlanRunner } from './plan-runner.ts';
import type { Change, Clock, LogPort, ReadPort } from './ports.ts';
import { backoff, type Item, WorkQueue } from './queue.ts';
import { QueueMetrics } from './queue-metrics.ts';
import type { TimerRows } from './timer-rows.ts';
import { asCreated, recall } from './view/object-change.ts';
import type { View } from './view/view.ts';
import type { ViewCache } from './view/view-cache.ts';
import { itemId, parseItem, rowId } from './work-item.ts';

/** Waits longer than this are timer rows. */
export const IN_MEMORY_MS = 1000;
/** Keys under way at a time: their writes commit together. */
const CONCURRENCY = 16;

export interface WorkerPorts {
  metrics: Registry;
  clock: Clock;
  log: LogPort;
  read: ReadPort;
  rows: TimerRows;
  runner: PlanRunner;
  isStopped(): boolean;
  /** Called when there may be something to do. */
  schedule(): void;
  /** `setTimeout` */
  defer(run: () => void, ms: number): void;
  report(error: unknown, about: string): void;
}

type Route = Pick<Watch, 'concerns' | 'map' | 'events'>;

export class ControllerWorker {
  readonly controller: Controller;
  readonly queue: WorkQueue;
  readonly metrics: QueueMetrics;
  private readonly ports: WorkerPorts;
  private readonly routes = new Map<GroupResource | '*', Route[]>();
  /** Delays of keys that were in work when they were asked for: the run may not know the reason. */
  private readonly delays = new Map<string, number>();
  private readonly hold = (id: string, ms: number): void => this.releaseAfter(id, ms);

  constructor(controller: Controller, ports: WorkerPorts) {
    this.controller = controller;
    this.ports = ports;
    this.metrics = new QueueMetrics(ports.metrics, ports.clock, controller.name);
    this.queue = new WorkQueue(controller.pace, this.metrics);
    const { for: own, owns = [], watches = [] } = controller;
    if (own !== '*')
      this.addRoute(own, { map: (change) => ((controller.filter?.(change) ?? true) ? [change.key] : []) });
    for (const owned of owns) this.addRoute(owned, { map: ownerRoute(own) });
    for (const watch of watches) this.addRoute(watch.resource, watch);
  }

  /** The resources that it follows by name. */
  get resources(): GroupResource[] {
    return [...this.routes.keys()].filter((resource) => resource !== '*');
  }

  /** Whether the controller follows the resource, by its name or by `*`. */
  follows(resource: GroupResource): boolean {
    return this.routes.has(resource) || this.routes.has('*');
  }

  /** Whether a change of a resource that it follows by name may bring it work. */
  mayConcern(resource: GroupResource, change: Change): boolean {
    return this.routes.get(resource)?.some(({ concerns }) => concerns?.(change) ?? true) ?? false;
  }

  get hasFreeSlot(): boolean {
    return this.queue.inWork < (this.controller.concurrency ?? CONCURRENCY);
  }

  /** Adds the keys that a change touches. A mapper that throws is tried again for this controller alone. */
  map(change: ObjectChange, view: View): void {
    try {
      this.route(change, view);
    } catch (error) {
      this.ports.report(error, this.about(change.key));
      this.mapLater(change.revision);
    }
  }

  /** A change of this revision is to be mapped again. */
  mapLater(revision: number): void {
    this.queue.add(itemId({ revision }), revision);
  }

  /** Adds the keys that are to be looked at when everything is looked at anew. */
  resync(view: View): void {
    try {
      for (const delayed of this.controller.resync?.(view) ?? []) this.delay(delayed);
    } catch (error) {
      this.ports.report(error, this.about('resync'));
    }
  }

  /** A resource is served now. */
  servedLater(resource: GroupResource): void {
    this.queue.add(itemId({ served: resource }), 0);
  }

  /** The agent of a node is connected now. */
  connectedLater(node: string): void {
    this.queue.add(itemId({ connected: node }), 0);
  }

  /** Something outside of the log is another one now. */
  lookAt(key: Key): void {
    this.queue.add(key, 0);
  }

  /** A timer row of one of its items has come due. */
  due(id: string, failures: number): void {
    if (failures > 0) this.queue.recall(id, failures);
    this.queue.add(id, 0);
  }

  /** Starts the next item; false when none is ready, or no slot free. */
  startNext(view: ViewCache, now: number): boolean {
    const item = this.hasFreeSlot ? this.queue.next(now, this.hold) : undefined;
    if (item) this.start(item, view, now);
    return item !== undefined;
  }

  private start({ id, saw }: Item, view: ViewCache, now: number): void {
    const { controller, ports } = this;
    const work = parseItem(id);
    try {
      if ('revision' in work) {
        this.mapAgain(work.revision, view);
        this.succeeded(id, undefined);
        return;
      }
      if ('served' in work || 'connected' in work) {
        const keys =
          'served' in work ? controller.served?.(work.served, view) : controller.connected?.(work.connected, view);
        for (const key of keys ?? []) this.queue.add(key, 0);
        this.succeeded(id, undefined);
        return;
      }
      const decision = controller.reconcile(work.key, view, now, ports.rows.memo(this.row(id)));
      if ('actions' in decision && isEmpty(decision)) {
        this.measured(decision.metrics?.done);
        this.succeeded(id, decision.requeueAfter, decision.memo);
        return;
      }
      const cause = saw || (view.projection(work.key)?.revision ?? 0);
      void this.carryOut(id, work.key, cause, decision).catch((error) => this.crashed(id, error));
    } catch (error) {
      this.crashed(id, error);
    }
  }

  private async carryOut(id: string, key: Key, cause: number, decision: Plan | Inquiry): Promise<void> {
    const { controller, ports } = this;
    const plan = 'actions' in decision ? decision : await ports.runner.ask(controller, key, cause, decision);
    if (ports.isStopped()) return;
    const outcome: Outcome = isEmpty(plan) ? { ok: true } : await ports.runner.perform(controller, key, cause, plan);
    this.finished(id, outcome, plan);
  }

  private route(change: ObjectChange, view: View): void {
    const resource = change.key.slice(0, change.key.indexOf('/'));
    for (const name of [resource, '*']) {
      for (const { concerns, map, events } of this.routes.get(name) ?? []) {
        if (concerns && !concerns(change)) continue;
        for (const touched of map?.(change, view, this.ports.clock.now()) ?? []) {
          if (typeof touched === 'string') this.queue.add(touched, change.revision);
          else this.delay(touched);
        }
        for (const event of events?.(change, view) ?? []) {
          this.ports.runner.record(this.controller, change.key, change.revision, event);
        }
      }
    }
  }

  /** A change that was compacted before it could be mapped may have touched anything. */
  private mapAgain(revision: number, view: ViewCache): void {
    const { log, read } = this.ports;
    const change = log.at(revision);
    if (change) {
      this.route(recall(view, log, change), view);
      return;
    }
    const failures: unknown[] = [];
    for (const projection of view.all()) {
      try {
        this.route(
          asCreated(projection, () => read.get(projection.key)?.text ?? '{"metadata":{}}'),
          view,
        );
      } catch (error) {
        failures.push(error);
      }
    }
    // All others are mapped by now.
    if (failures.length > 0) throw failures[0];
  }

  private delay({ key, after }: DelayedKey): void {
    const id = itemId({ key });
    if (this.queue.isWorking(id)) this.delays.set(id, Math.min(after, this.delays.get(id) ?? after));
    this.ports.rows.delay(this.row(id), after);
  }

  private finished(id: string, outcome: Outcome, { metrics, requeueAfter, memo }: Plan): void {
    if (this.ports.isStopped()) return;
    this.measured(metrics?.[outcome.ok ? 'done' : 'refused']);
    if (outcome.ok) this.succeeded(id, requeueAfter, memo);
    else if (this.failed(id, requeueAfter, memo) && outcome.untold) {
      this.ports.report(outcome.status.message, this.about(id));
    }
    this.ports.schedule();
  }

  private crashed(id: string, error: unknown): void {
    if (this.ports.isStopped()) return;
    this.ports.report(error, this.about(id));
    this.failed(id);
    this.ports.schedule();
  }

  private succeeded(id: string, requeueAfter: number | undefined, memo?: string): void {
    if (requeueAfter !== undefined && requeueAfter <= IN_MEMORY_MS && memo === undefined) {
      this.queue.runLater(id);
      this.releaseAfter(id, requeueAfter);
      return;
    }
    this.queue.done(id);
    this.ports.rows.answered(this.row(id), requeueAfter, memo);
    const after = this.delays.get(id);
    if (after !== undefined) this.ports.rows.delay(this.row(id), after);
    this.delays.delete(id);
  }

  /**
   * It runs again no later than its Plan or a delay asked for, with the Plan's memo. True for the first of its failures
   * in a row that a timer row follows.
   */
  private failed(id: string, requeueAfter = Number.POSITIVE_INFINITY, memo?: string): boolean {
    const delay = this.delays.get(id) ?? Number.POSITIVE_INFINITY;
    const failures = this.queue.failed(id);
    const wait = backoff(failures - 1, this.controller.retries);
    if (wait <= IN_MEMORY_MS) {
      this.queue.retryLater(id);
      this.releaseAfter(id, wait);
      return false;
    }
    const asked = Math.max(Math.min(requeueAfter, delay), IN_MEMORY_MS);
    this.ports.rows.retry(this.row(id), Math.min(wait, asked), failures, memo);
    // A retry that comes before the delay is over may not know its reason either.
    if (delay <= wait) this.delays.delete(id);
    this.queue.park(id);
    return failures === 1 || backoff(failures - 2, this.controller.retries) <= IN_MEMORY_MS;
  }

  private measured(measurements: readonly Measurement[] = []): void {
    for (const one of measurements) this.ports.metrics.record(one);
  }

  private releaseAfter(id: string, ms: number): void {
    this.ports.defer(() => {
      this.queue.release(id);
      this.ports.schedule();
    }, ms);
  }

  private row(id: string): string {
    return rowId(this.controller.name, id);
  }

  private about(what: string): string {
    return `${this.controller.name}/${what}`;
  }

  private addRoute(resource: GroupResource | '*', route: Route): void {
    const routes = this.routes.get(resource);
    if (routes) routes.push(route);
    else this.routes.set(resource, [route]);
  }
}

const isEmpty = ({ actions, apart = [] }: Plan): boolean => actions.length === 0 && apart.length === 0;
