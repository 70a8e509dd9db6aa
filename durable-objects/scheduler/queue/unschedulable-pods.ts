import type { QueuedPodInfo } from './queued-pod.ts';

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
