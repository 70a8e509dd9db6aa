/** What the snapshot keeps of pods and nodes: well under 1 KB a pod. */
import type { Labels } from '../../kube/machinery/selectors/labels.ts';
import { type Room, roomOf } from '../../kube/scheduling/fit.ts';
import { type HostPort, hostPorts } from '../../kube/scheduling/host-ports.ts';
import { type Amounts, podRequests } from '../../kube/scheduling/requests.ts';
import type { Node, Pod, PodSpec, Taint } from '../../kube/types.ts';

export interface PodInfo {
  key: string;
  uid: string;
  namespace: string;
  labels: Labels;
  /** '' while it waits. */
  node: string;
  revision: number;
  requests: Amounts;
  /** For scoring: with defaults for containers that request nothing. */
  usual: Amounts;
  ports: readonly HostPort[];
  priority: number;
  deleting: boolean;
  /** Only where it has any. */
  affinity?: Pick<NonNullable<PodSpec['affinity']>, 'podAffinity' | 'podAntiAffinity'>;
}

export interface NodeFacts extends Room {
  name: string;
  labels: Labels;
  taints: readonly Taint[];
  unschedulable: boolean;
  /** Bytes by image name. */
  images: ReadonlyMap<string, number>;
}

const NO_LABELS: Labels = {};
const NO_TAINTS: readonly Taint[] = [];
const NO_IMAGES: ReadonlyMap<string, number> = new Map();

export function projectPod(key: string, pod: Pod, revision: number): PodInfo {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  return {
    key,
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? NO_LABELS,
    node: pod.spec?.nodeName ?? '',
    revision,
    requests: podRequests(pod),
    usual: podRequests(pod, true),
    ports: hostPorts(pod),
    priority: pod.spec?.priority ?? 0,
    deleting: pod.metadata.deletionTimestamp !== undefined,
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
    ...roomOf(node),
    images: images ?? NO_IMAGES,
  };
}

/** A pod that has ended takes no room. */
export function hasEnded(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
