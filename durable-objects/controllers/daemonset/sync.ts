/** The state that one run of the DaemonSet controller decides on. */
import type { DaemonSet } from '../../../kube/types.ts';
import { isTerminal, type PodProjection, untilAvailable } from '../common/pods.ts';
import { scaledValue } from '../common/values.ts';
import { isUpdated, type Placement } from './placement.ts';

export interface Sync {
  readonly daemonSet: DaemonSet;
  /** The hash of the present template. */
  readonly hash: string;
  /** Of each node, in the order of their names. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** By the node that they are on, or for. */
  readonly pods: ReadonlyMap<string, readonly PodProjection[]>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The pods to make, by their nodes, and the pods to delete. */
export interface Changes {
  creates: string[];
  deletes: PodProjection[];
}

/** Pods that are over and already being deleted are left out. */
export function podsByNode(pods: readonly PodProjection[]): Map<string, PodProjection[]> {
  const byNode = new Map<string, PodProjection[]>();
  for (const pod of pods) {
    const node = pod.pod.node || pod.pod.target;
    if (!node || (isTerminal(pod) && pod.deleting)) continue;
    const others = byNode.get(node);
    if (others) others.push(pod);
    else byNode.set(node, [pod]);
  }
  return byNode;
}

/** Pods that are bound first, then the oldest. */
export function byAge(a: PodProjection, b: PodProjection): number {
  if ((a.pod.node === '') !== (b.pod.node === '')) return a.pod.node === '' ? 1 : -1;
  return a.created - b.created || (a.name < b.name ? -1 : 1);
}

export function isAvailable({ daemonSet, now }: Sync, pod: PodProjection): boolean {
  return untilAvailable(pod, daemonSet.spec?.minReadySeconds ?? 0, now) === 0;
}

/** Whether a pod is of the present template. */
export function isNew({ daemonSet, hash }: Sync, pod: PodProjection): boolean {
  return isUpdated(daemonSet, hash, pod);
}

/** The limits of a rolling update on a number of nodes, of which one is more than 0. */
export function limitsOf({ spec }: DaemonSet, desired: number): { maxSurge: number; maxUnavailable: number } {
  const rolling = spec?.updateStrategy?.type === 'RollingUpdate' ? spec.updateStrategy.rollingUpdate : undefined;
  const maxSurge = scaledValue(rolling?.maxSurge ?? 0, desired, true);
  const maxUnavailable = scaledValue(rolling?.maxUnavailable ?? 0, desired, true);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 && desired > 0 ? 1 : maxUnavailable };
}

export function allowsSurge(daemonSet: DaemonSet): boolean {
  return limitsOf(daemonSet, 1).maxSurge > 0;
}
