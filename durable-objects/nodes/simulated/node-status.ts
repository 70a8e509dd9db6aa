/**
 * The status that the kubelet of a simulated node posts (kubelet `nodestatus/setters.go`): pure. Its annotations steer
 * it; resources and conditions that are others' stay as they are, and so do its own conditions where another client has
 * turned them, until an annotation says otherwise.
 */
import { nodeSteeringProblems, nodeSteerOf, pairsOf } from '../../../kube/kinds/core/simulated-annotations.ts';
import { semanticEqual } from '../../../kube/machinery/equality.ts';
import { parseQuantity } from '../../../kube/machinery/quantity.ts';
import { schemaOf } from '../../../kube/machinery/schema/resolve.ts';
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { PodEvent } from '../../../kube/pod-lifecycle/index.ts';
import type { Node, NodeCondition } from '../../../kube/types.ts';
import type { Pressure } from './evictions.ts';

type NodeStatus = NonNullable<Node['status']>;
type Resources = NonNullable<NodeStatus['capacity']>;

export interface Surroundings {
  now: number;
  uuid(): string;
}

const VERSION = 'v1.36.3+islet';
const CAPACITY: Resources = { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' };
const STATUS = schemaOf('io.k8s.api.core.v1.NodeStatus');
/** Of conditions that the node controller wrote while the kubelet was silent. */
const SILENT: readonly string[] = ['NodeStatusUnknown', 'NodeStatusNeverUpdated'];
const NOT_READY = 'the annotation islet.dev/simulated-ready of this node says so';

export function wantedStatus(node: Node, index: number, { now, uuid }: Surroundings): NodeStatus {
  const before = node.status ?? {};
  const name = node.metadata.name ?? '';
  const images = imagesOf(node);
  return {
    ...before,
    addresses: before.addresses ?? [
      { type: 'InternalIP', address: hostAddress(index) },
      { type: 'Hostname', address: name },
    ],
    ...resourcesOf(node),
    conditions: conditionsOf(node, now),
    daemonEndpoints: before.daemonEndpoints?.kubeletEndpoint?.Port
      ? before.daemonEndpoints
      : { kubeletEndpoint: { Port: 10250 } },
    // Processes that are none have no groups that an image could add to.
    features: before.features ?? { supplementalGroupsPolicy: true },
    ...(images.length > 0 || before.images ? { images } : {}),
    nodeInfo: before.nodeInfo?.kubeletVersion ? before.nodeInfo : nodeInfo(uuid),
  };
}

/** Undefined: the node's status is as it should be. */
export function changedStatus(node: Node, index: number, surroundings: Surroundings): NodeStatus | undefined {
  const wanted = wantedStatus(node, index, surroundings);
  return semanticEqual(STATUS, node.status, wanted) ? undefined : wanted;
}

/** 10.64.0.0/16, in order. */
export function hostAddress(index: number): string {
  return `10.64.${(index + 1) >> 8}.${(index + 1) & 255}`;
}

function nodeInfo(uuid: () => string): NonNullable<NodeStatus['nodeInfo']> {
  return {
    architecture: 'amd64',
    bootID: uuid(),
    containerRuntimeVersion: 'islet-simulated://0.1.0',
    kernelVersion: 'none',
    kubeProxyVersion: '',
    kubeletVersion: VERSION,
    machineID: uuid().replaceAll('-', ''),
    operatingSystem: 'linux',
    osImage: 'Islet simulated node',
    systemUUID: uuid(),
  };
}

/** Extended resources that other clients have advertised in the capacity are allocatable as they are. */
function resourcesOf({ metadata: { annotations = {} }, status }: Node): {
  capacity: Resources;
  allocatable: Resources;
} {
  const said = (name: 'capacity' | 'allocatable'): Resources =>
    Object.fromEntries(
      pairsOf(nodeSteerOf(annotations, name) ?? '').filter(([key]) => key !== '') as [string, string][],
    );
  const capacity = { ...status?.capacity, ...CAPACITY, ...said('capacity') };
  return { capacity, allocatable: { ...capacity, ...said('allocatable') } };
}

function imagesOf({ metadata: { annotations = {} } }: Node): NonNullable<NodeStatus['images']> {
  const text = nodeSteerOf(annotations, 'images');
  if (text === undefined) return [];
  return pairsOf(text).map(([name = '', size = '0']) => ({
    names: [/[:@][^/]*$/.test(name) ? name : `${name}:latest`],
    sizeBytes: Number((parseQuantity(size)?.nano ?? 0n) / 1_000_000_000n),
  }));
}

type Draft = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

function draftsOf(annotations: Readonly<Record<string, string>>): (Draft & { isSteered: boolean })[] {
  const draft = (isSteered: boolean, type: string, status: string, reason: string, message: string) => ({
    isSteered,
    type,
    status,
    reason: `Kubelet${reason}`,
    message,
  });
  const memory = nodeSteerOf(annotations, 'memory-pressure') === 'true';
  const disk = nodeSteerOf(annotations, 'disk-pressure') === 'true';
  const pid = nodeSteerOf(annotations, 'pid-pressure') === 'true';
  const notReady = nodeSteerOf(annotations, 'ready') === 'false';
  return [
    memory
      ? draft(true, 'MemoryPressure', 'True', 'HasInsufficientMemory', 'kubelet has insufficient memory available')
      : draft(false, 'MemoryPressure', 'False', 'HasSufficientMemory', 'kubelet has sufficient memory available'),
    disk
      ? draft(true, 'DiskPressure', 'True', 'HasDiskPressure', 'kubelet has disk pressure')
      : draft(false, 'DiskPressure', 'False', 'HasNoDiskPressure', 'kubelet has no disk pressure'),
    pid
      ? draft(true, 'PIDPressure', 'True', 'HasInsufficientPID', 'kubelet has insufficient PID available')
      : draft(false, 'PIDPressure', 'False', 'HasSufficientPID', 'kubelet has sufficient PID available'),
    notReady
      ? draft(true, 'Ready', 'False', 'NotReady', NOT_READY)
      : draft(false, 'Ready', 'True', 'Ready', 'kubelet is posting ready status'),
  ];
}

function conditionsOf({ metadata: { annotations = {} }, status }: Node, now: number): NodeCondition[] {
  const before = status?.conditions ?? [];
  const time = rfc3339(now);
  const own = draftsOf(annotations).map(({ isSteered, ...draft }): NodeCondition => {
    const old = before.find(({ type }) => type === draft.type);
    const reason = old?.reason ?? '';
    const isOurs = reason === '' || reason.startsWith('Kubelet') || SILENT.includes(reason);
    if (old && (reason === draft.reason || (!isOurs && !isSteered))) return old;
    const kept = old?.status === draft.status ? old.lastTransitionTime : undefined;
    return { ...draft, lastHeartbeatTime: time, lastTransitionTime: kept ?? time };
  });
  const types = new Set(before.map(({ type }) => type));
  const ownNow = (type: string) => own.find((condition) => condition.type === type);
  return [...before.map((old) => ownNow(old.type) ?? old), ...own.filter(({ type }) => !types.has(type))];
}

/** As a strategic merge patch, which takes away what is allocatable no longer. */
export function statusPatch({ status }: Node, next: NodeStatus): object {
  const gone = Object.keys(status?.allocatable ?? {}).filter((name) => next.allocatable?.[name] === undefined);
  return { ...next, allocatable: { ...next.allocatable, ...Object.fromEntries(gone.map((name) => [name, null])) } };
}

/** The kubelet's events of conditions that have changed. */
export function conditionEvents({ metadata: { name }, status }: Node, next: NodeStatus): PodEvent[] {
  return (next.conditions ?? []).flatMap((condition): PodEvent[] => {
    const old = status?.conditions?.find(({ type }) => type === condition.type);
    if (!old || old.status === condition.status) return [];
    const reason = (condition.reason ?? '').replace('Kubelet', 'Node');
    return [{ type: 'Normal', reason, message: `Node ${name} status is now: ${reason}` }];
  });
}

/** The pressures that the kubelet itself sees. */
export function pressuresOf({ metadata: { annotations = {} } }: Node): Pressure[] {
  return draftsOf(annotations).flatMap(({ type, isSteered }) =>
    isSteered && type !== 'Ready' ? [type as Pressure] : [],
  );
}

/** The time of the last condition of pressure that turned True; infinity while none is. */
export function pressedSince({ status }: Node): number {
  const times = (status?.conditions ?? []).flatMap((condition) =>
    condition.type.endsWith('Pressure') && condition.status === 'True'
      ? [Date.parse(condition.lastTransitionTime ?? '') || 0]
      : [],
  );
  return times.length > 0 ? Math.max(...times) : Number.POSITIVE_INFINITY;
}

/** An event for each annotation that cannot be followed. */
export function nodeNotices({ metadata }: Node): PodEvent[] {
  return nodeSteeringProblems(metadata.annotations).map(([key, why]) => ({
    type: 'Warning',
    reason: 'InvalidAnnotation',
    message: `${key}: ${why}`,
  }));
}
