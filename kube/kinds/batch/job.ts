import type { Job, JobSpec } from '../../types.ts';
import { ageColumn, column, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { humanDuration, since } from '../columns/human-duration.ts';
import { applyPodTemplateDefaults } from '../core/pod-spec/defaults.ts';
import { defineKind } from '../define.ts';
import { validateJobStatusUpdate } from './job-status.ts';
import { validateJob, validateJobUpdate } from './job-validation.ts';
import { jobWarnings } from './job-warnings.ts';

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

/** The rules of Jobs and, but for those over several fields, of the template in a CronJob. */
export function applyJobSpecDefaults(spec: JobSpec): void {
  applyPodTemplateDefaults(spec.template);
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True';
  }
}

const MAX_INT32 = 2 ** 31 - 1;

/** A job without labels shares its template's, so that it gets those that are generated, too. */
function applyLabels({ metadata, spec }: Job): void {
  const labels = spec?.template?.metadata?.labels;
  if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = labels;
}

function applyDefaults(job: Job): void {
  job.spec ??= {} as JobSpec;
  const { spec } = job;
  spec.template ??= {};
  if (spec.parallelism === undefined) spec.completions ??= 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32;
  applyLabels(job);
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
  applyJobSpecDefaults(spec);
}

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

/** A job's pods are told apart by its uid, unless its author chose a selector (`generateSelector`). */
function prepareForCreate(job: Job): void {
  job.status = {};
  const { spec, metadata } = job;
  if (!spec?.template || spec.manualSelector) return;
  const uid = metadata.uid ?? '';
  const own = {
    'controller-uid': uid,
    'job-name': metadata.name ?? '',
    [CONTROLLER_UID]: uid,
    'batch.kubernetes.io/job-name': metadata.name ?? '',
  };
  spec.template.metadata ??= {};
  spec.template.metadata.labels ??= {};
  const { labels } = spec.template.metadata;
  for (const [key, value] of Object.entries(own)) labels[key] ??= value;
  spec.selector ??= {};
  spec.selector.matchLabels = { [CONTROLLER_UID]: uid, ...spec.selector.matchLabels };
  applyLabels(job);
}

export const job = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generation: true,
  defaultGarbageCollectionPolicy: 'OrphanDependents',
  orphanWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
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
  unknownField: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  strategy: {
    applyDefaults,
    prepareForCreate,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    validateStatusUpdate: validateJobStatusUpdate,
    warnings: jobWarnings,
  },
});
