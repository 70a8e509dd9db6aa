/** RollingUpdate: how far up the new set and how far down the old ones may go (upstream `deployment/rolling.go`). */
import type { ReplicaSet } from '../../../kube/types.ts';
import type { Sets } from './revisions.ts';
import { byAge, newSetSize, type Rollout, sizeOf, totalOf, totalSize } from './rollout.ts';

/** One step; the next follows when pods have come or gone. */
export function rollForward(rollout: Rollout, sets: Sets): void {
  if (scaleUpNew(rollout, sets)) return;
  scaleDownOld(rollout, sets);
}

function scaleUpNew(rollout: Rollout, { newSet, all }: Sets): boolean {
  if (!newSet) return false;
  const size = sizeOf(newSet);
  if (size === rollout.replicas) return false;
  if (size > rollout.replicas) return rollout.scale(newSet, rollout.replicas);
  return rollout.scale(newSet, newSetSize(rollout, all, newSet));
}

function scaleDownOld(rollout: Rollout, { newSet, oldSets, all }: Sets): void {
  if (totalSize(oldSets) === 0) return;
  const minAvailable = rollout.replicas - rollout.maxUnavailable;
  const newUnavailable = newSet ? sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0) : 0;
  const room = totalSize(all) - minAvailable - newUnavailable;
  if (room <= 0) return;
  const oldest = [...oldSets].sort(byAge);
  cleanUpUnhealthy(rollout, oldest, room);
  // What is available beyond the minimum may go, too.
  let spare = totalOf(all, 'availableReplicas') - minAvailable;
  for (const set of oldest) {
    if (spare <= 0) return;
    const down = Math.min(sizeOf(set), spare);
    if (down === 0) continue;
    rollout.scale(set, sizeOf(set) - down);
    spare -= down;
  }
}

/** Pods of old sets that are not available go first: nobody misses them. */
function cleanUpUnhealthy(rollout: Rollout, oldest: readonly ReplicaSet[], most: number): void {
  let left = most;
  for (const set of oldest) {
    if (left <= 0) return;
    const unavailable = sizeOf(set) - (set.status?.availableReplicas ?? 0);
    const down = Math.min(left, unavailable);
    if (sizeOf(set) === 0 || down <= 0) continue;
    rollout.scale(set, sizeOf(set) - down);
    left -= down;
  }
}
