import type { CronJob } from '../../types.ts';
import { ageColumn, column, countColumn, nameColumn } from '../columns/column.ts';
import { containerColumns, selectorColumn } from '../columns/containers.ts';
import { since } from '../columns/human-duration.ts';
import { NONE, UNSET } from '../columns/text.ts';
import { hostNameWarnings, isNewGeneration } from '../core/pod-spec/warnings.ts';
import { defineKind } from '../define.ts';
import { withStatus } from '../initial-status.ts';
import { validateCronJob } from './cron-job-validation.ts';
import { applyJobSpecDefaults } from './job.ts';
import { jobSpecWarnings } from './job-warnings.ts';

function applyDefaults({ spec }: CronJob): void {
  if (!spec) return;
  spec.concurrencyPolicy ||= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  if (spec.jobTemplate) spec.jobTemplate.metadata ??= {};
  if (spec.jobTemplate?.spec) applyJobSpecDefaults(spec.jobTemplate.spec);
}

function warnings(next: CronJob, old: CronJob | undefined): string[] {
  // Upstream's path names the spec twice.
  const timeZone =
    old && next.spec?.schedule?.includes('TZ')
      ? [
          'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
        ]
      : [];
  return [
    ...(old ? [] : hostNameWarnings(next.metadata)),
    ...(isNewGeneration(next, old) ? jobSpecWarnings(next.spec?.jobTemplate?.spec, 'spec.jobTemplate.spec') : []),
    ...timeZone,
  ];
}

export const cronJob = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  scope: 'Namespaced',
  support: 'acted-on',
  generateNameRule: 'create',
  freeFinalizers: 'in-status',
  generation: true,
  columns: [
    nameColumn,
    column<CronJob>('Schedule', 'When jobs are started, in Cron form.', ({ spec }) => spec?.schedule ?? ''),
    column<CronJob>('Timezone', 'Time zone of the schedule.', ({ spec }) => spec?.timeZone ?? NONE),
    column<CronJob>(
      'Suspend',
      'Whether no further jobs are started.',
      ({ spec }) => (spec?.suspend === undefined ? UNSET : spec.suspend ? 'True' : 'False'),
      { type: 'boolean' },
    ),
    countColumn<CronJob>('Active', 'How many jobs are running.', ({ status }) => status?.active?.length),
    column<CronJob>('Last Schedule', 'When a job was started last.', ({ status }, now) =>
      status?.lastScheduleTime ? since(status.lastScheduleTime, now) : NONE,
    ),
    ageColumn,
    ...containerColumns<CronJob>(({ spec }) => spec?.jobTemplate?.spec?.template?.spec?.containers),
    selectorColumn<CronJob>(({ spec }) => spec?.jobTemplate?.spec?.selector),
  ],
  subresources: { status: true },
  strategy: {
    applyDefaults,
    prepareForCreate: withStatus(),
    validate: validateCronJob,
    warnings,
  },
});
