/** A Deployment whose size changed (or that is paused): sets are scaled in proportion (upstream `deployment/sync.go`). */
import type { ReplicaSet } from '../../../kube/types.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS } from './constants.ts';
import type { Sets } from './revisions.ts';
import { active, byAge, type Rollout, sizeOf, totalSize } from './rollout.ts';

/** `isScalingEvent`: an active set was sized for another number of replicas. */
export function isScaling(rollout: Rollout, sets: Sets): boolean {
  return active(sets.all).some((set) => {
    const desired = numberIn(set, DESIRED_REPLICAS);
    return desired !== undefined && desired !== rollout.replicas;
  });
}

export function scaleInProportion(rollout: Rollout, sets: Sets): void {
  const only = activeOrLatest(sets);
  if (only) {
    if (sizeOf(only) !== rollout.replicas) rollout.resize(only, rollout.replicas);
    return;
  }
  if (isSaturated(rollout, sets.newSet)) {
    for (const set of active(sets.oldSets).sort(byAge)) rollout.scale(set, 0);
    return;
  }
  if (rollout.isRolling) spread(rollout, active(sets.all));
}

/** `FindActiveOrLatest`: the one set there is to scale; undefined when several are active. */
function activeOrLatest({ newSet, oldSets, all }: Sets): ReplicaSet | undefined {
  const running = active(all);
  if (running.length > 1) return undefined;
  return running[0] ?? newSet ?? [...oldSets].sort(byAge).at(-1);
}

/** The new set is all that should run, and it all runs. */
function isSaturated(rollout: Rollout, set: ReplicaSet | undefined): boolean {
  if (!set) return false;
  const desired = numberIn(set, DESIRED_REPLICAS);
  return (
    desired !== undefined &&
    sizeOf(set) === rollout.replicas &&
    desired === rollout.replicas &&
    (set.status?.availableReplicas ?? 0) === rollout.replicas
  );
}

function spread(rollout: Rollout, sets: ReplicaSet[]): void {
  const allowed = rollout.replicas > 0 ? rollout.replicas + rollout.maxSurge : 0;
  const toAdd = allowed - totalSize(sets);
  // The biggest first; of equals the newer one gains first and the older one loses first.
  sets.sort((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  const sizes = sets.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(rollout, set, toAdd, added);
    added += share;
    return sizeOf(set) + share;
  });
  sets.forEach((set, index) => {
    const leftover = index === 0 && toAdd !== 0 ? toAdd - added : 0;
    rollout.resize(set, Math.max(0, (sizes[index] ?? 0) + leftover));
  });
}

/** `GetReplicaSetProportion` */
function proportion(rollout: Rollout, set: ReplicaSet, toAdd: number, added: number): number {
  if (sizeOf(set) === 0 || toAdd === added) return 0;
  const share = fraction(rollout, set);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fraction(rollout: Rollout, set: ReplicaSet): number {
  const size = sizeOf(set);
  if (rollout.replicas === 0) return -size;
  const before = numberIn(set, MAX_REPLICAS) || rollout.deployment.status?.replicas || 0;
  if (before === 0) return 0;
  const share = (size * (rollout.replicas + rollout.maxSurge)) / before;
  return (share < 0 ? -Math.round(-share) : Math.round(share)) - size;
}

function numberIn(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  const value = text === undefined ? Number.NaN : Number.parseInt(text, 10);
  return Number.isNaN(value) ? undefined : value;
}
