/** Pods with their owners: a Deployment by way of its ReplicaSet, else the controller that owns them. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Deployment, Pod, ReplicaSet } from '../../../kube/types.ts';
import { type Filter, inNamespace, isNamed } from './filter.ts';
import { podStatus } from './pod.ts';

export interface Workload {
  uid: string;
  /** As kubectl abbreviates the kind: `deploy`, `sts`. */
  kind: string;
  namespace: string;
  name: string;
  /** Undefined for other kinds, of which only the pods are known. */
  deployment?: Deployment;
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
  pods: Iterable<Pod>;
}

const SHORT: Readonly<Record<string, string>> = {
  ReplicaSet: 'rs',
  ReplicationController: 'rc',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
};

export function workloadsOf({ deployments, replicaSets, pods }: Sources, filter: Filter): Workloads {
  const byUid = new Map<string, Workload>();
  for (const deployment of deployments) {
    const { uid = '', namespace = '', name = '' } = deployment.metadata;
    if (inNamespace(filter, namespace)) byUid.set(uid, { uid, kind: 'deploy', namespace, name, deployment, pods: [] });
  }
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

/** How many pods are ready, of how many: those that a Deployment wants, or those of another owner that are there. */
export function readiness({ deployment, pods }: Workload): { ready: number; wanted: number } {
  if (deployment) return { ready: deployment.status?.readyReplicas ?? 0, wanted: deployment.spec?.replicas ?? 1 };
  const isReady = ({ status }: Pod) =>
    status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
  return { ready: pods.filter(isReady).length, wanted: pods.length };
}

/** Broken pods come first: they are shown although the rest is folded away. */
function brokenFirst(a: Pod, b: Pod): number {
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
