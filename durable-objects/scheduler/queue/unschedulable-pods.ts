import type { QueuedPodInfo } from './queued-pod.ts';

/** The longest time for which a pod is unschedulable (`podMaxInUnschedulablePodsDuration`). */
const MAX_UNSCHEDULABLE = 5 * 60_000;
/** Pods whose time comes this soon are moved on together, so that they wake the object once. */
const FLUSH_TOGETHER = 30_000;

/** Pods that fit nowhere, in the order of their failures, and the plugins that rejected them. */
export class UnschedulablePods {
  readonly #pods = new Map<string, QueuedPodInfo>();
  readonly #rejectedBy = new Map<string, number>();
  #withEvents = 0;

  get size(): number {
    return this.#pods.size;
  }

  /** The pods that wait for events of their own. */
  get withEvents(): number {
    return this.#withEvents;
  }

  /** Pods by the plugins that rejected them. */
  get rejectedBy(): ReadonlyMap<string, number> {
    return this.#rejectedBy;
  }

  get(key: string): QueuedPodInfo | undefined {
    return this.#pods.get(key);
  }

  has(pod: QueuedPodInfo): boolean {
    return this.#pods.get(pod.key) === pod;
  }

  values(): IterableIterator<QueuedPodInfo> {
    return this.#pods.values();
  }

  /** The time at which the next pod is tried again without any event. */
  get nextDue(): number {
    for (const { failedAt } of this.#pods.values()) return failedAt + MAX_UNSCHEDULABLE;
    return Number.POSITIVE_INFINITY;
  }

  /** Those whose time has come, in order. */
  due(now: number): QueuedPodInfo[] {
    const due: QueuedPodInfo[] = [];
    if (this.nextDue > now) return due;
    for (const pod of this.#pods.values()) {
      if (pod.failedAt + MAX_UNSCHEDULABLE - FLUSH_TOGETHER > now) break;
      due.push(pod);
    }
    return due;
  }

  add(pod: QueuedPodInfo): void {
    this.#pods.set(pod.key, pod);
    this.#count(pod, 1);
  }

  remove(key: string): void {
    const pod = this.#pods.get(key);
    if (!pod) return;
    this.#pods.delete(key);
    this.#count(pod, -1);
  }

  #count({ plugins, wakesOn }: QueuedPodInfo, sign: 1 | -1): void {
    if (wakesOn) this.#withEvents += sign;
    for (const plugin of plugins) {
      const count = (this.#rejectedBy.get(plugin) ?? 0) + sign;
      if (count > 0) this.#rejectedBy.set(plugin, count);
      else this.#rejectedBy.delete(plugin);
    }
  }
}
