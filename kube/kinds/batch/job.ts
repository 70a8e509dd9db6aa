import type { Job } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { humanDuration, since } from '../columns/human-duration.ts';
import { defineKind } from '../define.ts';

function has(job: Job, type: string): boolean {
  return job.status?.conditions?.find((condition) => condition.type === type)?.status === 'True';
}

function status(job: Job): string {
  if (has(job, 'Complete')) return 'Complete';
  if (has(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp) return 'Terminating';
  if (has(job, 'Suspended')) return 'Suspended';
  if (has(job, 'FailureTarget')) return 'FailureTarget';
  return has(job, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (typeof spec?.completions === 'number') return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Job, now: number): string {
  if (!status?.startTime) return '';
  if (!status.completionTime) return since(status.startTime, now);
  return humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime));
}

export const job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  scope: 'Namespaced',
  support: 'stored',
  columns: [
    nameColumn,
    column('Status', 'How the job is going.', status),
    column('Completions', 'How many pods succeeded, of how many have to.', completions),
    column('Duration', 'How long it took, or has taken so far.', duration),
    ageColumn,
    ...containerColumns<Job>(({ spec }) => spec?.template?.spec?.containers),
    selectorColumn<Job>(({ spec }) => spec?.selector),
  ],
  subresources: { status: true },
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
});
