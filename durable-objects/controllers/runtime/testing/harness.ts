/** Controllers on a small API in memory and a clock of their own, which can be killed and brought back at any step. */
import { KindRegistry } from '../../../../kube/kinds/registry.ts';
import { Histogram, Registry } from '../../../../kube/metrics/registry.ts';
import { GUARD_TIMER, WakeGuard } from '../../../follow/wake-guard.ts';
import type { Controller } from '../controller.ts';
import { type ControllerManager, createControllerManager } from '../manager.ts';
import type { Effects } from '../plan.ts';
import { MemoryApi } from './memory-api.ts';
import { MemoryNotes, MemoryTimers, VirtualTime } from './virtual-time.ts';

export class Harness {
  readonly kinds = new KindRegistry();
  readonly time = new VirtualTime();
  readonly api = new MemoryApi(() => this.time.now());
  readonly timers = new MemoryTimers();
  readonly notes = new MemoryNotes();
  readonly errors: unknown[] = [];
  readonly metrics = new Registry();
  private controllers: readonly Controller[];
  private readonly effects: Effects;
  private build = 'test';
  private guard!: WakeGuard;
  private manager: ControllerManager | undefined;

  constructor(controllers: readonly Controller[], effects: Effects = {}) {
    this.controllers = controllers;
    this.effects = effects;
    this.start();
  }

  /** Ends the manager as an eviction does, without warning, and constructs it again. */
  kill(): void {
    this.die();
    this.start();
  }

  /** Ends it; nothing but a timer brings it back. */
  die(): void {
    this.manager?.stop();
    this.manager = undefined;
    this.time.drop();
  }

  /** Brings it back as another build. */
  deploy(build: string, controllers = this.controllers): void {
    this.die();
    this.build = build;
    this.controllers = controllers;
    this.start();
  }

  /** One step of whatever is next; due timers fire. False when nothing is left before `until`. */
  async step(until = this.time.now() + 60_000): Promise<boolean> {
    this.alarm();
    const next = this.timers.next();
    if (await this.time.step(Math.min(until, next ?? until))) return true;
    if (next === undefined || next > until) return false;
    this.time.advance(Math.max(0, next - this.time.now()));
    this.alarm();
    return true;
  }

  /** Runs until nothing is left to do within the next `ms`. */
  async settle(ms = 5_000): Promise<void> {
    for (let steps = 0; await this.step(this.time.now() + ms); steps++) {
      if (steps > 100_000) throw new Error('does not settle');
    }
  }

  /** Until the clock shows a time, stopping wherever something comes due. */
  async until(end: number): Promise<void> {
    while (await this.step(end)) {}
    this.time.advance(Math.max(0, end - this.time.now()));
  }

  /** Values of the metrics whose names begin so, by the rest of the name and the labels; of a histogram its count. */
  measured(prefix: string): Record<string, number> {
    const found = [...this.metrics.families()].filter(({ name }) => name.startsWith(prefix));
    return Object.fromEntries(
      found.flatMap(({ name, series }) =>
        series.map(({ labels, state }) => [
          [name.slice(prefix.length), ...labels].join(' '),
          state instanceof Histogram ? state.count : state.value,
        ]),
      ),
    );
  }

  private alarm(): void {
    const next = this.timers.next();
    const now = this.time.now();
    if (next === undefined || next > now) return;
    const manager = this.manager ?? this.start();
    const due = this.timers.takeDue(now, 10_000);
    if (due.some(({ id }) => id === GUARD_TIMER)) this.guard.fired();
    manager.alarm(
      now,
      due.filter(({ id }) => id !== GUARD_TIMER),
    );
  }

  private start(): ControllerManager {
    let alive = true;
    this.guard = new WakeGuard(this.timers, this.time);
    const manager = createControllerManager({
      controllers: this.controllers,
      build: this.build,
      kinds: this.kinds,
      log: this.api,
      read: this.api,
      // The work that a dead object had deferred never runs.
      request: { request: (request) => (alive ? this.api.request(request) : new Promise(() => {})) },
      effects: this.effects,
      timers: this.timers,
      guard: this.guard.share(),
      notes: this.notes,
      clock: this.time,
      metrics: this.metrics,
      random: { next: () => 0.5, uuid: () => 'uuid' },
      defer: this.time.defer,
      report: (error) => this.errors.push(error),
    });
    const stop = manager.stop.bind(manager);
    manager.stop = () => {
      alive = false;
      stop();
    };
    this.manager = manager;
    manager.wake();
    return manager;
  }
}
