import type { ClusterEvent } from '../framework/events.ts';
import type { QueuedPodInfo } from './queued-pod.ts';

/** Pods that are not to be tried before they are changed, or something that they name is. */
export class GatedPods {
  readonly #pods = new Map<string, QueuedPodInfo>();
  readonly #byEvent = new Map<ClusterEvent, Set<string>>();

  get size(): number {
    return this.#pods.size;
  }

  /** The number of events that some pod waits for. */
  get waiting(): number {
    return this.#byEvent.size;
  }

  get(key: string): QueuedPodInfo | undefined {
    return this.#pods.get(key);
  }

  on(event: ClusterEvent): readonly string[] {
    return [...(this.#byEvent.get(event) ?? [])];
  }

  /** A node that was kept for it until a deadline is not waited for any more. */
  add(pod: QueuedPodInfo): void {
    pod.deadline = Number.POSITIVE_INFINITY;
    this.#pods.set(pod.key, pod);
    for (const event of eventsOf(pod)) {
      this.#byEvent.set(event, (this.#byEvent.get(event) ?? new Set()).add(pod.key));
    }
  }

  remove(key: string): QueuedPodInfo | undefined {
    const pod = this.#pods.get(key);
    this.#pods.delete(key);
    for (const event of pod ? eventsOf(pod) : []) {
      const keys = this.#byEvent.get(event);
      keys?.delete(key);
      if (keys?.size === 0) this.#byEvent.delete(event);
    }
    return pod;
  }
}

function eventsOf({ wakesOn }: QueuedPodInfo): ClusterEvent[] {
  return [...(wakesOn?.values() ?? [])].flatMap((events) => [...events]);
}
