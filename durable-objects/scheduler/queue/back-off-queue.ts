/**
 * Pods that are worth another try, but not yet (`backend/queue/backoff_queue.go`). Back-offs end with whole seconds, so
 * that pods of one second are tried in their order, and wake the object once.
 */
import { Heap } from '../../../kube/machinery/heap.ts';
import { EXTENDER } from '../extenders/extender.ts';
import type { QueuedPod } from '../framework/interface.ts';
import { BACK_OFF_WINDOW, type BackOff, isBackingOff, type QueuedPodInfo } from './queued-pod.ts';

/**
 * While no more than so many back off, they are tried as soon as nothing else is to be tried (SchedulerPopFromBackoffQ).
 * Upstream sets no limit; here each event would have thousands of pods tried at once, beside the cluster's requests.
 */
const MAX_EARLY = 50;

export class BackOffQueue {
  /** Pods that something may have helped. */
  #helped: Heap<QueuedPodInfo>;
  /** Pods for which something failed, and those that an extender rejected, whose servers are not to be asked at once. */
  readonly #failed = new Heap<QueuedPodInfo>(byTime);

  constructor(sort: (a: QueuedPod, b: QueuedPod) => number) {
    this.#helped = new Heap(byTimeAnd(sort));
  }

  use(sort: (a: QueuedPod, b: QueuedPod) => number): void {
    const { items } = this.#helped;
    this.#helped = new Heap(byTimeAnd(sort));
    for (const pod of items) this.#helped.push(pod);
  }

  get size(): number {
    return this.#helped.size + this.#failed.size;
  }

  /** The number of pods that may be tried before their time. */
  get early(): number {
    return this.#helped.size <= MAX_EARLY ? this.#helped.size : 0;
  }

  get nextDue(): number {
    const times = [this.#helped, this.#failed].map((heap) => heap.peek()?.backOffUntil ?? Number.POSITIVE_INFINITY);
    return Math.min(...times);
  }

  get(key: string): QueuedPodInfo | undefined {
    return this.#helped.get(key) ?? this.#failed.get(key);
  }

  push(pod: QueuedPodInfo): void {
    const isFailed = pod.plugins.size === 0 || pod.plugins.has(EXTENDER);
    (isFailed ? this.#failed : this.#helped).push(pod);
  }

  remove(key: string): void {
    this.#helped.remove(key);
    this.#failed.remove(key);
  }

  popEarly(): QueuedPodInfo | undefined {
    return this.early > 0 ? this.#helped.pop() : undefined;
  }

  /** Those whose time has come, in order. */
  popDue(now: number, backOff: BackOff): QueuedPodInfo[] {
    const due: QueuedPodInfo[] = [];
    for (const heap of [this.#helped, this.#failed]) {
      for (let pod = heap.peek(); pod && !isBackingOff(pod, now, backOff); pod = heap.peek()) {
        heap.pop();
        due.push(pod);
      }
    }
    return due;
  }
}

/** A pod was rejected, or something failed for it now: those in a row have a count of their own. */
export function countFailure(pod: QueuedPodInfo, now: number, { initial, max }: BackOff): void {
  const isError = pod.plugins.size === 0;
  pod.errors = isError ? pod.errors + 1 : 0;
  if (!isError) pod.failures++;
  const count = pod.errors || pod.failures;
  const duration = Math.min(max, initial * 2 ** Math.min(30, count - 1));
  // A second that has begun counts.
  pod.backOffUntil = (Math.floor((now + duration) / BACK_OFF_WINDOW) + 1) * BACK_OFF_WINDOW;
}

function byTime(a: QueuedPodInfo, b: QueuedPodInfo): number {
  return a.backOffUntil - b.backOffUntil;
}

function byTimeAnd(sort: (a: QueuedPod, b: QueuedPod) => number): (a: QueuedPodInfo, b: QueuedPodInfo) => number {
  return (a, b) => byTime(a, b) || sort(a, b);
}
