/** A ReplicaSet's status (upstream `pkg/controller/replicaset/replica_set_utils.go`). */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { ReplicaSet } from '../../../kube/types.ts';
import { type Condition, withCondition, withoutCondition } from '../common/conditions.ts';
import { isTerminating, type PodProjection, untilAvailable } from '../common/pods.ts';

export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;

export interface Counted {
  status: ReplicaSetStatus;
  /** When the next ready pod becomes available; undefined when none will. Milliseconds from now. */
  nextAvailable?: number;
}

/** `active` are the pods that count, `all` also those that are going. */
export function countStatus(
  set: ReplicaSet,
  active: readonly PodProjection[],
  all: readonly PodProjection[],
  now: number,
): Counted {
  const minReady = set.spec?.minReadySeconds ?? 0;
  const template = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  let [fullyLabeled, ready, available] = [0, 0, 0];
  let nextAvailable: number | undefined;
  for (const pod of active) {
    if (template.every(([name, value]) => pod.labels[name] === value)) fullyLabeled++;
    const wait = untilAvailable(pod, minReady, now);
    if (pod.pod.ready) ready++;
    if (wait === 0) available++;
    else if (wait !== undefined) nextAvailable = Math.min(nextAvailable ?? wait, wait);
  }
  const conditions = withoutCondition((set.status?.conditions ?? []) as Condition[], 'ReplicaFailure');
  const status: ReplicaSetStatus = {
    replicas: active.length,
    ...(fullyLabeled > 0 ? { fullyLabeledReplicas: fullyLabeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    // ReplicationControllers don't tell.
    ...(set.apiVersion === 'v1' ? {} : { terminatingReplicas: all.filter(isTerminating).length }),
    observedGeneration: set.metadata.generation,
    ...(conditions.length > 0 ? { conditions: conditions as ReplicaSetStatus['conditions'] } : {}),
  };
  return nextAvailable === undefined ? { status } : { status, nextAvailable };
}

/** The status while pods can't be created or deleted; `{error}` is filled in with the API's words. */
export function failedStatus(
  set: ReplicaSet,
  status: ReplicaSetStatus,
  reason: 'FailedCreate' | 'FailedDelete',
  now: number,
): ReplicaSetStatus {
  const conditions = withCondition((set.status?.conditions ?? []) as Condition[], {
    type: 'ReplicaFailure',
    status: 'True',
    reason,
    message: '{error}',
    lastTransitionTime: rfc3339(now),
  });
  return { ...status, conditions: conditions as ReplicaSetStatus['conditions'] };
}
