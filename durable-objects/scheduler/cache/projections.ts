/** The parts of pods and nodes that the cache keeps: well under 1 KB a pod. */
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import { type NodeCapacity, nodeCapacity } from '../../../kube/scheduling/fit.ts';
import { type HostPort, hostPorts } from '../../../kube/scheduling/host-ports.ts';
import { podRequests, type Resources } from '../../../kube/scheduling/requests.ts';
import type { Container, Node, Pod, PodSpec, Taint } from '../../../kube/types.ts';
import { type ExclusiveDisk, exclusiveDisks } from '../volumes/exclusive-disks.ts';
import { type InlineDisk, inlineDisks } from '../volumes/inline-disks.ts';
import { claimNames } from './claims.ts';

export interface PodInfo {
  key: string;
  uid: string;
  namespace: string;
  labels: Labels;
  /** '' until it is assigned or assumed to be. */
  node: string;
  revision: number;
  requests: Resources;
  /** With defaults for containers that request nothing. For scoring. */
  nonZeroRequests: Resources;
  ports: readonly HostPort[];
  priority: number;
  deleting: boolean;
  /** The pod is being deleted because the scheduler preempted it. */
  preempted: boolean;
  /** The time at which its node took it up, in milliseconds since the epoch; infinity until then. */
  startTime: number;
  /** Its PersistentVolumeClaims; left out when it has none. */
  claims?: readonly string[];
  /** Disks that it names itself; left out when it names none. */
  inlineDisks?: readonly InlineDisk[];
  /** Those of its disks that pods of one node may not share; likewise. */
  exclusiveDisks?: readonly ExclusiveDisk[];
  /** Only where it has any. */
  affinity?: Pick<NonNullable<PodSpec['affinity']>, 'podAffinity' | 'podAntiAffinity'>;
}

export interface NodeFacts extends NodeCapacity {
  name: string;
  labels: Labels;
  taints: readonly Taint[];
  unschedulable: boolean;
  /** Bytes by image name. */
  images: ReadonlyMap<string, number>;
  /** The features that its kubelet declares (KEP-5328). */
  declaredFeatures: readonly string[];
}

const NO_LABELS: Labels = {};
const NO_TAINTS: readonly Taint[] = [];
const NO_FEATURES: readonly string[] = [];
const NO_IMAGES: ReadonlyMap<string, number> = new Map();

export function projectPod(key: string, pod: Pod, revision: number): PodInfo {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  const deleting = pod.metadata.deletionTimestamp !== undefined;
  const claims = claimNames(pod);
  const disks = inlineDisks(pod);
  const exclusive = exclusiveDisks(pod);
  return {
    key,
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? NO_LABELS,
    node: pod.spec?.nodeName ?? '',
    revision,
    requests: podRequests(pod, { status: true }),
    nonZeroRequests: podRequests(pod, { status: true, defaults: true }),
    ports: hostPorts(pod),
    priority: pod.spec?.priority ?? 0,
    deleting,
    preempted: deleting && (pod.status?.conditions?.some(isPreemption) ?? false),
    startTime: pod.status?.startTime ? Date.parse(String(pod.status.startTime)) : Number.POSITIVE_INFINITY,
    ...(claims.length > 0 ? { claims: claims.map(({ name }) => name) } : {}),
    ...(disks.length > 0 ? { inlineDisks: disks } : {}),
    ...(exclusive.length > 0 ? { exclusiveDisks: exclusive } : {}),
    ...(podAffinity || podAntiAffinity ? { affinity: { podAffinity, podAntiAffinity } } : {}),
  };
}

export function projectNode(node: Node): NodeFacts {
  let images: Map<string, number> | undefined;
  for (const image of node.status?.images ?? []) {
    images ??= new Map();
    for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
  }
  return {
    name: node.metadata.name ?? '',
    labels: node.metadata.labels ?? NO_LABELS,
    taints: node.spec?.taints ?? NO_TAINTS,
    unschedulable: node.spec?.unschedulable === true,
    ...nodeCapacity(node),
    images: images ?? NO_IMAGES,
    declaredFeatures: node.status?.declaredFeatures ?? NO_FEATURES,
  };
}

function isPreemption({
  type,
  status,
  reason,
}: NonNullable<NonNullable<Pod['status']>['conditions']>[number]): boolean {
  return type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler';
}

/** Changes with every part of a pod that a decision on it could depend on. */
export function fingerprintOf({ metadata, spec, status }: Pod): string {
  return hash(
    JSON.stringify([
      metadata.labels,
      metadata.annotations,
      metadata.ownerReferences,
      spec,
      status?.resourceClaimStatuses,
    ]),
  );
}

/** Volumes that no plugin looks at. */
const ANYWHERE = ['configMap', 'downwardAPI', 'emptyDir', 'projected', 'secret'] as const;

/**
 * The same for pods that fit, or not, on the same nodes: what differs in pods of one workload, as the name of the volume
 * with the token of their account, is left out. '' for a pod with objects of its own.
 */
export function likenessOf({ metadata, spec }: Pod): string {
  if (!spec || spec.resourceClaims?.length || spec.volumes?.some(({ ephemeral }) => ephemeral)) return '';
  const volumes = spec.volumes?.filter((volume) => !ANYWHERE.some((kind) => volume[kind]));
  const bare = ({ name: _, volumeMounts: __, ...container }: Container): object => container;
  const containers = [spec.containers.map(bare), spec.initContainers?.map(bare)];
  const { hostname: _, ...rest } = spec;
  const parts = [
    metadata.labels,
    metadata.ownerReferences,
    { ...rest, volumes, containers, initContainers: undefined },
  ];
  return `${metadata.namespace}/${hash(JSON.stringify(parts))}`;
}

/** FNV-1a, twice, in 64 bits: enough to notice a change. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0xcbf29ce4;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x01000197);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`;
}
