import { expect, test } from 'vitest';
import { Refusal } from '../runtime/testing/memory-api.ts';
import { TestCronJob } from './testing/cron-jobs.ts';

const nameAt = (time: string): string => `tick-${Date.parse(time) / 60_000}`;

test('a Job that may not be deleted holds up no other', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { successfulJobsHistoryLimit: 0 });
  await cron.until('2026-03-01T10:01:30Z');
  cron.harness.api.intercept = ({ method, path }) => {
    if (method === 'DELETE' && path.includes('/jobs/')) throw new Refusal('Forbidden', 'it stays');
  };
  await cron.end(nameAt('2026-03-01T10:01:00Z'));
  expect(cron.active).toEqual([]);
  await cron.until('2026-03-01T10:02:30Z');
  expect(cron.times).toEqual(['2026-03-01T10:01:00Z', '2026-03-01T10:02:00Z']);
  expect(cron.events).toContain('FailedDelete: Deleted job: it stays');
});

test('a time has one Job, though the object dies before its status tells of it and the Job is deleted at its end', async () => {
  const cron = await TestCronJob.of('2026-03-01T10:00:30Z', { successfulJobsHistoryLimit: 0 });
  const { harness } = cron;
  while (cron.jobs.length === 0) await harness.step();
  harness.die();
  const now = '2026-03-01T10:01:20Z';
  const status = {
    startTime: now,
    completionTime: now,
    conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: now }],
  };
  await harness.api.patch('jobs.batch', 'default', cron.jobs[0]?.metadata.name ?? '', { status }, true);
  // It dies again as soon as the Job is gone.
  harness.api.intercept = ({ path }) => {
    if (!path.includes('/cronjobs/') || cron.jobs.length > 0) return;
    harness.die();
    throw new Refusal('InternalError', 'nothing is written');
  };
  harness.kill();
  while (cron.jobs.length > 0) await harness.step();
  harness.api.intercept = () => {};
  harness.kill();
  await cron.until('2026-03-01T10:01:50Z');
  const made = harness.api.entries.filter(({ key, change }) => key.startsWith('jobs.batch/') && change === 'create');
  expect(made.map(({ key }) => key)).toEqual([`jobs.batch/default/${nameAt('2026-03-01T10:01:00Z')}`]);
  expect(cron.status.lastScheduleTime).toBe('2026-03-01T10:01:00Z');
});
