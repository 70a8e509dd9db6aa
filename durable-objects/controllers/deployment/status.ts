/** The status of a Deployment: counts, conditions and the progress deadline (upstream `deployment/progress.go`). */
import { rfc3339, timeOf } from '../../../kube/machinery/time.ts';
import type { Deployment, ReplicaSet } from '../../../kube/types.ts';
import { type Condition, findCondition, withCondition, withoutCondition } from '../runtime/conditions.ts';
import { type SetsOf, totalOf, totalSize } from './replica-sets.ts';
import type { Rollout } from './rollout.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;

/** Reasons of the condition Progressing. */
export const REASON = {
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  updated: 'ReplicaSetUpdated',
  available: 'NewReplicaSetAvailable',
  createError: 'ReplicaSetCreateError',
  timedOut: 'ProgressDeadlineExceeded',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
} as const;

export function progressing({ now }: Rollout, status: string, reason: string, message: string): Condition {
  const time = rfc3339(now);
  return { type: 'Progressing', status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** The present conditions, and whether the Deployment was paused or resumed since (`checkPausedConditions`). */
export function presentConditions(rollout: Rollout): Condition[] {
  const { deployment, deadlineMs } = rollout;
  const conditions = (deployment.status?.conditions ?? []) as Condition[];
  const reason = findCondition(conditions, 'Progressing')?.reason;
  if (deployment.metadata.deletionTimestamp || deadlineMs === undefined || reason === REASON.timedOut)
    return conditions;
  const paused = deployment.spec?.paused ?? false;
  if (paused === (reason === REASON.paused)) return conditions;
  const condition = paused
    ? progressing(rollout, 'Unknown', REASON.paused, 'Deployment is paused')
    : progressing(rollout, 'Unknown', REASON.resumed, 'Deployment is resumed');
  return withCondition(conditions, condition);
}

/** `calculateStatus`: counts, and whether enough is available. */
export function countStatus(
  { deployment, replicas, maxUnavailable, now }: Rollout,
  { newSet, all }: SetsOf,
  present: readonly Condition[],
): DeploymentStatus {
  const available = totalOf(all, 'availableReplicas');
  const enough = available >= replicas - maxUnavailable;
  const time = rfc3339(now);
  const conditions = withCondition(present, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    lastUpdateTime: time,
    lastTransitionTime: time,
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  });
  const { collisionCount } = deployment.status ?? {};
  return {
    observedGeneration: deployment.metadata.generation,
    ...withoutZeros({
      replicas: totalOf(all, 'replicas'),
      updatedReplicas: newSet ? totalOf([newSet], 'replicas') : 0,
      readyReplicas: totalOf(all, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, totalSize(all) - available),
    }),
    terminatingReplicas: totalOf(all, 'terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: conditions as DeploymentStatus['conditions'],
  };
}

/** The status with the conditions Progressing, from the changes since the last one, and ReplicaFailure. */
export function withProgress(
  rollout: Rollout,
  { newSet, all }: SetsOf,
  status: DeploymentStatus,
  present: readonly Condition[],
): DeploymentStatus {
  const before = findCondition(present, 'Progressing');
  const isAllNew = (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  const isDone = isAllNew && before?.reason === REASON.available && !isOfAnother(rollout, newSet, status, before);
  let conditions = (status.conditions ?? []) as Condition[];
  if (rollout.deadlineMs === undefined) conditions = withoutCondition(conditions, 'Progressing');
  else if (!isDone) conditions = judge(rollout, newSet, { ...status }, conditions, before);
  const failure = [newSet, ...all].map(failureOf).find((found) => found !== undefined);
  conditions = failure
    ? withCondition(conditions, { ...failure, lastUpdateTime: failure.lastTransitionTime })
    : withoutCondition(conditions, 'ReplicaFailure');
  return { ...status, conditions: conditions as DeploymentStatus['conditions'] };
}

/**
 * The condition tells of a set that was rolled back from. Upstream sees the first pods of the present set beside those
 * of the other, which is progress; here both may have changed by the time of a look.
 */
function isOfAnother(
  { isRolling }: Rollout,
  newSet: ReplicaSet | undefined,
  { updatedReplicas = 0 }: DeploymentStatus,
  { message = '' }: Condition,
): boolean {
  return isRolling && updatedReplicas > 0 && !message.startsWith(`${subjectOf(newSet)} `);
}

function subjectOf(set: ReplicaSet | undefined): string {
  return `ReplicaSet "${set?.metadata.name}"`;
}

function judge(
  rollout: Rollout,
  newSet: ReplicaSet | undefined,
  status: DeploymentStatus,
  conditions: readonly Condition[],
  before: Condition | undefined,
): Condition[] {
  const { deployment } = rollout;
  const subject = newSet ? subjectOf(newSet) : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(rollout, status)) {
    const condition = progressing(rollout, 'True', REASON.available, `${subject} has successfully progressed.`);
    if (before?.reason !== REASON.available || !isOfAnother(rollout, newSet, status, before)) {
      return withCondition(conditions, condition);
    }
    condition.lastTransitionTime = before.lastTransitionTime;
    return [...withoutCondition(conditions, 'Progressing'), condition];
  }
  if (hasProgressed(deployment.status, status)) {
    const condition = progressing(rollout, 'True', REASON.updated, `${subject} is progressing.`);
    if (before?.status === 'True') condition.lastTransitionTime = before.lastTransitionTime;
    // The update time tells when progress was last made, so the condition is replaced though it says the same.
    return [...withoutCondition(conditions, 'Progressing'), condition];
  }
  if (!hasTimedOut(rollout, before)) return [...conditions];
  const message = `${subject} has timed out progressing.`;
  return withCondition(conditions, progressing(rollout, 'False', REASON.timedOut, message));
}

/** `DeploymentComplete` */
export function isComplete({ replicas, deployment }: Rollout, status: DeploymentStatus): boolean {
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function hasTimedOut({ now, deadlineMs = 0 }: Rollout, condition: Condition | undefined): boolean {
  if (!condition || condition.reason === REASON.available) return false;
  if (condition.reason === REASON.timedOut) return true;
  return timeOf(condition.lastUpdateTime) + deadlineMs < now;
}

/** `requeueStuckDeployment`: the time until the deadline must be looked at, in milliseconds. */
export function untilDeadline(
  rollout: Rollout,
  status: DeploymentStatus,
  present: readonly Condition[],
): number | undefined {
  const { deadlineMs, now } = rollout;
  const condition = findCondition(present, 'Progressing');
  if (deadlineMs === undefined || !condition) return undefined;
  // With these reasons no passing of time changes the condition (`hasTimedOut`).
  if (condition.reason === REASON.timedOut || condition.reason === REASON.available) return undefined;
  if (isComplete(rollout, status)) return undefined;
  // One second more than the deadline: times are kept in whole seconds.
  return Math.max(1000, timeOf(condition.lastUpdateTime) + deadlineMs - now + 1000);
}

function failureOf(set: ReplicaSet | undefined): Condition | undefined {
  return findCondition(set?.status?.conditions as Condition[] | undefined, 'ReplicaFailure');
}

/** As Go's omitempty does. */
function withoutZeros(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}
