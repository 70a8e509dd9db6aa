/** The events that may help pods which were rejected (`isPodWorthRequeuing`). */
import { EXTENDER } from '../extenders/extender.ts';
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin } from '../framework/interface.ts';
import type { ObservedEvent } from './observed-events.ts';

/** Whether something may help a pod, by its key, that a plugin rejected. */
export type Helps = (key: string, plugin: string, observed: ObservedEvent) => boolean;

export class Wakes {
  #events: ReadonlyMap<string, ReadonlySet<ClusterEvent>> = new Map();
  readonly helps: Helps;

  constructor(helps: Helps) {
    this.helps = helps;
  }

  use(plugins: readonly Plugin[]): void {
    this.#events = new Map(plugins.map((plugin) => [plugin.name, new Set(plugin.wakesOn)]));
  }

  /** Those that a plugin wakes on. */
  heardBy(plugin: string, observed: readonly ObservedEvent[]): readonly ObservedEvent[] {
    const wakes = this.#events.get(plugin);
    // Extenders tell of nothing that may help: anything may.
    return plugin === EXTENDER ? observed : observed.filter(({ event }) => wakes?.has(event));
  }
}
