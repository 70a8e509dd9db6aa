import { expect, test } from 'vitest';
import { TestJob } from './testing/jobs.ts';

const measured = ({ harness }: TestJob) => harness.measured('job_controller_');

test('a Job that is done counts its end, and each pod once, evictions in between or not', async () => {
  const job = await TestJob.of({ completions: 2, parallelism: 1 });
  await job.endAll();
  await job.endAll();
  expect(measured(job)).toMatchObject({
    'job_pods_finished_total NonIndexed succeeded': 2,
    'jobs_finished_total NonIndexed CompletionsReached succeeded': 1,
    'job_syncs_total pods_created NonIndexed success': 2,
  });
});

test('a Job that fails counts its failed pods, and why', async () => {
  const job = await TestJob.of({ backoffLimit: 0 });
  await job.endAll(1);
  expect(measured(job)).toMatchObject({
    'job_pods_finished_total NonIndexed failed': 1,
    'jobs_finished_total NonIndexed BackoffLimitExceeded failed': 1,
  });
});

test('an Indexed Job counts its indexes, and a policy the failures to which its rules apply', async () => {
  const podFailurePolicy = { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [42] } }] };
  const job = await TestJob.of({ completionMode: 'Indexed', podFailurePolicy });
  await job.endAll(42);
  await job.pass(60);
  await job.endAll();
  expect(measured(job)).toMatchObject({
    'pod_failures_handled_by_failure_policy_total Ignore': 1,
    'job_finished_indexes_total global succeeded': 1,
    'job_pods_finished_total Indexed succeeded': 1,
  });
  expect(measured(job)).not.toHaveProperty('job_pods_finished_total Indexed failed');
});

test('a Job that outlives its time counts how late it was deleted', async () => {
  const job = await TestJob.of({ ttlSecondsAfterFinished: 10 });
  await job.endAll();
  await job.pass(20);
  expect(job.harness.measured('ttl_after_finished_controller_')).toEqual({ job_deletion_duration_seconds: 1 });
});
