/** A DaemonSet's status (upstream `updateDaemonSetStatus`). */
import type { DaemonSet } from '../../../kube/types.ts';
import { untilNextAvailable } from '../common/pods.ts';
import { byAge, isAvailable, isNew, type Sync } from './sync.ts';

type DaemonSetStatus = NonNullable<DaemonSet['status']>;

export interface Counted {
  status: DaemonSetStatus;
  /** The time until the next ready pod becomes available; undefined when none will. Milliseconds. */
  nextAvailable?: number;
}

/** Of each node the oldest pod counts. */
export function countStatus(sync: Sync): Counted {
  const { daemonSet, placements, pods, now } = sync;
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0];
  for (const [node, { shouldRun }] of placements) {
    const [pod] = [...(pods.get(node) ?? [])].sort(byAge);
    if (shouldRun) desired++;
    if (!pod) continue;
    if (!shouldRun) {
      misscheduled++;
      continue;
    }
    current++;
    if (isNew(sync, pod)) updated++;
    if (pod.pod.ready) ready++;
    if (isAvailable(sync, pod)) available++;
  }
  const { collisionCount, conditions } = daemonSet.status ?? {};
  const status: DaemonSetStatus = {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: daemonSet.metadata.generation,
    ...(updated > 0 ? { updatedNumberScheduled: updated } : {}),
    ...(available > 0 ? { numberAvailable: available } : {}),
    ...(desired > available ? { numberUnavailable: desired - available } : {}),
    ...(collisionCount === undefined || collisionCount === null ? {} : { collisionCount }),
    ...(conditions?.length ? { conditions } : {}),
  };
  // Of all pods, not only those that count: with a surge an old pod goes when the new one beside it is available.
  const present = [...pods.values()].flat().filter((pod) => !pod.deleting);
  const nextAvailable = untilNextAvailable(present, daemonSet.spec?.minReadySeconds ?? 0, now);
  return nextAvailable === undefined ? { status } : { status, nextAvailable };
}
