/** Arguments of plugins with their defaults filled in (`kubescheduler.config.k8s.io/v1`, types_pluginargs.go). */
import type { PodSpec } from '../../../kube/types.ts';

export interface ResourceSpec {
  name: string;
  weight: number;
}

/** Both in parts: the utilization of 100, the score of 10. */
export interface ShapePoint {
  utilization: number;
  score: number;
}

export interface ScoringStrategy {
  type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  resources: readonly ResourceSpec[];
  requestedToCapacityRatio?: { shape: readonly ShapePoint[] };
}

export interface NodeResourcesFitArgs {
  ignoredResources?: readonly string[];
  ignoredResourceGroups?: readonly string[];
  scoringStrategy: ScoringStrategy;
}

export interface NodeResourcesBalancedAllocationArgs {
  resources: readonly ResourceSpec[];
}

export interface NodeAffinityArgs {
  addedAffinity?: NonNullable<PodSpec['affinity']>['nodeAffinity'];
}

export type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];

export interface PodTopologySpreadArgs {
  defaultConstraints: readonly SpreadConstraint[];
  defaultingType: 'System' | 'List';
}

export interface InterPodAffinityArgs {
  /** The weight of a running pod's required affinity in scores. */
  hardPodAffinityWeight: number;
  ignorePreferredTermsOfExistingPods?: boolean;
}

export interface DefaultPreemptionArgs {
  minCandidateNodesPercentage: number;
  minCandidateNodesAbsolute: number;
}

export interface VolumeBindingArgs {
  bindTimeoutSeconds: number;
}

export interface DynamicResourcesArgs {
  /** As Go writes durations. */
  bindingTimeout: string;
}

const RESOURCES: readonly ResourceSpec[] = ['cpu', 'memory'].map((name) => ({ name, weight: 1 }));

/** In the form of what is given, which takes their place. */
export const DEFAULT_ARGS = {
  NodeResourcesFit: { scoringStrategy: { type: 'LeastAllocated', resources: RESOURCES } },
  NodeResourcesBalancedAllocation: { resources: RESOURCES },
  NodeAffinity: {},
  PodTopologySpread: { defaultConstraints: [], defaultingType: 'System' },
  InterPodAffinity: { hardPodAffinityWeight: 1 },
  DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
  VolumeBinding: { bindTimeoutSeconds: 600 },
  DynamicResources: { bindingTimeout: '10m0s' },
} as const satisfies {
  NodeResourcesFit: NodeResourcesFitArgs;
  NodeResourcesBalancedAllocation: NodeResourcesBalancedAllocationArgs;
  NodeAffinity: NodeAffinityArgs;
  PodTopologySpread: PodTopologySpreadArgs;
  InterPodAffinity: InterPodAffinityArgs;
  DefaultPreemption: DefaultPreemptionArgs;
  VolumeBinding: VolumeBindingArgs;
  DynamicResources: DynamicResourcesArgs;
};
