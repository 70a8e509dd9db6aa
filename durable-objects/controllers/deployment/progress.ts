/** Counts, conditions and the progress deadline (upstream `deployment/progress.go`). */
import { rfc3339 } from '../../../kube/machinery/time.ts';
import type { ReplicaSet } from '../../../kube/types.ts';
import { timeOf } from '../common/values.ts';
import { type Condition, findCondition, withCondition } from '../runtime/conditions.ts';
import { REASON } from './constants.ts';
import type { Sets } from './revisions.ts';
import { type DeploymentStatus, type Rollout, totalOf, totalSize } from './rollout.ts';

/** `calculateStatus`: counts, and whether enough is available. */
export function countStatus(rollout: Rollout, { newSet, all }: Sets): DeploymentStatus {
  const available = totalOf(all, 'availableReplicas');
  const enough = available >= rollout.replicas - rollout.maxUnavailable;
  const now = rfc3339(rollout.now);
  const conditions = withCondition(rollout.conditions, {
    type: 'Available',
    status: enough ? 'True' : 'False',
    lastUpdateTime: now,
    lastTransitionTime: now,
    reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
    message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
  });
  return {
    observedGeneration: rollout.deployment.metadata.generation,
    ...counts({
      replicas: totalOf(all, 'replicas'),
      updatedReplicas: newSet ? totalOf([newSet], 'replicas') : 0,
      readyReplicas: totalOf(all, 'readyReplicas'),
      availableReplicas: available,
      unavailableReplicas: Math.max(0, totalSize(all) - available),
    }),
    terminatingReplicas: totalOf(all, 'terminatingReplicas'),
    ...(rollout.collisionCount === undefined ? {} : { collisionCount: rollout.collisionCount }),
    conditions: conditions as DeploymentStatus['conditions'],
  };
}

/** Sets the condition Progressing by what has happened since the last status, and ReplicaFailure. */
export function judgeProgress(rollout: Rollout, sets: Sets, status: DeploymentStatus): void {
  const before = rollout.condition('Progressing');
  const done = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && before?.reason === REASON.available;
  if (!rollout.hasDeadline) drop(status, 'Progressing');
  else if (!done) judge(rollout, sets.newSet, status, before);
  const failure = [sets.newSet, ...sets.all].map((set) => failureOf(set)).find((found) => found !== undefined);
  drop(status, 'ReplicaFailure');
  if (failure) {
    const known = rollout.condition('ReplicaFailure');
    const isKnown = known?.status === failure.status && known.reason === failure.reason;
    conditionsOf(status).push(isKnown ? known : { ...failure, lastUpdateTime: failure.lastTransitionTime });
  }
}

function judge(
  rollout: Rollout,
  newSet: ReplicaSet | undefined,
  status: DeploymentStatus,
  before: Condition | undefined,
): void {
  const who = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${rollout.deployment.metadata.name}"`;
  const now = rfc3339(rollout.now);
  const progressing = (truth: string, reason: string, message: string): Condition => ({
    type: 'Progressing',
    status: truth,
    lastUpdateTime: now,
    lastTransitionTime: now,
    reason,
    message,
  });
  if (isComplete(rollout, status)) {
    set(status, progressing('True', REASON.available, `${who} has successfully progressed.`));
  } else if (hasProgressed(rollout.deployment.status, status)) {
    const condition = progressing('True', REASON.updated, `${who} is progressing.`);
    if (before?.status === 'True') condition.lastTransitionTime = before.lastTransitionTime;
    // The update time tells when progress was last made, so the condition is replaced though it says the same.
    drop(status, 'Progressing');
    conditionsOf(status).push(condition);
  } else if (hasTimedOut(rollout, before)) {
    set(status, progressing('False', REASON.timedOut, `${who} has timed out progressing.`));
  }
}

/** `DeploymentComplete` */
export function isComplete(rollout: Rollout, status: DeploymentStatus): boolean {
  const { replicas } = rollout;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas &&
    (status.observedGeneration ?? 0) >= (rollout.deployment.metadata.generation ?? 0)
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

function hasTimedOut(rollout: Rollout, condition: Condition | undefined): boolean {
  if (!condition || condition.reason === REASON.available) return false;
  if (condition.reason === REASON.timedOut) return true;
  return timeOf(condition.lastUpdateTime) + deadlineMs(rollout) < rollout.now;
}

/** `requeueStuckDeployment`: when the deadline must be looked at, in milliseconds from now. */
export function untilDeadline(rollout: Rollout, status: DeploymentStatus): number | undefined {
  const condition = rollout.condition('Progressing');
  if (!rollout.hasDeadline || !condition) return undefined;
  // With these reasons no passing of time changes the condition (`hasTimedOut`).
  if (condition.reason === REASON.timedOut || condition.reason === REASON.available) return undefined;
  if (isComplete(rollout, status)) return undefined;
  // One second more than the deadline: times are kept in whole seconds.
  return Math.max(1000, timeOf(condition.lastUpdateTime) + deadlineMs(rollout) - rollout.now + 1000);
}

function deadlineMs(rollout: Rollout): number {
  return (rollout.deployment.spec?.progressDeadlineSeconds ?? 600) * 1000;
}

function failureOf(set: ReplicaSet | undefined): Condition | undefined {
  return findCondition(set?.status?.conditions as Condition[] | undefined, 'ReplicaFailure');
}

function conditionsOf(status: DeploymentStatus): Condition[] {
  return status.conditions as unknown as Condition[];
}

function set(status: DeploymentStatus, condition: Condition): void {
  status.conditions = withCondition(conditionsOf(status), condition) as DeploymentStatus['conditions'];
}

function drop(status: DeploymentStatus, type: string): void {
  status.conditions = conditionsOf(status).filter((item) => item.type !== type) as DeploymentStatus['conditions'];
}

/** Zeros are left out, as Go's omitempty does. */
function counts(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== 0));
}
