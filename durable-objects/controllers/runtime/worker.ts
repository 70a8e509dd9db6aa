/** One run of one key: reconcile, perform the Plan, and when to look again. */
import type { Controller } from './controller.ts';
import { backoff, type Item, type WorkQueue } from './queue.ts';
import type { Outcome, Runner } from './runner.ts';
import type { TimerRows } from './timer-rows.ts';
import type { ViewCache } from './view-cache.ts';

/** Waits longer than this are timer rows. */
export const IN_MEMORY_MS = 1000;

export interface WorkerPorts {
  controllers: ReadonlyMap<string, Controller>;
  queue: WorkQueue;
  rows: TimerRows;
  runner: Runner;
  isStopped(): boolean;
  /** There may be something to do. */
  schedule(): void;
  /** `setTimeout` */
  defer(run: () => void, ms: number): void;
  report(error: unknown, about: string): void;
}

/** Items are `<controller>/<key>`. */
export function controllerOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

export class KeyWorker {
  private readonly ports: WorkerPorts;

  constructor(ports: WorkerPorts) {
    this.ports = ports;
  }

  start(view: ViewCache, { id, saw }: Item, now: number): void {
    const controller = this.ports.controllers.get(controllerOf(id));
    if (!controller) throw new Error(`no controller for ${id}`);
    const key = id.slice(controller.name.length + 1);
    try {
      const plan = controller.reconcile(key, view, now);
      if (plan.actions.length === 0) {
        this.succeeded(id, plan.requeueAfter);
        return;
      }
      const cause = saw || (view.projection(key)?.revision ?? 0);
      void this.ports.runner.perform(controller, key, cause, plan).then(
        (outcome) => this.finished(id, outcome, plan.requeueAfter),
        (error) => this.crashed(id, error),
      );
    } catch (error) {
      this.crashed(id, error);
    }
  }

  releaseAfter(id: string, ms: number): void {
    this.ports.defer(() => {
      this.ports.queue.release(id);
      this.ports.schedule();
    }, ms);
  }

  private finished(id: string, outcome: Outcome, requeueAfter: number | undefined): void {
    if (this.ports.isStopped()) return;
    if (outcome.ok) this.succeeded(id, requeueAfter);
    else this.failed(id);
    this.ports.schedule();
  }

  private crashed(id: string, error: unknown): void {
    if (this.ports.isStopped()) return;
    this.ports.report(error, id);
    this.failed(id);
    this.ports.schedule();
  }

  private succeeded(id: string, requeueAfter: number | undefined): void {
    const { queue, rows, defer, schedule, isStopped } = this.ports;
    queue.done(id);
    if (requeueAfter === undefined || requeueAfter > IN_MEMORY_MS) {
      rows.answered(id, requeueAfter);
      return;
    }
    defer(() => {
      if (isStopped()) return;
      queue.add(id, 0);
      schedule();
    }, requeueAfter);
  }

  private failed(id: string): void {
    const { queue, rows } = this.ports;
    const failures = queue.failed(id);
    const wait = backoff(failures - 1);
    if (wait <= IN_MEMORY_MS) {
      queue.retryLater(id);
      this.releaseAfter(id, wait);
      return;
    }
    rows.retry(id, wait, failures);
    queue.park(id);
  }
}
