/** What may help pods that were rejected (`isPodWorthRequeuing`). */
import { EXTENDER } from '../extenders/extender.ts';
import type { ClusterEvent, Plugin } from '../framework/interface.ts';
import type { ObservedEvent } from './observed-events.ts';
import type { QueuedPodInfo } from './queued-pod.ts';

/** Whether something may help a pod, by its key, that a plugin rejected. */
export type Helps = (key: string, plugin: string, observed: ObservedEvent) => boolean;

/** Of what happened at once, for one pod and plugin. */
const MAX_HINTS = 100;

export class Wakes {
  #events: ReadonlyMap<string, ReadonlySet<ClusterEvent>> = new Map();
  readonly #helps: Helps;

  constructor(helps: Helps) {
    this.#helps = helps;
  }

  use(plugins: readonly Plugin[]): void {
    this.#events = new Map(plugins.map((plugin) => [plugin.name, new Set(plugin.wakesOn)]));
  }

  /** The first event that may help a pod. `known`: by plugin, what it wakes on. */
  helping(
    pod: QueuedPodInfo,
    observed: readonly ObservedEvent[],
    known = new Map<string, readonly ObservedEvent[]>(),
  ): ClusterEvent | undefined {
    for (const plugin of pod.plugins) {
      let heard = known.get(plugin);
      if (!heard) {
        const wakes = this.#events.get(plugin);
        // Extenders tell of nothing that may help: anything may.
        heard = plugin === EXTENDER ? observed : observed.filter(({ event }) => wakes?.has(event));
        known.set(plugin, heard);
      }
      const own = pod.wakesOn?.get(plugin);
      const told = own && observed.find(({ event }) => own.has(event));
      // Another try is cheaper than many hints.
      const helping = heard.length > MAX_HINTS ? heard[0] : heard.find((event) => this.#helps(pod.key, plugin, event));
      const found = helping ?? told;
      if (found) return found.event;
    }
    return undefined;
  }
}
