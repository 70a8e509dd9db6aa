/** Slices, classes and claims as far as devices are allocated by them, in wire form (`resource.k8s.io/v1`). */
import type { ObjectMeta } from '../machinery/object.ts';
import type { NodeSelectorTerm } from '../scheduling/node-selector.ts';

/** One of them is set. */
export interface Attribute {
  int?: number | bigint;
  bool?: boolean;
  string?: string;
  version?: string;
}

export interface RequestPolicy {
  default?: string;
  validValues?: string[];
  validRange?: { min?: string; max?: string; step?: string };
}

export interface Capacity {
  value: string;
  requestPolicy?: RequestPolicy;
}

export interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

export interface Toleration {
  key?: string;
  operator?: string;
  value?: string;
  effect?: string;
  tolerationSeconds?: number;
}

export interface NodeSelector {
  nodeSelectorTerms: NodeSelectorTerm[];
}

/** Where devices can be reached from. */
export interface NodeSelection {
  nodeName?: string;
  allNodes?: boolean;
  nodeSelector?: NodeSelector;
}

type Counters = Readonly<Record<string, { value: string }>>;

export interface Device extends NodeSelection {
  name: string;
  attributes?: Readonly<Record<string, Attribute>>;
  capacity?: Readonly<Record<string, Capacity>>;
  consumesCounters?: { counterSet: string; counters: Counters }[];
  taints?: Taint[];
  bindsToNode?: boolean;
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
  allowMultipleAllocations?: boolean;
}

export interface CounterSet {
  name: string;
  counters: Counters;
}

export interface SliceSpec extends NodeSelection {
  driver: string;
  pool: { name: string; generation: number; resourceSliceCount: number };
  perDeviceNodeSelection?: boolean;
  devices?: Device[];
  sharedCounters?: CounterSet[];
}

export interface Slice {
  metadata: ObjectMeta;
  spec: SliceSpec;
}

interface Selector {
  cel?: { expression: string };
}

/** The fields that a request and an alternative of one have in common. */
export interface DeviceRequirements {
  deviceClassName: string;
  allocationMode?: string;
  count?: number;
  adminAccess?: boolean;
  selectors?: Selector[];
  tolerations?: Toleration[];
  capacity?: { requests?: Readonly<Record<string, string>> };
}

export interface DeviceRequest {
  name: string;
  exactly?: DeviceRequirements;
  firstAvailable?: (DeviceRequirements & { name: string })[];
}

export interface Constraint {
  requests?: string[];
  matchAttribute?: string;
  distinctAttribute?: string;
}

export interface Configuration {
  requests?: string[];
  opaque?: unknown;
}

export interface Class {
  metadata: ObjectMeta;
  spec?: { selectors?: Selector[]; config?: { opaque?: unknown }[]; extendedResourceName?: string };
}

export interface Result {
  request: string;
  driver: string;
  pool: string;
  device: string;
  adminAccess?: boolean;
  tolerations?: Toleration[];
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
  shareID?: string;
  consumedCapacity?: Readonly<Record<string, string>>;
}

export interface Allocation {
  devices?: { results?: Result[]; config?: (Configuration & { source: string })[] };
  nodeSelector?: NodeSelector;
  allocationTimestamp?: string;
}

export interface ClaimSpec {
  devices?: { requests?: DeviceRequest[]; constraints?: Constraint[]; config?: Configuration[] };
}

/** A claim that is to be allocated. */
export interface Claim {
  metadata: ObjectMeta;
  spec?: ClaimSpec;
}
