/** The Node object of this machine (kubelet `nodestatus/setters.go`, `kubelet_node_status.go`). Pure. */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { Node, NodeCondition } from '../../../kube/types.ts';
import type { ImageEntry, RuntimeStatus, RuntimeVersion } from '../../runtimes/runtime.ts';
import type { EvictionThresholds } from './eviction-thresholds.ts';
import type { MachineFacts, MachineFree } from './machine.ts';

export const KUBELET_VERSION = 'v1.36.3+islet';
const MAX_PODS = 110;
/** The status names the largest images, each by so many names. */
const MAX_IMAGES = 50;
const MAX_NAMES = 5;

export interface NodeView {
  name: string;
  facts: MachineFacts;
  runtime: RuntimeVersion;
  /** Undefined while the runtime does not answer. */
  runtimeStatus: RuntimeStatus | undefined;
  free: MachineFree;
  thresholds: EvictionThresholds;
  addresses: readonly string[];
  /** 0 where the agent listens nowhere. */
  kubeletPort: number;
  podCIDR: string | undefined;
  /** The pod network is configured by other means, which need no range from the cluster. */
  foreignNetwork: boolean;
  images: readonly ImageEntry[];
  now: number;
}

export function nodeLabels({ name, facts }: Pick<NodeView, 'name' | 'facts'>): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': facts.operatingSystem,
    'kubernetes.io/arch': facts.architecture,
    'beta.kubernetes.io/os': facts.operatingSystem,
    'beta.kubernetes.io/arch': facts.architecture,
  };
}

/** Allocatable is the capacity without what the thresholds of hard eviction keep free. */
export function capacityOf(
  facts: MachineFacts,
  thresholds: EvictionThresholds,
): {
  capacity: Record<string, string>;
  allocatable: Record<string, string>;
} {
  const common = { cpu: String(facts.cpus), pods: String(MAX_PODS), 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  const kib = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`;
  return {
    capacity: { ...common, memory: kib(facts.memory), 'ephemeral-storage': kib(facts.ephemeralStorage) },
    allocatable: {
      ...common,
      memory: kib(Math.max(0, facts.memory - thresholds.memory(facts.memory))),
      'ephemeral-storage': String(
        Math.max(0, Math.floor(facts.ephemeralStorage - thresholds.disk(facts.ephemeralStorage))),
      ),
    },
  };
}

/** `before` keeps transition times. */
export function nodeStatus(view: NodeView, before: Node['status']): NonNullable<Node['status']> {
  const { facts, runtime, thresholds } = view;
  return {
    addresses: [
      ...view.addresses.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: view.name },
    ],
    ...capacityOf(facts, thresholds),
    conditions: conditions(view, before?.conditions ?? []),
    ...runtimeFeatures(view.runtimeStatus),
    daemonEndpoints: { kubeletEndpoint: { Port: view.kubeletPort } },
    images: [...view.images]
      .sort((a, b) => b.size - a.size)
      .slice(0, MAX_IMAGES)
      .map(({ tags, digests, size }) => ({ names: [...digests, ...tags].slice(0, MAX_NAMES), sizeBytes: size })),
    nodeInfo: {
      architecture: facts.architecture,
      bootID: facts.bootID,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kernelVersion: facts.kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion: KUBELET_VERSION,
      machineID: facts.machineID,
      operatingSystem: facts.operatingSystem,
      osImage: facts.osImage,
      systemUUID: facts.systemUUID,
    },
  };
}

/** Features of the runtime that pods may ask for. User namespaces are the agent's to give as well, and it has none. */
function runtimeFeatures(
  status: RuntimeStatus | undefined,
): Pick<NonNullable<Node['status']>, 'features' | 'runtimeHandlers'> {
  if (!status) return {};
  return {
    features: { supplementalGroupsPolicy: status.strictGroups },
    runtimeHandlers: status.handlers.map(({ name, recursiveReadOnly }) => ({
      name,
      features: { recursiveReadOnlyMounts: recursiveReadOnly, userNamespaces: false },
    })),
  };
}

function conditions(view: NodeView, before: readonly NodeCondition[]): NodeCondition[] {
  const { facts, free, thresholds } = view;
  const lowMemory = free.memory < thresholds.memory(facts.memory);
  const lowDisk = free.disk < thresholds.disk(facts.ephemeralStorage);
  const problem = readyProblem(view);
  const drafts: [type: string, status: 'True' | 'False', reason: string, message: string][] = [
    lowMemory
      ? ['MemoryPressure', 'True', 'KubeletHasInsufficientMemory', 'kubelet has insufficient memory available']
      : ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    lowDisk
      ? ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure']
      : ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    problem
      ? ['Ready', 'False', 'KubeletNotReady', problem]
      : ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ];
  const time = rfc3339(view.now);
  return drafts.map(([type, status, reason, message]) => {
    const old = before.find((condition) => condition.type === type);
    const kept = old?.status === status ? old.lastTransitionTime : undefined;
    return { type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime: kept ?? time };
  });
}

function readyProblem({ runtimeStatus, podCIDR, foreignNetwork }: NodeView): string | undefined {
  if (!runtimeStatus) return 'container runtime is down';
  if (!runtimeStatus.runtimeReady) return `container runtime not ready: ${runtimeStatus.message}`;
  // A configuration of ours that is there already may be of an earlier range.
  if (runtimeStatus.networkReady && (podCIDR || foreignNetwork)) return undefined;
  const why = podCIDR ? runtimeStatus.message : 'the cluster has not assigned a pod CIDR to this node yet';
  return `container runtime network not ready: NetworkReady=false ${why}`;
}

/** The status but for its heartbeat times: a status that differs in more is worth writing. */
export function withoutHeartbeats(status: Node['status']): string {
  const conditions = (status?.conditions ?? []).map(({ lastHeartbeatTime: _, ...rest }) => rest);
  return JSON.stringify({ ...status, conditions });
}
