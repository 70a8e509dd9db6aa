/** The Jobs of a CronJob: what is remembered of them, and how they are made and deleted. */
import { zoneOf } from '../../../kube/cron/zone.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import { measure } from '../../../kube/metrics/registry.ts';
import type { CronJob, Job } from '../../../kube/types.ts';
import { controllerRef, eventAbout } from '../common/controller-ref.ts';
import { trueCondition } from '../job/conditions.ts';
import type { Action } from '../runtime/plan.ts';
import { defineProjection, type Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';

export const JOBS = 'jobs.batch';
/** `batch/v1` CronJobScheduledTimestampAnnotation. */
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE = 60_000;

interface Facts {
  finished?: 'Complete' | 'Failed';
  /** Milliseconds since the epoch; absent where it has not begun. */
  started?: number;
  /** As the status has it. */
  completionTime?: string;
  /** The time of the schedule that it was made for, in milliseconds since the epoch; 0 for none. */
  scheduled: number;
}

export interface OwnJob extends Facts {
  readonly job: Projection;
}

export const jobEnds = defineProjection<Facts>({
  field: 'ends',
  resource: JOBS,
  compute(object) {
    const job = object as unknown as Job;
    const { startTime, completionTime } = job.status ?? {};
    const finished = (['Complete', 'Failed'] as const).find((type) => trueCondition(job, type));
    return {
      ...(finished ? { finished } : {}),
      ...(startTime ? { started: timeOf(startTime) } : {}),
      ...(completionTime ? { completionTime } : {}),
      scheduled: timeOf(job.metadata.annotations?.[SCHEDULED_AT]),
    };
  },
});

/** Those that the CronJob controls, by their names. */
export function jobsOf({ metadata }: CronJob, view: View): OwnJob[] {
  const own: OwnJob[] = [];
  for (const job of view.dependents(metadata.uid ?? '')) {
    const facts = jobEnds.of(job);
    if (facts && job.owner?.uid === metadata.uid) own.push({ ...facts, job });
  }
  return own.sort((a, b) => (a.job.name < b.job.name ? -1 : 1));
}

/** The finished Jobs that are more than their limits, the oldest first (`cleanupFinishedJobs`). */
export function surplus({ spec }: CronJob, jobs: readonly OwnJob[]): OwnJob[] {
  const oldest = (finished: OwnJob['finished'], limit: number | undefined): OwnJob[] => {
    const all = jobs.filter((own) => own.finished === finished);
    if (limit === undefined || all.length <= limit) return [];
    return all.sort(byStart).slice(0, all.length - limit);
  };
  return [
    ...oldest('Complete', spec?.successfulJobsHistoryLimit),
    ...oldest('Failed', spec?.failedJobsHistoryLimit),
  ].filter(({ job }) => !job.deleting);
}

/** Jobs that have not begun come last. */
function byStart(a: OwnJob, b: OwnJob): number {
  const { started: ofA = Number.MAX_SAFE_INTEGER } = a;
  const { started: ofB = Number.MAX_SAFE_INTEGER } = b;
  return ofA - ofB || (a.job.name < b.job.name ? -1 : 1);
}

/** One name for each time, so that no time has two Jobs. */
export function jobName({ metadata }: CronJob, time: number): string {
  return `${metadata.name}-${Math.floor(time / MINUTE)}`;
}

export function createJob(cronJob: CronJob, time: number, now: number): Action {
  const { metadata = {}, spec } = cronJob.spec?.jobTemplate ?? {};
  const owner = cronJob as unknown as KubeObject;
  const name = jobName(cronJob, time);
  const { labels, annotations } = metadata;
  // Times of creation are whole seconds.
  const skew = Math.floor(now / 1000) - time / 1000;
  return {
    do: 'create',
    resource: JOBS,
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name,
        namespace: cronJob.metadata.namespace,
        ...(labels ? { labels } : {}),
        annotations: { ...annotations, [SCHEDULED_AT]: zoneOf(cronJob.spec?.timeZone ?? '').rfc3339(time) },
        ownerReferences: [controllerRef(owner)],
      },
      spec,
    } as KubeObject,
    onDone: { event: eventAbout(owner, 'Normal', 'SuccessfulCreate', `Created job ${name}`) },
    onRefused: { event: eventAbout(owner, 'Warning', 'FailedCreate', 'Error creating job: ') },
    metrics: { done: [measure('cronjob_controller_job_creation_skew_duration_seconds', skew)] },
    // It is the CronJob's already, or another's: then it is left alone.
    ignore: ['AlreadyExists'],
  };
}

export function deleteJob(cronJob: CronJob, name: string, uid: string | undefined): Action {
  const owner = cronJob as unknown as KubeObject;
  const { namespace = '' } = cronJob.metadata;
  return {
    do: 'delete',
    target: { resource: JOBS, namespace, name, uid },
    propagationPolicy: 'Background',
    onDone: { event: eventAbout(owner, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`) },
    onRefused: { event: eventAbout(owner, 'Warning', 'FailedDelete', 'Deleted job: ') },
  };
}
