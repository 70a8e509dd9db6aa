/** A ReplicaSet's status (upstream `pkg/controller/replicaset/replica_set_utils.go`). */
import type { ReplicaSet } from '../../../kube/types.ts';
import { isTerminating, type PodProjection, untilAvailable, untilNextAvailable } from '../common/pods.ts';
import { type Condition, withoutCondition } from '../runtime/conditions.ts';

export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;

export interface Counted {
  status: ReplicaSetStatus;
  /** The time until the next ready pod becomes available; undefined when none will. Milliseconds. */
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
  for (const pod of active) {
    if (template.every(([name, value]) => pod.labels[name] === value)) fullyLabeled++;
    if (pod.pod.ready) ready++;
    if (untilAvailable(pod, minReady, now) === 0) available++;
  }
  const conditions = withoutCondition((set.status?.conditions ?? []) as Condition[], 'ReplicaFailure');
  const status: ReplicaSetStatus = {
    replicas: active.length,
    ...(fullyLabeled > 0 ? { fullyLabeledReplicas: fullyLabeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    // ReplicationControllers have no such field.
    ...(set.apiVersion === 'v1' ? {} : { terminatingReplicas: all.filter(isTerminating).length }),
    observedGeneration: set.metadata.generation,
    ...(conditions.length > 0 ? { conditions: conditions as ReplicaSetStatus['conditions'] } : {}),
  };
  const nextAvailable = untilNextAvailable(active, minReady, now);
  return nextAvailable === undefined ? { status } : { status, nextAvailable };
}
