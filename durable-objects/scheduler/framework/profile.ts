/** Profiles: which plugins run at which extension point, and in which order. */
import type { Pod } from '../../../kube/types.ts';
import { EXTENSION_POINTS, type ExtensionPoint, type Plugin } from './interface.ts';

export const SCHEDULER_NAME = 'default-scheduler';

/** The plugins of each extension point, in their order. */
export type Points = Readonly<Record<ExtensionPoint, readonly Plugin[]>>;

export interface Profile {
  /** Of the pods that it schedules. */
  schedulerName: string;
  points: Points;
  /** Weights of the plugins that score, by name. */
  weights: Readonly<Record<string, number>>;
  /** The share of the nodes that is enough, in hundredths; 0 or left out: it depends on their number. */
  percentageOfNodesToScore?: number;
}

/** A profile whose plugins run, in one order, at all extension points that they have. */
export function profileOf(
  plugins: readonly Plugin[],
  weights: Profile['weights'] = {},
  schedulerName = SCHEDULER_NAME,
): Profile {
  const of = (point: ExtensionPoint) => plugins.filter((plugin) => plugin[point] !== undefined);
  const points = Object.fromEntries(EXTENSION_POINTS.map((point) => [point, of(point)])) as unknown as Points;
  return { schedulerName, points, weights };
}

export function schedulerOf({ spec }: Pod): string {
  return spec?.schedulerName || SCHEDULER_NAME;
}

const byName = new WeakMap<Profile, ReadonlyMap<string, Plugin>>();

export function pluginOf(profile: Profile, name: string): Plugin | undefined {
  let plugins = byName.get(profile);
  if (!plugins) {
    plugins = new Map(pluginsOf([profile]).map((plugin) => [plugin.name, plugin]));
    byName.set(profile, plugins);
  }
  return plugins.get(name);
}

/** Every plugin of these profiles, the first of a name alone. */
export function pluginsOf(profiles: Iterable<Profile>): Plugin[] {
  const found = new Map<string, Plugin>();
  for (const { points } of profiles) {
    for (const plugin of Object.values(points).flat()) if (!found.has(plugin.name)) found.set(plugin.name, plugin);
  }
  return [...found.values()];
}
