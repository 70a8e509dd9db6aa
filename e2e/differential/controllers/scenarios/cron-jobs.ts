/** CronJobs, whose Jobs begin with a minute. */
import { create, nextMinute, patch, remove, runs, type Scenario, wait } from '../scenario.ts';
import { cronJob, quota } from './objects.ts';

const CRON_JOB = 'cronjobs/web';
const all = {};

export const cronJobs: Scenario[] = [
  {
    name: 'cron-succeeds',
    steps: [
      nextMinute(),
      create(cronJob()),
      nextMinute(),
      runs(all, 'succeed'),
      patch(CRON_JOB, { spec: { suspend: true } }),
      remove(CRON_JOB, { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'cron-allows-two',
    steps: [nextMinute(), create(cronJob()), nextMinute(), nextMinute(), runs(all, 'fail')],
  },
  {
    name: 'cron-forbids',
    steps: [
      nextMinute(),
      create(cronJob({ concurrencyPolicy: 'Forbid' })),
      nextMinute(),
      nextMinute(),
      runs(all, 'succeed'),
    ],
  },
  {
    name: 'cron-replaces',
    steps: [nextMinute(), create(cronJob({ concurrencyPolicy: 'Replace' })), nextMinute(), nextMinute()],
  },
  {
    name: 'cron-keeps-none',
    steps: [
      nextMinute(),
      create(cronJob({ successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 }, { backoffLimit: 0 })),
      nextMinute(),
      runs(all, 'succeed'),
      nextMinute(),
      runs(all, 'fail'),
    ],
  },
  {
    name: 'cron-suspended',
    steps: [
      nextMinute(),
      create(cronJob({ suspend: true })),
      nextMinute(),
      patch(CRON_JOB, { spec: { suspend: false } }),
    ],
  },
  {
    name: 'cron-refused',
    steps: [nextMinute(), create(quota({ 'count/jobs.batch': '0' }), cronJob()), nextMinute(), wait(5)],
  },
  {
    name: 'cron-job-deleted',
    steps: [
      nextMinute(),
      create(cronJob({ schedule: '*/30 * * * *' })),
      patch(CRON_JOB, { spec: { schedule: '* * * * *' } }),
      nextMinute(),
      remove('jobs', { propagationPolicy: 'Background' }),
    ],
  },
  {
    name: 'cron-never',
    steps: [create(cronJob({ schedule: '0 0 31 2 *' })), wait(2)],
  },
];
