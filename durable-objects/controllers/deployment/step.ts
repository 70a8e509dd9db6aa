/**
 * One step of a rollout: the next state of the ReplicaSets and of the status (upstream `deployment_controller.go`,
 * syncDeployment).
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { ReplicaSet } from '../../../kube/types.ts';
import { isPod, isTerminal } from '../common/pods.ts';
import { same } from '../common/values.ts';
import { type Condition, findCondition, withCondition } from '../runtime/conditions.ts';
import type { Action, OnRefused, Plan } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { makeNewSet, sizedFor, syncedNewSet } from './new-replica-set.ts';
import {
  active,
  annotated,
  byRevision,
  REVISION,
  SETS,
  type SetsOf,
  setsOf,
  sizeOf,
  splitSets,
  totalOf,
} from './replica-sets.ts';
import { DEPLOYMENTS, deploymentEvent, NO_LIMIT, type Rollout } from './rollout.ts';
import { emptied, isScaling, proportionalSizes, type Resizes, rollingSizes } from './sizes.ts';
import {
  countStatus,
  type DeploymentStatus,
  isComplete,
  presentConditions,
  progressing,
  REASON,
  untilDeadline,
  withProgress,
} from './status.ts';

/** The decision about the sets. */
interface Decision {
  sets: SetsOf;
  resizes: Resizes;
  conditions: Condition[];
  /** Makes the new set. */
  create?: Action;
  /** The step of a rollout, whose progress is judged. */
  isRollout: boolean;
  cleansUp: boolean;
}

/** `sets` are the Deployment's own. */
export function planStep(rollout: Rollout, sets: readonly ReplicaSet[], view: View): Plan {
  const { deployment } = rollout;
  const found = splitSets(deployment, sets);
  const conditions = withNewSetFound(rollout, found, presentConditions(rollout));
  const still = { sets: found, resizes: [], conditions, isRollout: false, cleansUp: false };
  if (deployment.metadata.deletionTimestamp) return write(rollout, still);
  const isPaused = deployment.spec?.paused ?? false;
  if (isPaused || isScaling(rollout, found)) {
    return write(rollout, { ...still, resizes: proportionalSizes(rollout, found), cleansUp: isPaused });
  }
  const cleansUp = deployment.status !== undefined && isComplete(rollout, deployment.status);
  const decision = { ...still, isRollout: true, cleansUp };
  if (!rollout.isRolling) {
    const resizes = emptied(found.oldSets);
    if (resizes.length > 0 || oldPodsRun(found, view)) return write(rollout, { ...decision, resizes });
  }
  if (!found.newSet) return create(rollout, decision, view);
  const { newSet } = found;
  if (rollout.isRolling) return write(rollout, { ...decision, resizes: rollingSizes(rollout, found) });
  const isSized = sizeOf(newSet) === rollout.replicas;
  return write(rollout, { ...decision, resizes: isSized ? [] : [[newSet, rollout.replicas]] });
}

function create(rollout: Rollout, decision: Decision, view: View): Plan {
  const { deployment, deadlineMs } = rollout;
  const { namespace = '' } = deployment.metadata;
  const { collisionCount } = deployment.status ?? {};
  const { oldSets } = decision.sets;
  const made = makeNewSet(rollout, oldSets, collisionCount);
  const { name = '' } = made.metadata;
  // Another object has the name: the collision is counted, which makes another hash in the next run.
  const present = view.get<ReplicaSet>(SETS, namespace, name);
  if (present) {
    const wait = collisionWait(collisionCount, present, rollout.now);
    if (wait > 0) return { actions: [], requeueAfter: wait };
    const status = { ...deployment.status, collisionCount: (collisionCount ?? 0) + 1 };
    return { actions: [statusAction(rollout, status as DeploymentStatus, undefined)] };
  }
  const size = sizeOf(made);
  const message = `Scaled up replica set ${name} from 0 to ${size}`;
  const event = deploymentEvent(rollout, 'Normal', 'ScalingReplicaSet', message);
  const action: Action = {
    do: 'create',
    resource: SETS,
    object: made as unknown as KubeObject,
    onRefused: refused(rollout, name, decision.conditions),
    ...(size > 0 ? { onDone: { event } } : {}),
  };
  const sets = setsOf(made, oldSets);
  const created = progressing(rollout, 'True', REASON.created, `Created new replica set "${name}"`);
  return write(rollout, {
    ...decision,
    sets,
    resizes: rollout.isRolling ? rollingSizes(rollout, sets) : [],
    conditions: deadlineMs === undefined ? decision.conditions : withCondition(decision.conditions, created),
    create: action,
  });
}

/** Hashes collide once at most, by chance. */
const COLLISIONS_BY_CHANCE = 3;
const MAX_COLLISION_WAIT = 300_000;

/**
 * The milliseconds until another set is made. Where admission changes the template of each set that is made, none is ever the
 * Deployment's new one, and upstream makes them without end, many a second: here each comes later than the one before it.
 */
function collisionWait(collisions = 0, { metadata }: ReplicaSet, now: number): number {
  if (collisions < COLLISIONS_BY_CHANCE) return 0;
  const wait = Math.min(1000 * 2 ** (collisions - COLLISIONS_BY_CHANCE), MAX_COLLISION_WAIT);
  return Math.min(wait, timeOf(metadata.creationTimestamp) + wait - now);
}

/** The event and the condition for a refusal of the new set. */
function refused(rollout: Rollout, name: string, conditions: readonly Condition[]): OnRefused {
  const { deployment, deadlineMs } = rollout;
  const message = `Failed to create new replica set "${name}": `;
  const event = deploymentEvent(rollout, 'Warning', REASON.createError, message);
  if (deadlineMs === undefined) return { event };
  const object = { ...deployment, status: { ...deployment.status, conditions } } as unknown as KubeObject;
  const condition = progressing(rollout, 'False', REASON.createError, message);
  return { event, condition: { resource: DEPLOYMENTS, object, condition } };
}

function withNewSetFound(
  { deadlineMs, ...rollout }: Rollout,
  { newSet }: SetsOf,
  conditions: Condition[],
): Condition[] {
  if (!newSet || deadlineMs === undefined || findCondition(conditions, 'Progressing')) return conditions;
  const message = `Found new replica set "${newSet.metadata.name}"`;
  return withCondition(conditions, progressing({ deadlineMs, ...rollout }, 'True', REASON.found, message));
}

/** Recreate waits for the pods of old sets to be gone, or over. */
function oldPodsRun({ oldSets }: SetsOf, view: View): boolean {
  if (totalOf(oldSets, 'replicas') > 0) return true;
  return oldSets.some((set) =>
    view.dependents(set.metadata.uid ?? '').some((object) => isPod(object) && !isTerminal(object)),
  );
}

/** The decided sets and status, each written once. */
function write(rollout: Rollout, decision: Decision): Plan {
  const { sets, resizes, conditions, isRollout } = decision;
  const actions: Action[] = decision.create ? [decision.create] : [];
  const written = new Map<ReplicaSet, ReplicaSet>();
  for (const set of inOrder(sets.newSet, resizes)) {
    const isMade = set === sets.newSet && decision.create !== undefined;
    let next = set === sets.newSet && !isMade ? syncedNewSet(rollout, set, sets.oldSets) : set;
    const events: Action[] = [];
    for (const [, size] of resizes.filter(([resized]) => resized === set)) {
      if (size !== sizeOf(next)) events.push({ do: 'event', event: scaled(rollout, next, size) });
      next = sized(rollout, next, size);
    }
    written.set(set, next);
    if (next === set || isMade) continue;
    actions.push({ do: 'update', resource: SETS, object: next as unknown as KubeObject }, ...events);
  }
  const { deployment } = rollout;
  const all = setsOf(
    sets.newSet && written.get(sets.newSet),
    sets.oldSets.map((set) => written.get(set) ?? set),
  );
  if (decision.cleansUp) actions.push(...cleanUp(rollout, all.oldSets));
  const counted = countStatus(rollout, all, conditions);
  const status = isRollout ? withProgress(rollout, all, counted, conditions) : counted;
  const isSame = same('io.k8s.api.apps.v1.DeploymentStatus', deployment.status, status);
  const revision = all.newSet?.metadata.annotations?.[REVISION];
  const isRevisionNew = revision !== undefined && deployment.metadata.annotations?.[REVISION] !== revision;
  if (!isSame || isRevisionNew) actions.push(statusAction(rollout, status, revision));
  const requeueAfter = isRollout && isSame ? untilDeadline(rollout, status, conditions) : undefined;
  return requeueAfter === undefined ? { actions } : { actions, requeueAfter };
}

/** A new set that keeps its size is kept up to date first; sets that shrink make room for those that grow. */
function inOrder(newSet: ReplicaSet | undefined, resizes: Resizes): Set<ReplicaSet> {
  const resized = resizes.map(([set]) => set);
  const grows = new Set(resizes.filter(([set, size]) => size > sizeOf(set)).map(([set]) => set));
  return new Set([
    ...(newSet && !resized.includes(newSet) ? [newSet] : []),
    ...resized.filter((set) => !grows.has(set)),
    ...grows,
  ]);
}

/** The set with that size, and the Deployment's size that it was sized for; the same set where it has them. */
function sized(rollout: Rollout, set: ReplicaSet, size: number): ReplicaSet {
  const next = annotated(set, sizedFor(rollout));
  return sizeOf(set) === size ? next : { ...next, spec: { ...next.spec, replicas: size } as ReplicaSet['spec'] };
}

function scaled(rollout: Rollout, set: ReplicaSet, size: number) {
  const before = sizeOf(set);
  const way = before < size ? 'up' : 'down';
  const message = `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${size}`;
  return deploymentEvent(rollout, 'Normal', 'ScalingReplicaSet', message);
}

/** Old sets beyond `revisionHistoryLimit` go, the oldest first (`cleanupDeployment`). */
function cleanUp({ deployment }: Rollout, oldSets: readonly ReplicaSet[]): Action[] {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === null || limit === NO_LIMIT) return [];
  const alive = oldSets.filter((set) => !set.metadata.deletionTimestamp);
  const oldest = alive.sort(byRevision);
  return oldest
    .slice(0, Math.max(0, alive.length - limit))
    .filter(
      (set) =>
        (set.status?.replicas ?? 0) === 0 &&
        active([set]).length === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    )
    .map(({ metadata: { namespace = '', name = '', uid, resourceVersion } }) => ({
      do: 'delete',
      target: { resource: SETS, namespace, name, uid, resourceVersion },
      propagationPolicy: 'Background',
    }));
}

/**
 * The revision travels with the status, as upstream's: an update of the Deployment itself would be a new generation.
 */
function statusAction({ deployment }: Rollout, status: DeploymentStatus, revision: string | undefined): Action {
  const annotations = { ...deployment.metadata.annotations, [REVISION]: revision };
  const metadata = revision === undefined ? deployment.metadata : { ...deployment.metadata, annotations };
  return {
    do: 'update-status',
    resource: DEPLOYMENTS,
    object: { ...deployment, metadata, status } as unknown as KubeObject,
  };
}
