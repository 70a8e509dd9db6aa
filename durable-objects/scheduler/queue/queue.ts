/**
 * Pods that wait (`backend/queue/scheduling_queue.go`). Each is in one state:
 * - active: to be decided on, in the order of the plugin that sorts;
 * - in flight: popped, until its decision has come to an end;
 * - unschedulable: it fits nowhere, until an event that its plugins wake on, or, as the last resort, five minutes;
 * - waiting: it has a node, but a plugin lets it wait, until an event that this plugin wakes on, or its deadline;
 * - backing off: worth another try, but not yet, after the attempts that it has had;
 * - gated: not to be tried before it is changed.
 */

import { Heap } from '../../../kube/machinery/heap.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin } from '../framework/interface.ts';
import { BackOffQueue, countFailure } from './back-off-queue.ts';
import { GatedPods } from './gated-pods.ts';
import { InFlightEvents } from './in-flight-events.ts';
import { LatestTime } from './latest-time.ts';
import type { ObservedEvent } from './observed-events.ts';
import {
  type AddedPod,
  type BackOff,
  isBackingOff,
  NOBODY,
  type QueuedPodInfo,
  type QueueObserver,
  queuedPod,
  sortOf,
} from './queued-pod.ts';
import { Sweep } from './sweep.ts';
import { Sweeps, type SweptQueue, sweptQueue } from './sweeps.ts';
import { UnschedulablePods } from './unschedulable-pods.ts';
import { type Helps, Wakes } from './wakes.ts';

export type { QueuedPodInfo, QueueObserver } from './queued-pod.ts';

export class Queue {
  #active: Heap<QueuedPodInfo>;
  readonly #inFlight = new Map<string, QueuedPodInfo>();
  readonly #unschedulable = new UnschedulablePods();
  readonly #waiting = new Heap<QueuedPodInfo>((a, b) => a.deadline - b.deadline);
  readonly #backingOff: BackOffQueue;
  #gated = new GatedPods();
  readonly #wakes: Wakes;
  readonly #sweeps: Sweeps;
  #backOff: BackOff = { initial: 1000, max: 10_000 };
  readonly #recent = new InFlightEvents();
  readonly #latest = new LatestTime();
  #arrivals = 0;
  readonly #observer: QueueObserver;

  constructor(plugins: readonly Plugin[], observer: QueueObserver = NOBODY, helps: Helps = () => true) {
    this.#observer = observer;
    this.#wakes = new Wakes(helps);
    const moveOn: SweptQueue['moveOn'] = (pod, now, event) => this.#moveOn(pod, now, event);
    const swept = sweptQueue(this.#unschedulable, this.#waiting, this.#recent, moveOn);
    this.#sweeps = new Sweeps(swept, this.#wakes);
    this.#active = new Heap<QueuedPodInfo>(sortOf(plugins));
    this.#backingOff = new BackOffQueue(sortOf(plugins));
    this.use(plugins, this.#backOff);
  }

  /** From now on, with these plugins: each pod is tried once more, and gates are asked about when pods are added anew. */
  use(plugins: readonly Plugin[], backOff: BackOff, now = 0): void {
    this.#backOff = backOff;
    this.#wakes.use(plugins);
    const { items } = this.#active;
    this.#active = new Heap<QueuedPodInfo>(sortOf(plugins));
    for (const pod of items) this.#active.push(pod);
    this.#backingOff.use(sortOf(plugins));
    for (const pod of [...this.#unschedulable.values(), ...this.#waiting.items])
      this.#moveOn(pod, now, 'ForceActivate');
    this.#sweeps.stop();
    this.#gated = new GatedPods();
  }

  get ready(): number {
    return this.#active.size + this.#backingOff.early;
  }

  /** Pods are still to be looked at because of what happened: {@link release} goes on with it. */
  get sweeping(): boolean {
    return this.#sweeps.isUnderWay;
  }

  /** No pod waits for anything but a change of its own. */
  get empty(): boolean {
    const timed = this.#unschedulable.size + this.#waiting.size + this.#backingOff.size + this.#gated.waiting;
    return timed + this.#active.size + this.#inFlight.size === 0;
  }

  /** Some pod is to be decided on, or its decision has not come to an end. */
  get busy(): boolean {
    return this.ready + this.#inFlight.size > 0 || this.sweeping;
  }

  /** The time at which the next pod is moved on without any event. */
  get nextDue(): number | undefined {
    const deadline = this.#waiting.peek()?.deadline ?? Number.POSITIVE_INFINITY;
    const next = Math.min(this.#backingOff.nextDue, deadline, this.#unschedulable.nextDue);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  /** A pod that is new, or was changed itself: it is active at once. */
  add(pod: AddedPod, gated: boolean): void {
    const old = this.#find(pod.key);
    if (old && old.uid === pod.uid) {
      if (old.fingerprint === pod.fingerprint) return;
      if (this.#inFlight.has(pod.key)) {
        old.fingerprint = pod.fingerprint;
        old.alike = undefined;
        old.wakesOn = pod.wakesOn;
        old.changed = true;
        return;
      }
      if (this.#backingOff.get(pod.key) || this.#unschedulable.has(old)) {
        this.#changed(old, pod, gated);
        return;
      }
    }
    this.remove(pod.key);
    const same = old?.uid === pod.uid ? old : undefined;
    const added = queuedPod(pod, same, same?.arrival ?? this.#arrivals++, this.#observer.now());
    if (gated) this.#gated.add(added);
    else this.#active.push(added);
    this.#observer.entered(old ? 'UnschedulablePodUpdate' : 'UnschedulablePodAdd', gated ? 'gated' : 'active');
  }

  /** One that was tried before does not come before its time because of a change of its own. */
  #changed(old: QueuedPodInfo, changed: AddedPod, gated: boolean): void {
    const backsOff = this.#backingOff.get(old.key) !== undefined;
    this.remove(old.key);
    const pod = Object.assign(old, { wakesOn: undefined, alike: undefined, ...changed });
    if (gated) {
      this.#gated.add(pod);
      this.#observer.entered('UnschedulablePodUpdate', 'gated');
    } else if (backsOff) this.#backingOff.push(pod);
    else this.#moveOn(pod, this.#observer.now(), 'UnschedulablePodUpdate');
  }

  /** Pods by the queue that they are in. */
  sizes(): Record<'active' | 'backoff' | 'unschedulable' | 'gated', number> {
    return {
      active: this.#active.size,
      backoff: this.#backingOff.size,
      unschedulable: this.#unschedulable.size + this.#waiting.size,
      gated: this.#gated.size,
    };
  }

  /** Pods that are unschedulable, by the plugins that rejected them. */
  rejectedBy(): ReadonlyMap<string, number> {
    return this.#unschedulable.rejectedBy;
  }

  #find(key: string): QueuedPodInfo | undefined {
    return (
      this.#inFlight.get(key) ??
      this.#unschedulable.get(key) ??
      this.#gated.get(key) ??
      this.#active.get(key) ??
      this.#backingOff.get(key) ??
      this.#waiting.get(key)
    );
  }

  remove(key: string): void {
    for (const state of [this.#active, this.#backingOff, this.#waiting]) state.remove(key);
    this.#inFlight.delete(key);
    this.#unschedulable.remove(key);
    this.#gated.remove(key);
  }

  /** The next pod to decide on. It is in flight until {@link done}, {@link failed} or {@link wait}. */
  pop(): QueuedPodInfo | undefined {
    const pod = this.#active.pop() ?? this.#popEarly();
    if (!pod) return undefined;
    pod.attempts++;
    pod.poppedAfter = this.#recent.number;
    pod.changed = false;
    this.#inFlight.set(pod.key, pod);
    return pod;
  }

  #popEarly(): QueuedPodInfo | undefined {
    const pod = this.#backingOff.popEarly();
    if (pod) this.#observer.entered('PopFromBackoffQ', 'active');
    return pod;
  }

  /** The pod may not be decided on any more. */
  gate(pod: QueuedPodInfo): void {
    if (!this.#land(pod, new Set())) return;
    pod.attempts--;
    this.#gated.add(pod);
  }

  /** The gated pods that an event of their own may help. */
  gatedOn(event: ClusterEvent): readonly string[] {
    return this.#gated.on(event);
  }

  ungate(key: string, event: ClusterEvent): void {
    const pod = this.#gated.remove(key);
    if (!pod) return;
    this.#active.push(pod);
    this.#observer.entered(event, 'active');
  }

  isInFlight(pod: QueuedPodInfo): boolean {
    return this.#inFlight.get(pod.key) === pod;
  }

  done(pod: QueuedPodInfo): void {
    if (this.#inFlight.get(pod.key) === pod) this.#inFlight.delete(pod.key);
  }

  /**
   * The pod fits nowhere. Without plugins (a request failed), or when an event that they wake on came while it was in
   * flight, it only backs off.
   */
  failed(pod: QueuedPodInfo, plugins: ReadonlySet<string>, now: number): void {
    if (!this.#land(pod, plugins)) return;
    this.#look(now);
    pod.deadline = Number.POSITIVE_INFINITY;
    pod.failedAt = now;
    // It goes behind those that have waited for longer.
    pod.arrival = this.#arrivals++;
    countFailure(pod, now, this.#backOff);
    const backsOff = plugins.size === 0 || this.#helpedSince(pod);
    if (backsOff) this.#backingOff.push(pod);
    else this.#unschedulable.add(pod);
    this.#observer.entered('ScheduleAttemptFailure', backsOff ? 'backoff' : 'unschedulable');
  }

  /** The pod has a node and waits, until `deadline` at most; an event that helps it makes it active at once. */
  wait(pod: QueuedPodInfo, plugin: string, deadline: number): void {
    if (!this.#land(pod, new Set([plugin]))) return;
    pod.deadline = deadline;
    pod.backOffUntil = 0;
    // Waiting is no failure.
    pod.attempts--;
    if (this.#helpedSince(pod)) this.#active.push(pod);
    else this.#waiting.push(pod);
  }

  /** False for a pod that was removed while it was in flight. */
  #land(pod: QueuedPodInfo, plugins: ReadonlySet<string>): boolean {
    if (this.#inFlight.get(pod.key) !== pod) return false;
    this.#inFlight.delete(pod.key);
    pod.plugins = plugins;
    return true;
  }

  #helpedSince(pod: QueuedPodInfo): boolean {
    if (pod.changed) return true;
    const observed = this.#recent.since(pod.poppedAfter);
    if (observed?.length === 0) return false;
    return !observed || new Sweep(observed, this.#wakes).helping(pod) !== undefined;
  }

  /** Observed events move the pods that they may help: the first of them now, all others as {@link release} is called. */
  happened(observed: readonly ObservedEvent[], now: number): void {
    this.#recent.note(observed, this.#inFlight.size > 0);
    this.#sweeps.happened(observed, now);
  }

  /** Moves on the pods whose time has come. */
  release(now: number): void {
    this.#look(now);
    this.#sweeps.goOn(now);
    for (const pod of this.#unschedulable.due(now)) this.#moveOn(pod, now, 'UnschedulableTimeout');
    for (let pod = this.#waiting.peek(); pod && pod.deadline <= now; pod = this.#waiting.peek()) {
      this.#moveOn(pod, now, 'UnschedulableTimeout');
    }
    for (const pod of this.#backingOff.popDue(now, this.#backOff)) {
      this.#active.push(pod);
      this.#observer.entered('BackoffComplete', 'active');
    }
  }

  /** Waits end as soon as they would have, had the clock not been set back. */
  #look(now: number): void {
    const by = this.#latest.setBackBy(now);
    if (by === 0) return;
    for (const pod of this.#unschedulable.values()) pod.failedAt -= by;
    const waiting = [this.#waiting.items, this.#active.items, [...this.#inFlight.values()]];
    // All by the same, so that the first stays the first.
    for (const pod of waiting.flat()) pod.deadline -= by;
  }

  #moveOn(pod: QueuedPodInfo, now: number, event: ClusterEvent | string): void {
    this.#unschedulable.remove(pod.key);
    this.#waiting.remove(pod.key);
    const backsOff = isBackingOff(pod, now, this.#backOff);
    if (backsOff) this.#backingOff.push(pod);
    else this.#active.push(pod);
    this.#observer.entered(event, backsOff ? 'backoff' : 'active');
  }
}
