/**
 * Pods that wait (`backend/queue/scheduling_queue.go`). A pod that is popped is in flight until its decision has come to
 * an end. One that failed for want of anything is unschedulable: an event that its plugins wake on moves it on, or, as
 * the last resort, five minutes. It then backs off for as long as its attempts ask for, and is active, in order.
 */
import type { ClusterEvent, Plugin, QueuedPod } from './framework.ts';
import { Heap } from './heap.ts';

const INITIAL_BACK_OFF = 1000;
const MAX_BACK_OFF = 10_000;
/** How long a pod is unschedulable at most (`podMaxInUnschedulablePodsDuration`). */
const MAX_UNSCHEDULABLE = 5 * 60_000;
/** Pods whose time comes this soon are moved on together, so that they wake the object once. */
const FLUSH_TOGETHER = 30_000;

export interface Waiting extends QueuedPod {
  uid: string;
  /** Changes when anything of the pod does that a decision could depend on. */
  fingerprint: string;
  attempts: number;
  /** When it may be tried again, in milliseconds since the epoch. */
  notBefore: number;
  /** When its last attempt began and ended: the number of the event before it, and the time. */
  popped: number;
  failedAt: number;
  /** The plugins that rejected it last. */
  plugins: ReadonlySet<string>;
  /** What was last said about it, so that it is said once. */
  said?: string;
}

export class Queue {
  readonly #active: Heap<Waiting>;
  readonly #backingOff = new Heap<Waiting>((a, b) => a.notBefore - b.notBefore);
  readonly #unschedulable = new Map<string, Waiting>();
  readonly #gated = new Map<string, Waiting>();
  readonly #inFlight = new Map<string, Waiting>();
  readonly #wakes = new Map<string, ReadonlySet<ClusterEvent>>();
  /** The number of the last event of each sort. */
  readonly #happened = new Map<ClusterEvent, number>();
  #events = 0;
  #arrivals = 0;

  constructor(plugins: readonly Plugin[]) {
    const compare = plugins.find((plugin) => plugin.compare)?.compare;
    if (!compare) throw new Error('a profile needs a plugin that sorts the queue');
    this.#active = new Heap<Waiting>(compare);
    for (const plugin of plugins) this.#wakes.set(plugin.name, new Set(plugin.wakesOn));
  }

  get ready(): number {
    return this.#active.size;
  }

  /** No pod waits for anything but a change of its own. */
  get empty(): boolean {
    return this.#active.size + this.#backingOff.size + this.#unschedulable.size + this.#inFlight.size === 0;
  }

  /** When the next pod may be tried without any event. */
  get nextDue(): number | undefined {
    const backOff = this.#backingOff.peek()?.notBefore ?? Number.POSITIVE_INFINITY;
    const next = Math.min(backOff, this.#nextFlush);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  /** Unschedulable pods are kept in the order of their failures. */
  get #nextFlush(): number {
    for (const { failedAt } of this.#unschedulable.values()) return failedAt + MAX_UNSCHEDULABLE;
    return Number.POSITIVE_INFINITY;
  }

  get(key: string): Waiting | undefined {
    return this.#inFlight.get(key) ?? this.#unschedulable.get(key) ?? this.#gated.get(key) ?? this.#find(key);
  }

  #find(key: string): Waiting | undefined {
    for (const heap of [this.#active, this.#backingOff]) {
      const item = heap.remove(key);
      if (item) {
        heap.push(item);
        return item;
      }
    }
    return undefined;
  }

  /** A pod that is new, or was changed itself: it is tried now. `gated`: not before it is changed. */
  add(pod: Pick<Waiting, 'key' | 'uid' | 'priority' | 'fingerprint'>, gated: boolean): void {
    const old = this.get(pod.key);
    if (old && old.uid === pod.uid && old.fingerprint === pod.fingerprint) return;
    const flying = this.#inFlight.get(pod.key);
    if (flying && flying.uid === pod.uid) {
      flying.fingerprint = pod.fingerprint;
      return;
    }
    this.remove(pod.key);
    const same = old?.uid === pod.uid ? old : undefined;
    const waiting: Waiting = {
      ...pod,
      arrival: same?.arrival ?? this.#arrivals++,
      attempts: same?.attempts ?? 0,
      notBefore: 0,
      popped: 0,
      failedAt: 0,
      plugins: new Set(),
      said: same?.said,
    };
    if (gated) this.#gated.set(pod.key, waiting);
    else this.#active.push(waiting);
  }

  remove(key: string): void {
    this.#active.remove(key);
    this.#backingOff.remove(key);
    this.#unschedulable.delete(key);
    this.#gated.delete(key);
    this.#inFlight.delete(key);
  }

  /** The next one to decide on. It is in flight until {@link done} or {@link failed}. */
  pop(): Waiting | undefined {
    const pod = this.#active.pop();
    if (!pod) return undefined;
    pod.attempts++;
    pod.popped = this.#events;
    this.#inFlight.set(pod.key, pod);
    return pod;
  }

  done(pod: Waiting): void {
    if (this.#inFlight.get(pod.key) === pod) this.#inFlight.delete(pod.key);
  }

  /**
   * It fits nowhere: it waits for an event that its `plugins` wake on. Without plugins (a request failed), or after such
   * an event while it was in flight, it backs off only.
   */
  failed(pod: Waiting, plugins: ReadonlySet<string>, now: number): void {
    if (this.#inFlight.get(pod.key) !== pod) return;
    this.#inFlight.delete(pod.key);
    pod.plugins = plugins;
    pod.failedAt = now;
    pod.notBefore = now + Math.min(MAX_BACK_OFF, INITIAL_BACK_OFF * 2 ** Math.min(10, pod.attempts - 1));
    if (plugins.size === 0 || this.#helpedSince(pod)) this.#backingOff.push(pod);
    else this.#unschedulable.set(pod.key, pod);
  }

  #helpedSince({ plugins, popped }: Waiting): boolean {
    if (this.#events === popped) return false;
    for (const plugin of plugins) {
      for (const event of this.#wakes.get(plugin) ?? []) if ((this.#happened.get(event) ?? 0) > popped) return true;
    }
    return false;
  }

  /** Events move the pods that they may help, but not the pod that caused them. */
  happened(events: ReadonlySet<ClusterEvent>, now: number, causedBy?: string): void {
    this.#events++;
    for (const event of events) this.#happened.set(event, this.#events);
    if (this.#unschedulable.size === 0) return;
    const helped = new Map<string, boolean>();
    const helps = (plugin: string): boolean => {
      let known = helped.get(plugin);
      if (known === undefined) {
        const wakes = this.#wakes.get(plugin);
        known = [...events].some((event) => wakes?.has(event));
        helped.set(plugin, known);
      }
      return known;
    };
    for (const pod of [...this.#unschedulable.values()]) {
      if (pod.key !== causedBy && [...pod.plugins].some(helps)) this.#moveOn(pod, now);
    }
  }

  /** Pods whose time has come: the end of their back-off, or of five minutes without any event that helps. */
  release(now: number): void {
    if (this.#nextFlush <= now) {
      for (const pod of [...this.#unschedulable.values()]) {
        if (pod.failedAt + MAX_UNSCHEDULABLE - FLUSH_TOGETHER > now) break;
        this.#moveOn(pod, now);
      }
    }
    for (let pod = this.#backingOff.peek(); pod && pod.notBefore <= now; pod = this.#backingOff.peek()) {
      this.#backingOff.pop();
      this.#active.push(pod);
    }
  }

  #moveOn(pod: Waiting, now: number): void {
    this.#unschedulable.delete(pod.key);
    if (pod.notBefore > now) this.#backingOff.push(pod);
    else this.#active.push(pod);
  }
}
