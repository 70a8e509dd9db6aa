/** The types of `kubescheduler.config.k8s.io/v1` (`kube-scheduler/config/v1`), in the notation of `kube/generated/types.ts`. */
import { parseFields } from '../../../kube/machinery/schema/parse-line.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import type { FieldSchema, StructSchema } from '../../../kube/machinery/schema/schema.ts';
import type { ResourceSpec } from '../framework/arguments.ts';

export const API_VERSION = 'kubescheduler.config.k8s.io/v1';

export interface PluginChoice {
  name: string;
  weight?: number;
}

export interface PluginSet {
  enabled?: PluginChoice[];
  disabled?: PluginChoice[];
}

export interface ConfiguredProfile {
  schedulerName?: string;
  percentageOfNodesToScore?: number;
  plugins?: Record<string, PluginSet>;
  pluginConfig?: { name: string; args?: Record<string, unknown> }[];
}

export interface ConfiguredExtender {
  urlPrefix?: string;
  filterVerb?: string;
  preemptVerb?: string;
  prioritizeVerb?: string;
  bindVerb?: string;
  weight?: number;
  enableHTTPS?: boolean;
  /** As Go writes durations. */
  httpTimeout?: string;
  nodeCacheCapable?: boolean;
  ignorable?: boolean;
  managedResources?: { name?: string; ignoredByScheduler?: boolean }[];
  /** Data in base64. */
  tlsConfig?: {
    insecure?: boolean;
    serverName?: string;
    certFile?: string;
    keyFile?: string;
    caFile?: string;
    certData?: string;
    keyData?: string;
    caData?: string;
  };
}

export interface Configuration {
  apiVersion?: string;
  kind?: string;
  parallelism?: number;
  percentageOfNodesToScore?: number;
  podInitialBackoffSeconds?: number;
  podMaxBackoffSeconds?: number;
  profiles?: ConfiguredProfile[];
  extenders?: ConfiguredExtender[];
}

/** Of a resource whose weight may be left out. */
export type GivenResource = Partial<ResourceSpec> & Pick<ResourceSpec, 'name'>;

const POINTS =
  'preEnqueue queueSort preFilter filter postFilter preScore score reserve permit preBind bind postBind multiPoint placementGenerate placementScore';

/** Settings of the process itself are taken, and mean nothing here: clients, leader election, profiling. */
const TYPES: Readonly<Record<string, string>> = {
  KubeSchedulerConfiguration:
    '% parallelism*:i leaderElection:a clientConnection:a enableProfiling:b enableContentionProfiling:b percentageOfNodesToScore*:i podInitialBackoffSeconds*:l podMaxBackoffSeconds*:l profiles:[a>KubeSchedulerProfile; extenders:[a>Extender; delayCacheUntilActive:b',
  KubeSchedulerProfile: 'schedulerName*:s percentageOfNodesToScore*:i plugins:>Plugins; pluginConfig:[a>PluginConfig;',
  Extender:
    'urlPrefix*:s filterVerb:s preemptVerb:s prioritizeVerb:s weight:l bindVerb:s enableHTTPS:b tlsConfig:>ExtenderTLSConfig; httpTimeout:u nodeCacheCapable:b managedResources:[a>ExtenderManagedResource; ignorable:b',
  ExtenderManagedResource: 'name*:s ignoredByScheduler:b',
  ExtenderTLSConfig: 'insecure:b serverName:s certFile:s keyFile:s caFile:s certData:y keyData:y caData:y',
  Plugins: POINTS.replaceAll(/\w+/g, '$&:>PluginSet;'),
  PluginSet: 'enabled:[a>Plugin; disabled:[a>Plugin;',
  Plugin: 'name:s weight:i',
  PluginConfig: 'name:s args:a',
  DefaultPreemptionArgs: '% minCandidateNodesPercentage*:i minCandidateNodesAbsolute*:i',
  DynamicResourcesArgs: '% filterTimeout:u bindingTimeout:u',
  InterPodAffinityArgs: '% hardPodAffinityWeight*:i ignorePreferredTermsOfExistingPods:b',
  NodeAffinityArgs: '% addedAffinity:>core.v1/NodeAffinity;',
  NodeResourcesBalancedAllocationArgs: '% resources:[a>ResourceSpec;',
  NodeResourcesFitArgs: '% ignoredResources:[as ignoredResourceGroups:[as scoringStrategy:>ScoringStrategy;',
  PodTopologySpreadArgs: '% defaultConstraints:[a>core.v1/TopologySpreadConstraint; defaultingType:s',
  VolumeBindingArgs: '% bindTimeoutSeconds*:l shape:[a>UtilizationShapePoint;',
  ScoringStrategy: 'type:s resources:[a>ResourceSpec; requestedToCapacityRatio:>RequestedToCapacityRatioParam;',
  RequestedToCapacityRatioParam: 'shape:[a>UtilizationShapePoint;',
  ResourceSpec: 'name:s weight:l',
  UtilizationShapePoint: 'utilization:i score:i',
};

const CORE = 'core.v1/';
const made = new Map<string, StructSchema>();

/** Undefined where there is no such type. */
export function configurationType(name: string): StructSchema | undefined {
  const text = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (text === undefined) return undefined;
  let struct = made.get(name);
  if (!struct) {
    let fields: ReadonlyMap<string, FieldSchema> | undefined;
    struct = {
      type: 'struct',
      name: `io.k8s.kube-scheduler.config.v1.${name}`,
      // Read late, as types refer to each other.
      get fields() {
        fields ??= parseFields(text, (reference) => referred(reference));
        return fields;
      },
    };
    made.set(name, struct);
  }
  return struct;
}

function referred(reference: string): StructSchema {
  if (reference.startsWith(CORE)) return schemaOf(`io.k8s.api.core.v1.${reference.slice(CORE.length)}`);
  const type = configurationType(reference);
  if (!type) throw new Error(`no type ${reference}`);
  return type;
}
