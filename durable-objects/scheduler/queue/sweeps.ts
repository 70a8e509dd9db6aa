/**
 * Looks through the pods that wait for those that something helps which happened, a part at a time: where thousands wait,
 * requests get their turn in between.
 */
import type { Heap } from '../../../kube/machinery/heap.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { InFlightEvents } from './in-flight-events.ts';
import type { ObservedEvent } from './observed-events.ts';
import type { QueuedPodInfo } from './queued-pod.ts';
import { Sweep } from './sweep.ts';
import type { UnschedulablePods } from './unschedulable-pods.ts';
import type { Wakes } from './wakes.ts';

/** Hints asked for, and pods looked at, before others get a turn. */
const MAX_HINTS = 100;
const MAX_LOOKED_AT = 2000;

export interface SweptQueue {
  /** The number of the last event. */
  readonly lastEvent: number;
  /** The pods that may be helped, in the order in which they are moved on. */
  pods(sweep: Sweep): QueuedPodInfo[];
  /** Whether it still waits. */
  waits(pod: QueuedPodInfo): boolean;
  moveOn(pod: QueuedPodInfo, now: number, event: ClusterEvent): void;
}

export class Sweeps {
  readonly #queue: SweptQueue;
  readonly #wakes: Wakes;
  /** The pods that are left are the last first. */
  #current: { sweep: Sweep; lastEvent: number; left: QueuedPodInfo[] } | undefined;
  /** Happened since that one began. */
  #next: ObservedEvent[] = [];

  constructor(queue: SweptQueue, wakes: Wakes) {
    this.#queue = queue;
    this.#wakes = wakes;
  }

  /** Pods are still to be looked at. */
  get isUnderWay(): boolean {
    return this.#current !== undefined;
  }

  stop(): void {
    this.#current = undefined;
    this.#next = [];
  }

  happened(observed: readonly ObservedEvent[], now: number): void {
    this.#next.push(...observed);
    if (this.#current) return;
    this.#begin();
    this.goOn(now);
  }

  goOn(now: number): void {
    if (!this.#current) return;
    const { sweep, lastEvent, left } = this.#current;
    sweep.asked = 0;
    for (let looked = 0; looked < MAX_LOOKED_AT && sweep.asked < MAX_HINTS; looked++) {
      const pod = left.pop();
      if (!pod) break;
      // A pod that was tried since has heard of it then.
      const event = this.#queue.waits(pod) && pod.poppedAfter < lastEvent ? sweep.helping(pod) : undefined;
      if (event !== undefined) this.#queue.moveOn(pod, now, event);
    }
    if (left.length > 0) return;
    this.#current = undefined;
    if (this.#next.length > 0) this.#begin();
  }

  #begin(): void {
    const { lastEvent } = this.#queue;
    const sweep = new Sweep(this.#next.splice(0), this.#wakes);
    const left = this.#queue.pods(sweep).reverse();
    this.#current = left.length > 0 ? { sweep, lastEvent, left } : undefined;
  }
}

/** The pods of a queue that wait for something to happen. */
export function sweptQueue(
  unschedulable: UnschedulablePods,
  waiting: Heap<QueuedPodInfo>,
  recent: InFlightEvents,
  moveOn: SweptQueue['moveOn'],
): SweptQueue {
  return {
    get lastEvent() {
      return recent.number;
    },
    pods(sweep) {
      const { rejectedBy, withEvents } = unschedulable;
      const isHeard = withEvents > 0 || [...rejectedBy.keys()].some((plugin) => sweep.isHeardBy(plugin));
      return [...(isHeard ? unschedulable.values() : []), ...waiting.items];
    },
    waits: (pod) => unschedulable.has(pod) || waiting.get(pod.key) === pod,
    moveOn,
  };
}
