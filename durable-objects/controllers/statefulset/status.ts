/** A StatefulSet's status (upstream `updateStatus`, `completeRollingUpdate`, `inconsistentStatus`). */
import type { StatefulSet } from '../../../kube/types.ts';
import { type PodProjection, untilAvailable, untilNextAvailable } from '../common/pods.ts';
import { revisionOf } from './pod.ts';
import type { Revisions } from './revisions.ts';

export type StatefulSetStatus = NonNullable<StatefulSet['status']>;

const COMPARED = [
  'replicas',
  'currentReplicas',
  'readyReplicas',
  'updatedReplicas',
  'availableReplicas',
  'currentRevision',
  'updateRevision',
] as const;

export interface Counted {
  status: StatefulSetStatus;
  /** The time until the next ready pod becomes available; undefined when none will. Milliseconds. */
  nextAvailable?: number;
}

/** `replaced`: pods of the current revision that this run deletes for the update. */
export function countStatus(
  set: StatefulSet,
  { current, update, collisionCount }: Revisions,
  pods: readonly PodProjection[],
  replaced: number,
  now: number,
): Counted {
  const counts = { replicas: pods.length, ready: 0, available: 0, current: -replaced, updated: 0 };
  const minReady = set.spec?.minReadySeconds ?? 0;
  for (const pod of pods) {
    if (isReady(pod)) {
      counts.ready++;
      if (untilAvailable(pod, minReady, now) === 0) counts.available++;
    }
    if (pod.deleting) continue;
    if (revisionOf(pod) === current.metadata.name) counts.current++;
    if (revisionOf(pod) === update.metadata.name) counts.updated++;
  }
  const { replicas = 1, updateStrategy } = set.spec ?? {};
  const isComplete =
    updateStrategy?.type === 'RollingUpdate' &&
    [counts.updated, counts.ready, counts.replicas].every((count) => count === replicas);
  const currentReplicas = isComplete ? counts.updated : counts.current;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation,
    replicas: counts.replicas,
    ...(counts.ready > 0 ? { readyReplicas: counts.ready } : {}),
    ...(currentReplicas > 0 ? { currentReplicas } : {}),
    ...(counts.updated > 0 ? { updatedReplicas: counts.updated } : {}),
    currentRevision: (isComplete ? update : current).metadata.name,
    updateRevision: update.metadata.name,
    collisionCount,
    availableReplicas: counts.available,
  };
  const nextAvailable = untilNextAvailable(pods.filter(isReady), minReady, now);
  return nextAvailable === undefined ? { status } : { status, nextAvailable };
}

/** Conditions are not compared: no part of upstream's controller writes any. */
export function isSame({ status }: StatefulSet, next: StatefulSetStatus): boolean {
  return (
    (next.observedGeneration ?? 0) <= (status?.observedGeneration ?? 0) &&
    COMPARED.every((field) => (status?.[field] || undefined) === (next[field] || undefined))
  );
}

export function isReady({ pod }: PodProjection): boolean {
  return pod.phase === 'Running' && pod.ready;
}

/** Running, ready for `minReadySeconds`, and not about to go. */
export function isAvailable(set: StatefulSet, pod: PodProjection | undefined, now: number): boolean {
  if (!pod || pod.deleting || !isReady(pod)) return false;
  return untilAvailable(pod, set.spec?.minReadySeconds ?? 0, now) === 0;
}
