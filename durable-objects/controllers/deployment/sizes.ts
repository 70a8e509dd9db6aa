/**
 * The sizes of a Deployment's ReplicaSets: step by step while it rolls (upstream `deployment/rolling.go`), the old
 * ones first where it recreates (`recreate.go`), in proportion where it was scaled (`sync.go`).
 */
import type { ReplicaSet } from '../../../kube/types.ts';
import { newSetSize } from './new-replica-set.ts';
import {
  active,
  byAge,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  numberIn,
  type SetsOf,
  sizeOf,
  totalSize,
} from './replica-sets.ts';
import type { Rollout } from './rollout.ts';

/** New sizes of sets, in order: each has an event of its own. */
export type Resizes = readonly (readonly [ReplicaSet, number])[];

/** One step; the next follows when pods have come or gone. */
export function rollingSizes(rollout: Rollout, sets: SetsOf): Resizes {
  const { newSet, oldSets } = sets;
  if (newSet) {
    const size = sizeOf(newSet);
    const target = size > rollout.replicas ? rollout.replicas : newSetSize(rollout, totalSize(oldSets), size);
    if (target !== size) return [[newSet, target]];
  }
  return oldSizes(rollout, sets);
}

/** `reconcileOldReplicaSets` */
function oldSizes({ replicas, maxUnavailable }: Rollout, { newSet, oldSets, all }: SetsOf): Resizes {
  const resizes: (readonly [ReplicaSet, number])[] = [];
  const minAvailable = replicas - maxUnavailable;
  const newUnavailable = newSet ? sizeOf(newSet) - availableOf(newSet) : 0;
  let room = totalSize(all) - minAvailable - newUnavailable;
  if (totalSize(oldSets) === 0 || room <= 0) return resizes;
  const oldest = [...oldSets].sort(byAge);
  // Pods that are not available go first (`cleanupUnhealthyReplicas`).
  for (const set of oldest) {
    const down = Math.min(Math.max(0, room), sizeOf(set) - availableOf(set));
    if (sizeOf(set) === 0 || down <= 0) continue;
    resizes.push([set, sizeOf(set) - down]);
    room -= down;
  }
  // Available pods beyond the minimum follow. A status may still count those that its set was already told to delete.
  let spare = all.reduce((sum, set) => sum + Math.min(sizeOf(set), availableOf(set)), 0) - minAvailable;
  const left = new Map(resizes);
  for (const set of oldest) {
    const size = left.get(set) ?? sizeOf(set);
    const down = Math.min(size, Math.max(0, spare));
    if (down === 0) continue;
    resizes.push([set, size - down]);
    spare -= down;
  }
  return resizes;
}

function availableOf({ status }: ReplicaSet): number {
  return status?.availableReplicas ?? 0;
}

/** All old sets scaled to 0. */
export function emptied(oldSets: readonly ReplicaSet[]): Resizes {
  return active(oldSets)
    .sort(byAge)
    .map((set) => [set, 0]);
}

/** `isScalingEvent`: an active set was sized for another number of replicas. */
export function isScaling({ replicas }: Rollout, { all }: SetsOf): boolean {
  return active(all).some((set) => (numberIn(set, DESIRED_REPLICAS) ?? replicas) !== replicas);
}

/** A set may keep its size here and still get the annotation of the size that it is sized for. */
export function proportionalSizes(rollout: Rollout, sets: SetsOf): Resizes {
  const only = activeOrLatest(sets);
  if (only) return sizeOf(only) === rollout.replicas ? [] : [[only, rollout.replicas]];
  if (isSaturated(rollout, sets.newSet)) return emptied(sets.oldSets);
  return rollout.isRolling ? spread(rollout, active(sets.all)) : [];
}

/** `FindActiveOrLatest`: the one set there is to scale; undefined when several are active. */
function activeOrLatest({ newSet, oldSets, all }: SetsOf): ReplicaSet | undefined {
  const running = active(all);
  if (running.length > 1) return undefined;
  return running[0] ?? newSet ?? [...oldSets].sort(byAge).at(-1);
}

/** Whether the new set has the Deployment's size, and all its pods are available. */
function isSaturated({ replicas }: Rollout, set: ReplicaSet | undefined): boolean {
  return (
    set !== undefined &&
    sizeOf(set) === replicas &&
    numberIn(set, DESIRED_REPLICAS) === replicas &&
    availableOf(set) === replicas
  );
}

function spread(rollout: Rollout, sets: ReplicaSet[]): Resizes {
  const allowed = rollout.replicas > 0 ? rollout.replicas + rollout.maxSurge : 0;
  const toAdd = allowed - totalSize(sets);
  // The biggest first; of equals the newer one gains first and the older one loses first.
  const ordered = [...sets].sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  const shares = ordered.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(rollout, set, toAdd, added);
    added += share;
    return share;
  });
  // The biggest set gets the remainder of rounding.
  return ordered.map((set, index) => {
    const share = (shares[index] ?? 0) + (index === 0 && toAdd !== 0 ? toAdd - added : 0);
    return [set, Math.max(0, sizeOf(set) + share)];
  });
}

/** `GetReplicaSetProportion` */
function proportion(rollout: Rollout, set: ReplicaSet, toAdd: number, added: number): number {
  if (sizeOf(set) === 0 || toAdd === added) return 0;
  const share = fraction(rollout, set);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fraction({ replicas, maxSurge, deployment }: Rollout, set: ReplicaSet): number {
  const size = sizeOf(set);
  if (replicas === 0) return -size;
  const before = numberIn(set, MAX_REPLICAS) || deployment.status?.replicas || 0;
  if (before === 0) return 0;
  const share = (size * (replicas + maxSurge)) / before;
  return (share < 0 ? -Math.round(-share) : Math.round(share)) - size;
}
