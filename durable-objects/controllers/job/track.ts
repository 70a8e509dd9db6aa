/**
 * Counts pods that have ended, each once (KEP-2307; upstream `trackJobStatusAndRemoveFinalizers`). A pod's uid is first
 * written into the status, then its finalizer is removed, and then the uid is exchanged for one more in the count. Should
 * the object die in between, the next run carries on: a pod with the finalizer has not been counted, and an uncounted
 * uid without such a pod is to be.
 */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Job } from '../../../kube/types.ts';
import { eventAbout } from '../common/controller-ref.ts';
import { same } from '../common/values.ts';
import type { Action } from '../runtime/plan.ts';
import { ensured, type JobCondition, type JobStatus, newCondition, trueCondition } from './conditions.ts';
import { Indexes } from './indexes.ts';
import { failureHandled, jobFinished, podsFinished } from './metrics.ts';
import { isFailed, isTracked, type JobPod, untrack } from './pods.ts';
import { hasIndex, type Sync } from './sync.ts';

const JOBS = 'jobs.batch';
/** upstream's MaxUncountedPods: the status and a run stay small. */
const MAX_UNCOUNTED = 500;

interface Uncounted {
  succeeded: string[];
  failed: string[];
}

/**
 * The writes of the status with the removal of finalizers between them. `status` has the counts of active, ready and
 * terminating pods, and `end` the condition with which the Job's end begins or has begun.
 */
export function track(sync: Sync, status: JobStatus, end: JobCondition | undefined): Action[] {
  const { job } = sync;
  const tracked = new Set(sync.pods.filter(isTracked).map(({ uid }) => uid));
  const before = counted(status, uncountedOf(job), tracked);
  const { removed, uncounted, newIndexes, isAll } = collect(sync, before.uncounted, end);
  const first: JobStatus = {
    ...before.status,
    ...indexCounts(sync, newIndexes),
    conditions: interimConditions(job, before.status, end),
    uncountedTerminatedPods: shown(uncounted),
  };
  for (const { uid } of removed) tracked.delete(uid);
  const after = counted(first, uncounted, tracked);
  const isDone = isAll && isCounted(after.uncounted) && (status.terminating ?? 0) === 0;
  const isOver = end !== undefined && isDone && mayFinish(job);
  const final = isOver ? finalCondition(sync, end) : undefined;
  const last: JobStatus = {
    ...after.status,
    uncountedTerminatedPods: shown(after.uncounted),
    ...(final ? finished(first, final) : {}),
  };
  return [
    ...written(sync, job.status, first),
    ...removed.map((pod) => untracked(sync, pod)),
    ...written(sync, first, last, final),
    ...(final ? events(sync, last, final) : []),
  ];
}

/** The pods whose finalizers go, and the uids to count for them. */
function collect(sync: Sync, before: Uncounted, end: JobCondition | undefined) {
  const { job, indexed } = sync;
  const uncounted = { succeeded: [...before.succeeded], failed: [...before.failed] };
  const newIndexes: number[] = [];
  const removed: JobPod[] = [];
  for (const pod of sync.pods) {
    if (!isTracked(pod) || !mayUntrack(sync, pod, end)) continue;
    if (newIndexes.length + uncounted.succeeded.length + uncounted.failed.length >= MAX_UNCOUNTED) {
      return { removed, uncounted, newIndexes, isAll: false };
    }
    removed.push(pod);
    const isKnownFailed = uncounted.failed.includes(pod.uid);
    if (pod.pod.phase === 'Succeeded' && !isKnownFailed) {
      if (indexed) {
        const { index } = pod.job;
        const isNew = hasIndex(pod, indexed.completions) && index !== undefined && !indexed.counted.has(index);
        if (isNew) newIndexes.push(index);
      } else if (!uncounted.succeeded.includes(pod.uid)) uncounted.succeeded.push(pod.uid);
    } else if (isFailed(job, pod) || (end !== undefined && end.type !== 'SuccessCriteriaMet')) {
      // Once the Job has failed, every pod that has not succeeded has, too.
      const counts = !isKnownFailed && hasIndex(pod, indexed?.completions) && sync.verdict(pod).counts;
      if (counts) uncounted.failed.push(pod.uid);
    }
  }
  return { removed, uncounted, newIndexes, isAll: true };
}

function untracked({ job, verdict }: Sync, pod: JobPod): Action {
  const action = isFailed(job, pod) ? verdict(pod).action : undefined;
  return action === undefined ? untrack(pod) : { ...untrack(pod), metrics: { done: [failureHandled(action)] } };
}

/** A pod that holds the failures of its index keeps its finalizer until the next pod of the index is there. */
function mayUntrack({ job, indexed }: Sync, pod: JobPod, end: JobCondition | undefined): boolean {
  if (job.metadata.deletionTimestamp || end || pod.pod.phase === 'Succeeded') return true;
  if (!isFailed(job, pod)) return false;
  return pod.job.index === undefined || indexed?.delayed.get(pod.job.index)?.uid !== pod.uid;
}

/** Uids of pods that no longer have the finalizer become counts. */
function counted(status: JobStatus, { succeeded, failed }: Uncounted, tracked: ReadonlySet<string>) {
  const uncounted = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  };
  const next = {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - uncounted.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - uncounted.failed.length,
  };
  return { status: next, uncounted };
}

/** An Indexed Job counts the indexes that have succeeded, not the pods. */
function indexCounts({ indexed }: Sync, newIndexes: readonly number[]): Partial<JobStatus> {
  if (!indexed) return {};
  const succeeded = indexed.succeeded.with(Indexes.of(newIndexes));
  return {
    succeeded: succeeded.count,
    completedIndexes: String(succeeded),
    ...(indexed.failed ? { failedIndexes: String(indexed.failed) } : {}),
  };
}

function interimConditions(job: Job, status: JobStatus, end: JobCondition | undefined): JobStatus['conditions'] {
  const conditions = status.conditions ?? [];
  const isNew = end && end.type !== 'Failed' && !trueCondition(job, end.type as 'SuccessCriteriaMet');
  return [...(isNew ? [...conditions, end] : conditions)];
}

/** The API refuses the end of a Job without a start, as suspended ones are, and the Job ends when it goes on. */
function mayFinish({ spec, status }: Job): boolean {
  return status?.startTime !== undefined || (spec?.suspend === true && spec.completions === 0);
}

/** The condition of the Job's end, when it is reached. */
function finalCondition({ now }: Sync, { type, reason = '', message = '' }: JobCondition): JobCondition {
  return newCondition(type === 'SuccessCriteriaMet' ? 'Complete' : 'Failed', 'True', reason, message, now);
}

function finished({ conditions = [] }: JobStatus, final: JobCondition): Partial<JobStatus> {
  return {
    conditions: [...ensured(conditions, final)],
    ...(final.type === 'Complete' ? { completionTime: final.lastTransitionTime } : {}),
  };
}

function events(sync: Sync, { succeeded = 0 }: JobStatus, final: JobCondition): Action[] {
  const job = sync.job as unknown as KubeObject;
  const { type, reason = '', message = '' } = final;
  if (type === 'Failed') return [{ do: 'event', event: eventAbout(job, 'Warning', reason, message) }];
  const { completions } = sync.job.spec ?? {};
  const isTooMany = completions !== undefined && completions !== null && succeeded > completions;
  const tooMany = 'Too many succeeded pods running after completion count reached';
  return [
    ...(isTooMany
      ? [{ do: 'event' as const, event: eventAbout(job, 'Warning', 'TooManySucceededPods', tooMany) }]
      : []),
    { do: 'event', event: eventAbout(job, 'Normal', 'Completed', 'Job completed') },
  ];
}

function written({ job }: Sync, before: JobStatus | undefined, status: JobStatus, final?: JobCondition): Action[] {
  if (same('io.k8s.api.batch.v1.JobStatus', before, status)) return [];
  const object = { ...job, status } as unknown as KubeObject;
  const done = [...podsFinished(job, before, status), ...(final ? [jobFinished(job, final)] : [])];
  return [{ do: 'update-status', resource: JOBS, object, metrics: { done } }];
}

function uncountedOf({ status }: Job): Uncounted {
  const { succeeded = [], failed = [] } = status?.uncountedTerminatedPods ?? {};
  return { succeeded: [...succeeded], failed: [...failed] };
}

function isCounted({ succeeded, failed }: Uncounted): boolean {
  return succeeded.length + failed.length === 0;
}

function shown({ succeeded, failed }: Uncounted): JobStatus['uncountedTerminatedPods'] {
  return { ...(succeeded.length > 0 ? { succeeded } : {}), ...(failed.length > 0 ? { failed } : {}) };
}
