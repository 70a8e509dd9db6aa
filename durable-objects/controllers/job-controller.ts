/** job-controller (upstream `pkg/controller/job/job_controller.go`): pods that run to their end, each counted once. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { selectorFromObject } from '../../kube/machinery/selectors/labels.ts';
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Job } from '../../kube/types.ts';
import { adoptersOf, claim, eventAbout } from './common/controller-ref.ts';
import { deletePod } from './common/pod-control.ts';
import { orphanPods, podFacts, podLabels } from './common/pods.ts';
import { jobSelector } from './common/selectors.ts';
import { ensured, isFinished, type JobCondition, type JobStatus, newCondition } from './job/conditions.ts';
import { type Managed, manage } from './job/manage.ts';
import { type SyncAction, synced } from './job/metrics.ts';
import { isJobPod, isTracked, JOB_RETRIES, type JobPod, jobPodFacts, TRACKING, untrack } from './job/pods.ts';
import { endOf, type Sync, syncOf, untilDeadline } from './job/sync.ts';
import { track } from './job/track.ts';
import { defineController } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const JOBS = 'jobs.batch';
const NOTHING: Managed = { creates: [], deletes: [] };

export const jobController = defineController({
  name: 'job-controller',
  for: JOBS,
  owns: ['pods'],
  projections: [jobSelector, podFacts, podLabels, jobPodFacts],
  indexes: [orphanPods],
  watches: [{ resource: 'pods', map: adoptersOf(JOBS) }],
  retries: JOB_RETRIES,
  reconcile,
});

function reconcile(key: Key, view: View, now: number, memo?: string): Plan {
  const { namespace, name } = parseKey(key);
  const job = view.get<Job>(JOBS, namespace, name);
  if (!job || isManagedByAnother(job)) return { actions: [] };
  const owned = view.dependents(job.metadata.uid ?? '').filter(isJobPod);
  // Pods that came to their end after the Job did are let go.
  if (isFinished(job)) return { actions: owned.filter(isTracked).map(untrack), parallel: true };
  const selector = selectorFromObject(job.spec?.selector as never);
  const matches = ({ labels }: { labels: Readonly<Record<string, string>> }) => selector.matches(labels);
  const { claimed, actions } = claim(
    job as unknown as KubeObject,
    owned,
    view.index(orphanPods, namespace),
    matches,
    TRACKING,
  );
  // Adopted pods are the Job's from the next run on, when the view knows them as such.
  if (actions.length > 0) return { actions, parallel: true, ...(memo ? { requeueAfter: 0, memo } : {}) };
  const started = job.status?.startTime || job.spec?.suspend ? job : withStart(job, now);
  return run(syncOf(started, claimed.filter(isJobPod), view, now, memo));
}

function isManagedByAnother({ spec }: Job): boolean {
  return spec?.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller';
}

function withStart(job: Job, now: number): Job {
  return { ...job, status: { ...job.status, startTime: rfc3339(now) } };
}

function run(sync: Sync): Plan {
  const { job, active } = sync;
  const owner = job as unknown as KubeObject;
  const end = endOf(sync);
  const isManaged = end === undefined && !job.metadata.deletionTimestamp;
  const managed = isManaged ? manage(sync) : NOTHING;
  const ended = end === undefined ? [] : active;
  const completed = end ?? completion(sync, managed);
  const status = withCounts(sync, [...ended, ...managed.deletes]);
  const suspension = isManaged && completed === undefined ? suspended(sync, status) : undefined;
  const kept = completed === undefined ? sync.backOff.plan : undefined;
  const waits = [managed.wait, end === undefined ? untilDeadline(sync) : undefined, kept?.requeueAfter].filter(
    (wait) => wait !== undefined,
  );
  return {
    // Pods that are too many lose their finalizers first, so that none of them counts as failed.
    apart: managed.deletes.map((pod) => [...(isTracked(pod) ? [untrack(pod)] : []), deletePod(owner, pod)]),
    actions: [
      ...ended.map((pod) => deletePod(owner, pod)),
      ...(suspension?.events ?? []),
      ...track(sync, suspension?.status ?? status, completed),
      ...managed.creates,
    ],
    metrics: synced(job, isManaged ? syncAction(sync, managed) : 'reconciling'),
    parallel: true,
    ...(waits.length > 0 ? { requeueAfter: Math.min(...waits) } : {}),
    ...(kept ? { memo: kept.memo } : {}),
  };
}

function syncAction({ job }: Sync, { creates, deletes }: Managed): SyncAction {
  if (deletes.length > 0 || job.spec?.suspend) return 'pods_deleted';
  return creates.length > 0 ? 'pods_created' : 'tracking';
}

/** All that was asked for has succeeded, and no pod runs any more, or is about to. */
function completion({ job, succeeded, active, now }: Sync, { creates, deletes }: Managed): JobCondition | undefined {
  const { completions } = job.spec ?? {};
  const least = completions === undefined || completions === null ? 1 : completions;
  if (succeeded < least || active.length - deletes.length + creates.length > 0) return undefined;
  const message = 'Reached expected number of succeeded pods';
  return newCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', message, now);
}

/** `deleted`: active pods that this run deletes. */
function withCounts({ job, active, terminating }: Sync, deleted: readonly JobPod[]): JobStatus {
  const left = active.filter((pod) => !deleted.includes(pod));
  const { active: _, ...status } = job.status ?? {};
  return {
    ...status,
    ...(left.length > 0 ? { active: left.length } : {}),
    ready: left.filter(({ pod }) => pod.ready).length,
    terminating: terminating.length + deleted.length,
  };
}

/** The condition Suspended as the spec has it, with an event where it turns. A Job that goes on starts anew. */
function suspended({ job, now }: Sync, status: JobStatus): { status: JobStatus; events: Action[] } | undefined {
  const isSuspended = job.spec?.suspend ?? false;
  const [reason, message] = isSuspended ? ['Suspended', 'Job suspended'] : ['Resumed', 'Job resumed'];
  const wanted = newCondition('Suspended', isSuspended ? 'True' : 'False', `Job${reason}`, message, now);
  const before = status.conditions ?? [];
  const conditions = ensured(before, wanted);
  if (conditions === before) return undefined;
  const { startTime: _, ...unstarted } = status;
  const startTime = isSuspended ? {} : { startTime: rfc3339(now) };
  return {
    status: { ...unstarted, ...startTime, conditions: [...conditions] },
    events: [{ do: 'event', event: eventAbout(job as unknown as KubeObject, 'Normal', reason, message) }],
  };
}
