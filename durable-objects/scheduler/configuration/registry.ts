/** The plugins by name, made with the arguments of a profile. */
import {
  DEFAULT_ARGS,
  type NodeAffinityArgs,
  type NodeResourcesFitArgs,
  type PodTopologySpreadArgs,
  type ResourceSpec,
  type VolumeBindingArgs,
} from '../framework/arguments.ts';
import type { Plugin } from '../framework/interface.ts';
import { defaultPreemption } from '../plugins/default-preemption.ts';
import { dynamicResources } from '../plugins/dynamic-resources.ts';
import { DEFAULT_PLUGINS } from '../plugins/index.ts';
import { interPodAffinity } from '../plugins/inter-pod-affinity.ts';
import { nodeAffinity } from '../plugins/node-affinity.ts';
import { nodeResourcesBalancedAllocation } from '../plugins/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from '../plugins/node-resources-fit.ts';
import { podTopologySpread } from '../plugins/pod-topology-spread.ts';
import { volumeBinding } from '../plugins/volume-binding.ts';
import type { GivenResource } from './types.ts';

/** Ten years: an end beyond them is no time that a timer can be set to. */
export const MAX_SECONDS = 10 * 365 * 24 * 3600;

type Given = Readonly<Record<string, unknown>>;
/** Arguments as they count, and the plugin. */
type Factory = (given: Given) => Plugin;

const FACTORIES: Readonly<Record<string, Factory>> = {
  DefaultPreemption: (given) => defaultPreemption({ ...DEFAULT_ARGS.DefaultPreemption, ...given }),
  DynamicResources: (given) => dynamicResources({ ...DEFAULT_ARGS.DynamicResources, ...given }),
  InterPodAffinity: (given) => interPodAffinity({ ...DEFAULT_ARGS.InterPodAffinity, ...given }),
  NodeAffinity: (given) => nodeAffinity(given as NodeAffinityArgs),
  NodeResourcesBalancedAllocation: (given) => nodeResourcesBalancedAllocation(balancedArgs(given)),
  NodeResourcesFit: (given) => nodeResourcesFit(fitArgs(given)),
  PodTopologySpread: (given) => podTopologySpread(spreadArgs(given)),
  VolumeBinding: (given) => volumeBinding(volumeArgs(given)),
};

export function makePlugin(name: string, args: Given | undefined): Plugin | undefined {
  const factory = args && Object.hasOwn(FACTORIES, name) ? FACTORIES[name] : undefined;
  return factory ? factory(args ?? {}) : DEFAULT_PLUGINS.find((plugin) => plugin.name === name);
}

/** Resources without a weight have one of 1; without resources, those of all count. */
export function resourcesOf(given: readonly GivenResource[] | undefined): readonly ResourceSpec[] {
  if (!given?.length) return DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources;
  return given.map(({ name, weight }) => ({ name, weight: weight || 1 }));
}

export function balancedArgs({ resources }: Given) {
  return { resources: resourcesOf(resources as GivenResource[] | undefined) };
}

export function fitArgs(given: Given): NodeResourcesFitArgs {
  const { scoringStrategy: strategy, ...ignored } = given as Partial<NodeResourcesFitArgs>;
  if (!strategy) return { ...ignored, ...DEFAULT_ARGS.NodeResourcesFit };
  const { requestedToCapacityRatio: ratio } = strategy;
  // A zero is not printed.
  const shape = (ratio?.shape ?? []).map(({ utilization = 0, score = 0 }) => ({ utilization, score }));
  const resources = resourcesOf(strategy.resources);
  return {
    ...ignored,
    scoringStrategy: { ...strategy, resources, ...(ratio ? { requestedToCapacityRatio: { shape } } : {}) },
  };
}

function volumeArgs(given: Given): VolumeBindingArgs {
  const { bindTimeoutSeconds } = { ...DEFAULT_ARGS.VolumeBinding, ...given };
  return { bindTimeoutSeconds: Math.min(bindTimeoutSeconds, MAX_SECONDS) };
}

export function spreadArgs(given: Given): PodTopologySpreadArgs {
  return { ...DEFAULT_ARGS.PodTopologySpread, ...given };
}
