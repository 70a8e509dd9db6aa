/** Metrics of Jobs (upstream `job/metrics`). */
import { type Measurement, measure } from '../../../kube/metrics/registry.ts';
import type { Job } from '../../../kube/types.ts';
import type { Plan } from '../runtime/plan.ts';
import type { JobCondition, JobStatus } from './conditions.ts';
import { Indexes } from './indexes.ts';

/** Values of the label `action`. */
export type SyncAction = 'reconciling' | 'tracking' | 'pods_created' | 'pods_deleted';

function completionMode({ spec }: Job): string {
  return spec?.completionMode ?? 'NonIndexed';
}

/** One run (`job_syncs_total`). */
export function synced(job: Job, action: SyncAction): Plan['metrics'] {
  const mode = completionMode(job);
  return {
    done: [measure('job_controller_job_syncs_total', 1, action, mode, 'success')],
    refused: [measure('job_controller_job_syncs_total', 1, action, mode, 'error')],
  };
}

/** A status that counts more pods, or indexes, than the one before (`recordJobPodFinished`). */
export function podsFinished(job: Job, before: JobStatus | undefined, after: JobStatus): Measurement[] {
  const mode = completionMode(job);
  const isIndexed = mode === 'Indexed';
  const indexes = (text: string | undefined) => Indexes.parse(text, job.spec?.completions ?? 0).count;
  const succeeded = isIndexed
    ? indexes(after.completedIndexes) - indexes(before?.completedIndexes)
    : (after.succeeded ?? 0) - (before?.succeeded ?? 0);
  const failed = (after.failed ?? 0) - (before?.failed ?? 0);
  const failedIndexes = indexes(after.failedIndexes) - indexes(before?.failedIndexes);
  const limit = job.spec?.backoffLimitPerIndex === undefined ? 'global' : 'perIndex';
  return [
    measure('job_controller_job_pods_finished_total', succeeded, mode, 'succeeded'),
    measure('job_controller_job_pods_finished_total', failed, mode, 'failed'),
    ...(isIndexed ? [measure('job_controller_job_finished_indexes_total', succeeded, limit, 'succeeded')] : []),
    ...(isIndexed ? [measure('job_controller_job_finished_indexes_total', failedIndexes, limit, 'failed')] : []),
  ].filter(({ value }) => value > 0);
}

export function jobFinished(job: Job, { type, reason = '' }: JobCondition): Measurement {
  const result = type === 'Complete' ? 'succeeded' : 'failed';
  return measure('job_controller_jobs_finished_total', 1, completionMode(job), reason, result);
}

/** A failed pod to which a rule of its Job's policy applied. */
export function failureHandled(action: string): Measurement {
  return measure('job_controller_pod_failures_handled_by_failure_policy_total', 1, action);
}
