/**
 * Whether a node takes a pod up that was given to it (kubelet `lifecycle/predicate.go`, `allocation_manager.go`). A pod
 * that names its node itself has met no scheduler, and a scheduler may have decided on what is no longer so. One that
 * is refused has failed for good: its controller makes another.
 */

import { qosClass } from '../kinds/core/pod-spec/qos.ts';
import { isExtendedName } from '../kinds/core/pod-spec/resources.ts';
import type { Labels } from '../machinery/selectors/labels.ts';
import { rfc3339 } from '../machinery/time.ts';
import { insufficientResources, type NodeCapacity, nodeCapacity } from '../scheduling/fit.ts';
import { matchesRequired } from '../scheduling/node-selector.ts';
import type { Occupancy } from '../scheduling/occupancy.ts';
import { podRequests, type Resources } from '../scheduling/requests.ts';
import { toleratesAny, untolerated } from '../scheduling/tolerations.ts';
import type { Node, Pod, PodStatus, Taint } from '../types.ts';
import { KUBELET_CONDITIONS } from './conditions.ts';
import { isTerminal } from './containers.ts';

/** A node's facts for admission, read once for many pods. */
export interface Host extends NodeCapacity {
  name: string;
  labels: Labels;
  taints: readonly Taint[];
  os: string;
  /** Conditions of pressure that are True. */
  pressures: readonly string[];
  /** The node can keep supplemental groups to those that the pod names. */
  strictGroups: boolean;
}

export interface Refusal {
  reason: string;
  message: string;
}

const OS_LABEL = 'kubernetes.io/os';
const NO_EXECUTE = ['NoExecute'];

export function hostOf(node: Node): Host {
  const { name = '', labels = {} } = node.metadata;
  return {
    ...nodeCapacity(node),
    name,
    labels,
    taints: node.spec?.taints ?? [],
    os: node.status?.nodeInfo?.operatingSystem ?? labels[OS_LABEL] ?? '',
    pressures: (node.status?.conditions ?? []).flatMap(({ type, status }) =>
      type.endsWith('Pressure') && status === 'True' ? [type] : [],
    ),
    strictGroups: node.status?.features?.supplementalGroupsPolicy === true,
  };
}

/** A node decides once: not on what it has begun to run, nor on what has ended or is to end. */
export function awaitsAdmission(pod: Pod): boolean {
  return !pod.status?.startTime && !isTerminal(pod) && !pod.metadata.deletionTimestamp;
}

/** The first reason of upstream's why the node does not take the pod. `held`: by its other pods. */
export function refusal(pod: Pod, host: Host, held: Occupancy): Refusal | undefined {
  if (isKeptOff(pod, host.pressures)) {
    return { reason: 'Evicted', message: `The node had condition: [${host.pressures.join(' ')}]. ` };
  }
  const os = pod.metadata.labels?.[OS_LABEL];
  if (os !== undefined && os !== host.os) {
    const message = `Failed to admit pod as the \`${OS_LABEL}\` label doesn't match node label`;
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message };
  }
  if (pod.spec?.os && pod.spec.os.name !== host.os) {
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  }
  if (pod.spec?.securityContext?.supplementalGroupsPolicy === 'Strict' && !host.strictGroups) {
    const message = 'SupplementalGroupsPolicy=Strict is not supported in this node';
    return { reason: 'SupplementalGroupsPolicyNotSupported', message };
  }
  const shortage = insufficientResources(knownRequests(pod, host), held.used, host)?.[0];
  if (shortage) {
    const { resource, requested, used, capacity } = shortage;
    const amounts = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
    return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${amounts}` };
  }
  if (!matchesRequired(pod, host.name, host.labels)) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  if (held.clashes(pod)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  if (untolerated(host.taints, pod.spec?.tolerations, NO_EXECUTE)) {
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}

const MEMORY_PRESSURE = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };
const SYSTEM_CRITICAL = 2_000_000_000;

/** Under pressure a node takes critical pods, and where only memory is short those that ask for some (kubelet `eviction`). */
function isKeptOff(pod: Pod, pressures: readonly string[]): boolean {
  if (pressures.length === 0 || isCritical(pod)) return false;
  if (pressures.some((type) => type !== 'MemoryPressure')) return true;
  return qosClass(pod.spec) === 'BestEffort' && !toleratesAny(pod.spec?.tolerations, MEMORY_PRESSURE);
}

/** Static pods, their mirrors, and those of a system-critical class (kubelet `types/pod_update.go`). */
export function isCritical({ metadata: { annotations = {} }, spec }: Pod): boolean {
  const source = annotations['kubernetes.io/config.source'];
  const isStatic = source !== undefined && source !== 'api';
  return isStatic || 'kubernetes.io/config.mirror' in annotations || Number(spec?.priority ?? 0) >= SYSTEM_CRITICAL;
}

function predicate(reason: string, why: string): Refusal {
  return { reason, message: `Predicate ${reason} failed: ${why}` };
}

/** Extended resources that the node does not know are the cluster's business, and those that are devices a claim's. */
function knownRequests(pod: Pod, { allocatable }: Host): Resources {
  const requests = podRequests(pod);
  const { scalar } = requests;
  if (!scalar) return requests;
  const mappings = pod.status?.extendedResourceClaimStatus?.requestMappings ?? [];
  const devices = new Set(mappings.map(({ resourceName }) => resourceName));
  const known = Object.entries(scalar).filter(
    ([name]) => !devices.has(name) && (allocatable.scalar?.[name] !== undefined || !isExtendedName(name)),
  );
  return { ...requests, scalar: Object.fromEntries(known) };
}

/** The whole status of a pod that was refused (kubelet `rejectPod`): nothing of it was ever there. */
export function refusedStatus(pod: Pod, { reason, message }: Refusal, now: number): PodStatus {
  const { conditions, resourceClaimStatuses, extendedResourceClaimStatus } = pod.status ?? {};
  const others = conditions?.filter(({ type }) => !KUBELET_CONDITIONS.has(type)) ?? [];
  return {
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    phase: 'Failed',
    ...(others.length > 0 ? { conditions: others } : {}),
    message: `Pod was rejected: ${message}`,
    reason,
    startTime: rfc3339(now),
    qosClass: pod.status?.qosClass ?? qosClass(pod.spec),
    ...(resourceClaimStatuses ? { resourceClaimStatuses } : {}),
    ...(extendedResourceClaimStatus ? { extendedResourceClaimStatus } : {}),
  };
}
