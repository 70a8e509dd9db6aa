/** Which pods something helps that happened. */
import type { ClusterEvent } from '../framework/events.ts';
import type { ObservedEvent } from './observed-events.ts';
import type { QueuedPodInfo } from './queued-pod.ts';
import type { Wakes } from './wakes.ts';

/** Of what happened at once, for one pod and plugin. */
const MAX_HINTS = 100;

export class Sweep {
  readonly #observed: readonly ObservedEvent[];
  readonly #causes: ReadonlySet<string>;
  readonly #wakes: Wakes;
  /** By plugin, the events that it wakes on. */
  readonly #heard = new Map<string, readonly ObservedEvent[]>();
  /** Of pods that are alike, and were rejected by the same plugins. */
  readonly #known = new Map<string, ClusterEvent | undefined>();
  /** Hints that were asked for. */
  asked = 0;

  constructor(observed: readonly ObservedEvent[], wakes: Wakes) {
    this.#observed = observed;
    this.#causes = new Set(observed.flatMap(({ causedBy }) => causedBy ?? []));
    this.#wakes = wakes;
  }

  /** Whether a plugin wakes on anything that happened. */
  isHeardBy(plugin: string): boolean {
    return this.#heardBy(plugin).length > 0;
  }

  /** The first event that may help a pod, but for those that it caused itself. */
  helping(pod: QueuedPodInfo): ClusterEvent | undefined {
    const { alike, plugins, wakesOn } = pod;
    if (!alike || wakesOn || this.#causes.has(pod.key)) return this.#find(pod);
    const key = `${alike} ${[...plugins].join()}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#find(pod));
    return this.#known.get(key);
  }

  #find({ key, plugins, wakesOn }: QueuedPodInfo): ClusterEvent | undefined {
    for (const plugin of plugins) {
      const all = this.#heardBy(plugin);
      const heard = this.#causes.has(key) ? all.filter(({ causedBy }) => causedBy !== key) : all;
      const own = wakesOn?.get(plugin);
      const told = own && this.#observed.find(({ event, causedBy }) => own.has(event) && causedBy !== key);
      // Another try is cheaper than many hints.
      const helping = heard.length > MAX_HINTS ? heard[0] : heard.find((event) => this.#asks(key, plugin, event));
      const found = helping ?? told;
      if (found) return found.event;
    }
    return undefined;
  }

  #asks(key: string, plugin: string, event: ObservedEvent): boolean {
    this.asked++;
    return this.#wakes.helps(key, plugin, event);
  }

  #heardBy(plugin: string): readonly ObservedEvent[] {
    let heard = this.#heard.get(plugin);
    if (!heard) {
      heard = this.#wakes.heardBy(plugin, this.#observed);
      this.#heard.set(plugin, heard);
    }
    return heard;
  }
}
