/**
 * Which plugins run where: a profile's choices over the default ones (`default_plugins.go`, mergePlugins;
 * `framework/runtime/framework.go`, expandMultiPointPlugins).
 */
import { EXTENSION_POINTS, type ExtensionPoint, type Plugin } from '../framework/interface.ts';
import type { Points } from '../framework/profile.ts';
import { ConfigurationError } from './decode.ts';
import type { PluginChoice, PluginSet } from './types.ts';

/** The names of upstream's Go interfaces, which its errors speak of. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  preEnqueue: 'PreEnqueuePlugin',
  queueSort: 'QueueSortPlugin',
  preFilter: 'PreFilterPlugin',
  filter: 'FilterPlugin',
  postFilter: 'PostFilterPlugin',
  preScore: 'PreScorePlugin',
  score: 'ScorePlugin',
  reserve: 'ReservePlugin',
  permit: 'PermitPlugin',
  preBind: 'PreBindPlugin',
  bind: 'BindPlugin',
  postBind: 'PostBindPlugin',
  placementGenerate: 'PlacementGeneratePlugin',
  placementScore: 'PlacementScorePlugin',
};

interface Merged {
  enabled: PluginChoice[];
  disabled: ReadonlySet<string>;
}

/** `mergePluginSet`: a default one that is chosen anew keeps its place. */
function merge(defaults: readonly PluginChoice[], { enabled = [], disabled = [] }: PluginSet): Merged {
  const without = new Set(disabled.map(({ name }) => name));
  const chosen = new Map(enabled.map((choice) => [choice.name, choice]));
  const kept = without.has('*') ? [] : defaults.filter(({ name }) => !without.has(name));
  const replaced = new Set(kept.flatMap(({ name }) => chosen.get(name) ?? []));
  return {
    enabled: [
      ...kept.map((choice) => chosen.get(choice.name) ?? choice),
      ...enabled.filter((one) => !replaced.has(one)),
    ],
    disabled: without,
  };
}

export interface PluginTable {
  points: Points;
  weights: Record<string, number>;
}

/** `make` gives the plugin of a name; undefined where there is none. Throws a {@link ConfigurationError}. */
export function pluginTable(
  defaults: readonly PluginChoice[],
  sets: Readonly<Record<string, PluginSet>>,
  make: (name: string) => Plugin | undefined,
): PluginTable {
  const everywhere = merge(defaults, sets.multiPoint ?? {});
  const points: Partial<Record<ExtensionPoint, readonly Plugin[]>> = {};
  for (const point of Object.keys(TYPE_NAMES)) {
    const set = merge([], sets[point] ?? {});
    const isOne = EXTENSION_POINTS.includes(point as ExtensionPoint);
    const own = set.enabled.map(({ name }) => explicit(name, point, make(name), isOne));
    repeated(own, point);
    if (isOne) points[point as ExtensionPoint] = expanded(own, set.disabled, everywhere, point as ExtensionPoint, make);
  }
  return { points: points as Points, weights: weightsOf([...(sets.score?.enabled ?? []), ...everywhere.enabled]) };
}

function explicit(name: string, point: string, plugin: Plugin | undefined, isOne: boolean): Plugin {
  const type = TYPE_NAMES[point];
  if (!plugin) throw new ConfigurationError(`${type} ${JSON.stringify(name)} does not exist`);
  if (!isOne || !plugin[point as ExtensionPoint]) {
    throw new ConfigurationError(`plugin ${JSON.stringify(name)} does not extend ${type} plugin`);
  }
  return plugin;
}

function repeated(plugins: readonly Plugin[], point: string): void {
  const seen = new Set<string>();
  for (const { name } of plugins) {
    if (seen.has(name)) {
      throw new ConfigurationError(
        `plugin ${JSON.stringify(name)} already registered as ${JSON.stringify(TYPE_NAMES[point])}`,
      );
    }
    seen.add(name);
  }
}

/** First those of both, as the point orders them; then those of all points; then the point's others. */
function expanded(
  own: readonly Plugin[],
  disabled: ReadonlySet<string>,
  everywhere: Merged,
  point: ExtensionPoint,
  make: (name: string) => Plugin | undefined,
): Plugin[] {
  if (disabled.has('*')) return [...own];
  const overriding = new Set<string>();
  const more: Plugin[] = [];
  for (const { name } of everywhere.enabled) {
    const plugin = make(name);
    if (!plugin) throw new ConfigurationError(`${TYPE_NAMES[point]} ${JSON.stringify(name)} does not exist`);
    if (!plugin[point] || disabled.has(name)) continue;
    if (own.some((one) => one.name === name)) overriding.add(name);
    else more.push(plugin);
  }
  repeated(more, point);
  return [
    ...own.filter(({ name }) => overriding.has(name)),
    ...more,
    ...own.filter(({ name }) => !overriding.has(name)),
  ];
}

/** The first weight of a plugin counts; none is one. */
function weightsOf(choices: readonly PluginChoice[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const { name, weight } of choices) weights[name] ??= weight || 1;
  return weights;
}
