/** Pods with their owners: a Deployment by way of its ReplicaSet, else the controller that owns them. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { DaemonSet, Deployment, Pod, ReplicaSet, StatefulSet } from '../../../kube/types.ts';
import { type Filter, inNamespace, isNamed } from './filter.ts';
import { podStatus } from './pod.ts';

export interface Workload {
  uid: string;
  /** As kubectl abbreviates the kind: `deploy`, `sts`. */
  kind: string;
  namespace: string;
  name: string;
  deployment?: Deployment;
  statefulSet?: StatefulSet;
  daemonSet?: DaemonSet;
  pods: Pod[];
}

export interface Workloads {
  /** By namespace and name. */
  owned: Workload[];
  /** Pods without an owner. */
  unowned: Pod[];
  /** All pods of both. */
  pods: Pod[];
}

export interface Sources {
  deployments: Iterable<Deployment>;
  replicaSets: Iterable<ReplicaSet>;
  statefulSets?: Iterable<StatefulSet>;
  daemonSets?: Iterable<DaemonSet>;
  pods: Iterable<Pod>;
}

const SHORT: Readonly<Record<string, string>> = {
  ReplicaSet: 'rs',
  ReplicationController: 'rc',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
};

export function workloadsOf(sources: Sources, filter: Filter): Workloads {
  const { deployments, replicaSets, statefulSets = [], daemonSets = [], pods } = sources;
  const byUid = new Map<string, Workload>();
  const owns = (kind: string, { metadata }: KubeObject, object: Partial<Workload>): void => {
    const { uid = '', namespace = '', name = '' } = metadata;
    if (inNamespace(filter, namespace)) byUid.set(uid, { uid, kind, namespace, name, ...object, pods: [] });
  };
  for (const deployment of deployments) owns('deploy', deployment, { deployment });
  for (const statefulSet of statefulSets) owns('sts', statefulSet, { statefulSet });
  for (const daemonSet of daemonSets) owns('ds', daemonSet, { daemonSet });
  const deploymentOf = new Map<string, string>();
  for (const { metadata } of replicaSets) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    if (owner && metadata.uid) deploymentOf.set(metadata.uid, owner.uid);
  }
  const unowned: Pod[] = [];
  for (const pod of pods) {
    const { namespace = '', ownerReferences } = pod.metadata;
    if (!inNamespace(filter, namespace)) continue;
    const owner = ownerReferences?.find(({ controller }) => controller);
    if (!owner) {
      if (isNamed(filter, pod.metadata.name)) unowned.push(pod);
      continue;
    }
    const { kind, name, uid } = owner;
    let workload = byUid.get(deploymentOf.get(uid) ?? '') ?? byUid.get(uid);
    if (!workload) {
      workload = { uid, kind: SHORT[kind] ?? kind.toLowerCase(), namespace, name, pods: [] };
      byUid.set(uid, workload);
    }
    workload.pods.push(pod);
  }
  const owned = [...byUid.values()]
    .map((workload) => narrowed(workload, filter))
    .filter((workload) => workload !== undefined);
  owned.sort((a, b) => inOrder(a.namespace, b.namespace) || inOrder(a.name, b.name));
  for (const { pods } of owned) pods.sort(brokenFirst);
  unowned.sort((a, b) => inOrder(a.metadata.namespace, b.metadata.namespace) || brokenFirst(a, b));
  return { owned, unowned, pods: [...owned.flatMap((workload) => workload.pods), ...unowned] };
}

/** The whole workload when its own name matches, else those of its pods that do. */
function narrowed(workload: Workload, filter: Filter): Workload | undefined {
  if (isNamed(filter, workload.name)) return workload;
  const pods = workload.pods.filter(({ metadata }) => isNamed(filter, metadata.name));
  return pods.length > 0 ? { ...workload, pods } : undefined;
}

/** How many pods are ready, of how many the owner wants; of kinds whose pods alone are known, of those that are there. */
export function readiness({ deployment, statefulSet, daemonSet, pods }: Workload): { ready: number; wanted: number } {
  const set = deployment ?? statefulSet;
  if (set) return { ready: set.status?.readyReplicas ?? 0, wanted: set.spec?.replicas ?? 1 };
  if (daemonSet) {
    const { numberReady = 0, desiredNumberScheduled = 0 } = daemonSet.status ?? {};
    return { ready: numberReady, wanted: desiredNumberScheduled };
  }
  const isReady = ({ status }: Pod) =>
    status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
  return { ready: pods.filter(isReady).length, wanted: pods.length };
}

/** The time at which the owner was made; undefined where its pods alone are known. */
export function madeAt({ deployment, statefulSet, daemonSet }: Workload) {
  return (deployment ?? statefulSet ?? daemonSet)?.metadata.creationTimestamp;
}

/** Broken pods come first: they are shown although the rest is folded away. */
export function brokenFirst(a: Pod, b: Pod): number {
  return Number(isBroken(b)) - Number(isBroken(a)) || byName(a, b);
}

export function isBroken(pod: Pod): boolean {
  return podStatus(pod).tone === 'bad';
}

export function byName(a: KubeObject, b: KubeObject): number {
  return inOrder(a.metadata.name, b.metadata.name);
}

/** By code points: the same in every language, and much faster than a collation. */
function inOrder(a = '', b = ''): number {
  return a < b ? -1 : Number(a > b);
}
