/** The state that one run of the Job controller decides on, and whether the Job has reached its end (`syncJob`). */
import type { Job, Pod } from '../../../kube/types.ts';
import { isActive, isTerminating } from '../common/pods.ts';
import type { View } from '../runtime/view/view.ts';
import { BackOff } from './back-off.ts';
import { type JobCondition, newCondition, trueCondition } from './conditions.ts';
import { judge, type Verdict } from './failure-policy.ts';
import { Indexes } from './indexes.ts';
import { isFailed, isTracked, type JobPod } from './pods.ts';

export interface Sync {
  readonly job: Job;
  /** All pods of the Job; of an Indexed one in the order of their indexes. */
  readonly pods: readonly JobPod[];
  readonly active: readonly JobPod[];
  readonly terminating: readonly JobPod[];
  /** How many pods, or indexes, have succeeded, and how many pods failed, those not yet counted included. */
  readonly succeeded: number;
  readonly failed: number;
  /** Of an Indexed Job. */
  readonly indexed?: IndexedSync;
  readonly backOff: BackOff;
  /** The verdict of the Job's policy on a pod that failed. */
  readonly verdict: (pod: JobPod) => Verdict;
  readonly now: number;
}

interface IndexedSync {
  readonly completions: number;
  /** As the status has them. */
  readonly counted: Indexes;
  readonly succeeded: Indexes;
  /** Where indexes have a limit of their own. */
  readonly failed?: Indexes;
  /** The pods that hold the failures of an index until its next pod is made. */
  readonly delayed: ReadonlyMap<number, JobPod>;
}

export function syncOf(job: Job, unsorted: readonly JobPod[], view: View, now: number, memo?: string): Sync {
  const pods = [...unsorted].sort(byIndex);
  const { spec, status } = job;
  const uncounted = status?.uncountedTerminatedPods;
  const verdict = verdicts(job, view);
  const completions = spec?.completionMode === 'Indexed' ? (spec.completions ?? 0) : undefined;
  const known = { succeeded: new Set(uncounted?.succeeded), failed: new Set(uncounted?.failed) };
  const isNew = (pod: JobPod, ofThese: ReadonlySet<string>) =>
    isTracked(pod) && !ofThese.has(pod.uid) && hasIndex(pod, completions);
  const newSucceeded = pods.filter((pod) => pod.pod.phase === 'Succeeded' && isNew(pod, known.succeeded));
  const newFailed = pods.filter((pod) => isFailed(job, pod) && isNew(pod, known.failed) && verdict(pod).counts);
  const active = pods.filter(isActive);
  const indexed = completions === undefined ? undefined : indexedSync(job, pods, active, completions, verdict);
  return {
    job,
    pods,
    active,
    terminating: pods.filter(isTerminating),
    succeeded:
      indexed?.succeeded.count ?? (status?.succeeded ?? 0) + newSucceeded.length + (uncounted?.succeeded?.length ?? 0),
    failed: (status?.failed ?? 0) + newFailed.length + (uncounted?.failed?.length ?? 0),
    ...(indexed ? { indexed } : {}),
    backOff: new BackOff(memo, job, pods, now),
    verdict,
    now,
  };
}

/** The interim condition with which the Job's end begins, or its last one where that was reached before. */
export function endOf(sync: Sync): JobCondition | undefined {
  const { job, indexed, now } = sync;
  const { spec } = job;
  const met = trueCondition(job, 'SuccessCriteriaMet');
  if (met) return met;
  const target = trueCondition(job, 'FailureTarget');
  if (target) return newCondition('Failed', 'True', target.reason ?? '', target.message ?? '', now);
  const fail = (reason: string, message: string) => newCondition('FailureTarget', 'True', reason, message, now);
  if (spec?.podFailurePolicy) {
    for (const pod of sync.pods) {
      const message = isFailed(job, pod) ? sync.verdict(pod).message : undefined;
      if (message !== undefined) return fail('PodFailurePolicy', message);
    }
  }
  if (sync.failed > (spec?.backoffLimit ?? 6) || restartsTooOften(sync)) {
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  if (untilDeadline(sync) === 0) return fail('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (!indexed) return undefined;
  const { failed } = indexed;
  if (failed && spec?.maxFailedIndexes !== undefined && failed.count > spec.maxFailedIndexes) {
    return fail('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (failed && failed.count > 0 && failed.count + indexed.succeeded.count >= indexed.completions) {
    return fail('FailedIndexes', 'Job has failed indexes');
  }
  const rule = successRule(job, indexed);
  if (rule === undefined) return undefined;
  return newCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', `Matched rules at index ${rule}`, now);
}

/** Milliseconds until the Job has been active for too long; undefined where it has no limit, or is suspended. */
export function untilDeadline({ job, now }: Sync): number | undefined {
  const { activeDeadlineSeconds, suspend } = job.spec ?? {};
  if (activeDeadlineSeconds === undefined || activeDeadlineSeconds === null || suspend) return undefined;
  const since = job.status?.startTime ? Date.parse(job.status.startTime) : now;
  return Math.max(0, since + Number(activeDeadlineSeconds) * 1000 - now);
}

/** Pods whose containers are started again by their node count by their restarts. */
function restartsTooOften({ job, pods }: Sync): boolean {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return false;
  const limit = job.spec.backoffLimit ?? 6;
  const running = pods.filter(({ pod }) => pod.phase === 'Running' || pod.phase === 'Pending');
  const restarts = running.reduce((sum, pod) => sum + pod.job.restarts, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** The first rule of the success policy that is met (KEP-3998; upstream `job/success_policy.go`). */
function successRule({ spec }: Job, { succeeded, completions }: IndexedSync): number | undefined {
  if (!spec?.successPolicy || succeeded.count === 0) return undefined;
  const at = spec.successPolicy.rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.count >= succeededCount;
    const required = Indexes.parse(succeededIndexes, completions);
    if (required.count === 0) return false;
    const met = required.countIn(succeeded);
    return met === required.count || (succeededCount !== undefined && met >= succeededCount);
  });
  return at < 0 ? undefined : at;
}

function indexedSync(
  job: Job,
  pods: readonly JobPod[],
  active: readonly JobPod[],
  completions: number,
  verdict: (pod: JobPod) => Verdict,
): IndexedSync {
  const { status, spec } = job;
  const counted = Indexes.parse(status?.completedIndexes, completions);
  const valid = pods.filter((pod) => isTracked(pod) && hasIndex(pod, completions));
  const succeeded = counted.with(indexesOf(valid.filter(({ pod }) => pod.phase === 'Succeeded')));
  const limit = spec?.backoffLimitPerIndex;
  if (limit === undefined || limit === null) return { completions, counted, succeeded, delayed: new Map() };
  const isIndexFailed = (pod: JobPod): boolean => {
    if (!isFailed(job, pod)) return false;
    const { action, counts } = verdict(pod);
    return action === 'FailIndex' || (counts && pod.job.failures >= limit);
  };
  const failed = Indexes.parse(status?.failedIndexes, completions).with(indexesOf(valid.filter(isIndexFailed)));
  const done = succeeded.with(failed).with(indexesOf(active));
  const delayed = new Map<number, JobPod>();
  for (const pod of valid) {
    const { index } = pod.job;
    if (index === undefined || !isFailed(job, pod) || done.has(index)) continue;
    const before = delayed.get(index);
    if (!before || isLaterFailure(pod, before)) delayed.set(index, pod);
  }
  return { completions, counted, succeeded, failed, delayed };
}

function isLaterFailure({ job: a }: JobPod, { job: b }: JobPod): boolean {
  return a.failures + a.ignoredFailures >= b.failures + b.ignoredFailures && a.finished >= b.finished;
}

export function indexesOf(pods: readonly JobPod[]): Indexes {
  return Indexes.of(pods.flatMap(({ job }) => job.index ?? []));
}

/** Whether the pod's index is one of the Job's; every pod of a Job that has none passes. */
export function hasIndex({ job }: JobPod, completions: number | undefined): boolean {
  return completions === undefined || (job.index !== undefined && job.index < completions);
}

function byIndex(a: JobPod, b: JobPod): number {
  return (a.job.index ?? -1) - (b.job.index ?? -1);
}

/** Whole pods are read once, and only where the Job has a policy. */
function verdicts({ spec }: Job, view: View): (pod: JobPod) => Verdict {
  const policy = spec?.podFailurePolicy;
  if (!policy) return () => ({ counts: true });
  const known = new Map<string, Verdict>();
  return ({ uid, namespace, name }) => {
    const before = known.get(uid);
    if (before) return before;
    const pod = view.get<Pod>('pods', namespace, name);
    const verdict = pod ? judge(policy, pod) : { counts: true };
    known.set(uid, verdict);
    return verdict;
  };
}
