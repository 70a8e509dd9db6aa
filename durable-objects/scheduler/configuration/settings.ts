/** A configuration, checked and ready for use. */
import { errorText } from '../../../kube/machinery/field-error.ts';
import type { Extender } from '../extenders/extender.ts';
import { type Profile, SCHEDULER_NAME } from '../framework/profile.ts';
import { DEFAULT_PLUGINS, DEFAULT_PROFILE, DEFAULT_WEIGHTS } from '../plugins/index.ts';
import type { BackOff } from '../queue/queued-pod.ts';
import { ConfigurationError, decode } from './decode.ts';
import { extendersOf, ignoredResources } from './extenders.ts';
import { pluginTable } from './plugin-sets.ts';
import { MAX_SECONDS, makePlugin } from './registry.ts';
import type { Configuration, ConfiguredProfile, PluginChoice } from './types.ts';
import { validate } from './validate.ts';

export interface Settings {
  /** By the name of the scheduler that pods ask for. */
  profiles: ReadonlyMap<string, Profile>;
  backOff: BackOff;
  extenders: readonly Extender[];
}

export const DEFAULT_SETTINGS: Settings = settingsOf([DEFAULT_PROFILE]);

export function settingsOf(
  profiles: readonly Profile[],
  backOff: BackOff = { initial: 1000, max: 10_000 },
  extenders: readonly Extender[] = [],
): Settings {
  return { profiles: new Map(profiles.map((profile) => [profile.schedulerName, profile])), backOff, extenders };
}

const FIT = 'NodeResourcesFit';

const DEFAULT_CHOICES: readonly PluginChoice[] = DEFAULT_PLUGINS.map(({ name }) => ({
  name,
  ...(DEFAULT_WEIGHTS[name] === undefined ? {} : { weight: DEFAULT_WEIGHTS[name] }),
}));

/** Throws a {@link ConfigurationError}. */
export function parseSettings(text: string): Settings {
  const configuration = decode(text);
  const profiles = profilesOf(configuration);
  const errors = validate(configuration, profiles);
  if (errors.length > 0) {
    const texts = errors.map(errorText);
    throw new ConfigurationError(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
  }
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10 } = configuration;
  const extenders = extendersOf(configuration.extenders ?? []);
  const made = profiles.map((profile) => profileFrom(profile, configuration));
  const [shortest, longest] = [initial, max].map((seconds) => Math.min(seconds, MAX_SECONDS) * 1000);
  return settingsOf(made, { initial: shortest ?? 0, max: longest ?? 0 }, extenders);
}

/** The name may be left out where there is one profile alone. */
function profilesOf({ profiles = [] }: Configuration): ConfiguredProfile[] {
  if (profiles.length > 1) return profiles;
  return [{ ...profiles[0], schedulerName: profiles[0]?.schedulerName ?? SCHEDULER_NAME }];
}

function profileFrom(profile: ConfiguredProfile, { percentageOfNodesToScore, extenders = [] }: Configuration): Profile {
  const { schedulerName = '', plugins = {}, pluginConfig = [] } = profile;
  const args = new Map(pluginConfig.map(({ name, args: given = {} }) => [name, given]));
  const ignored = ignoredResources(extenders);
  if (ignored.length > 0) args.set(FIT, { ...args.get(FIT), ignoredResources: ignored });
  const made = new Map<string, ReturnType<typeof makePlugin>>();
  const make = (name: string) => {
    if (!made.has(name)) made.set(name, makePlugin(name, args.get(name)));
    return made.get(name);
  };
  try {
    const table = pluginTable(DEFAULT_CHOICES, plugins, make);
    check(table.points, schedulerName);
    return {
      schedulerName,
      ...table,
      percentageOfNodesToScore: profile.percentageOfNodesToScore ?? percentageOfNodesToScore ?? 0,
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const about = `creating profile for scheduler name ${schedulerName}: ${error.message}`;
    throw new ConfigurationError(`initializing profiles: ${about}`);
  }
}

function check({ queueSort, bind }: Profile['points'], schedulerName: string): void {
  const about = `profile with scheduler name ${JSON.stringify(schedulerName)}`;
  if (queueSort.length !== 1) {
    throw new ConfigurationError(`only one queue sort plugin required for ${about}, but got ${queueSort.length}`);
  }
  if (bind.length === 0) throw new ConfigurationError(`at least one bind plugin is needed for ${about}`);
}
