/** A DaemonSet's status (upstream `updateDaemonSetStatus`). */
import type { DaemonSet } from '../../../kube/types.ts';
import { untilAvailable } from '../common/pods.ts';
import { byAge, isAvailable, isNew, type Sync } from './sync.ts';

type DaemonSetStatus = NonNullable<DaemonSet['status']>;

export interface Counted {
  status: DaemonSetStatus;
  /** The time until the next ready pod becomes available; undefined when none will. Milliseconds. */
  nextAvailable?: number;
}

/** Of each node the oldest pod counts. */
export function countStatus(sync: Sync): Counted {
  const { daemonSet, placements, pods } = sync;
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
  const nextAvailable = untilNextAvailable(sync);
  return nextAvailable === undefined ? { status } : { status, nextAvailable };
}

/** Any pod, not only those that count: with a surge an old pod goes when the new one beside it is available. */
function untilNextAvailable({ daemonSet, pods, now }: Sync): number | undefined {
  const minReady = daemonSet.spec?.minReadySeconds ?? 0;
  let next: number | undefined;
  for (const pod of [...pods.values()].flat()) {
    const wait = pod.deleting ? undefined : untilAvailable(pod, minReady, now);
    if (wait) next = Math.min(next ?? wait, wait);
  }
  return next;
}
