import { expect, test } from 'vitest';
import { TRACKING } from './job/pods.ts';
import { TestJob } from './job/testing/jobs.ts';

test('a pod is held until its success is counted, and then the Job is complete', async () => {
  const job = await TestJob.of();
  expect(job.pods).toMatchObject([
    {
      metadata: { generateName: 'work-', finalizers: [TRACKING], ownerReferences: [{ kind: 'Job', controller: true }] },
    },
  ]);
  expect(job.status).toMatchObject({ active: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  expect(job.status.startTime).toBeDefined();
  await job.endAll();
  expect(job.pods[0]?.metadata.finalizers ?? []).toEqual([]);
  expect(job.status).toMatchObject({ succeeded: 1, ready: 0, uncountedTerminatedPods: {} });
  expect(job.status).not.toHaveProperty('active');
  expect(job.conditions).toEqual(['SuccessCriteriaMet', 'Complete']);
  expect(job.status.conditions?.[1]).toMatchObject({
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  });
  expect(job.status.completionTime).toBeDefined();
  expect(job.events).toEqual(expect.arrayContaining(['SuccessfulCreate', 'Completed']));
  expect(job.harness.errors).toEqual([]);
});

test('no more pods run at a time than the parallelism says, and no more in all than are still to succeed', async () => {
  const job = await TestJob.of({ completions: 5, parallelism: 2 });
  const sizes: number[] = [];
  for (let round = 0; round < 3; round++) {
    sizes.push(job.active.length);
    await job.endAll();
  }
  expect([sizes, job.status.succeeded, job.pods.length]).toEqual([[2, 2, 1], 5, 5]);
  expect(job.conditions).toContain('Complete');
});

test('a Job without completions is complete when one pod has succeeded and the others have ended', async () => {
  const job = await TestJob.of({ completions: undefined, parallelism: 2 });
  await job.end(job.active[0]!);
  expect([job.active.length, job.conditions]).toEqual([1, []]);
  await job.endAll(1);
  expect([job.conditions, job.status.succeeded]).toEqual([['SuccessCriteriaMet', 'Complete'], 1]);
});

test('a failed pod is replaced after ten seconds, the next one after twenty, until the limit', async () => {
  const job = await TestJob.of({ backoffLimit: 2 });
  await job.endAll(1);
  expect([job.active.length, job.status.failed]).toEqual([0, 1]);
  await job.pass(9);
  expect(job.active).toHaveLength(0);
  await job.pass(2);
  expect(job.active).toHaveLength(1);
  await job.endAll(1);
  await job.pass(18);
  expect(job.active).toHaveLength(0);
  await job.pass(3);
  await job.endAll(1);
  expect([job.status.failed, job.conditions]).toEqual([3, ['FailureTarget', 'Failed']]);
  expect(job.status.conditions?.[1]).toMatchObject({
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  });
  expect(job.events).toContain('BackoffLimitExceeded');
});

test('a pod that is deleted is replaced after ten seconds, too, though nothing is left of it', async () => {
  const job = await TestJob.of();
  const [pod] = job.active;
  await job.harness.api.remove('pods', 'default', pod?.metadata.name ?? '');
  await job.settle();
  expect([job.pods, job.status.failed]).toEqual([[], 1]);
  await job.pass(8);
  expect(job.pods).toEqual([]);
  await job.pass(2);
  expect(job.active).toHaveLength(1);
  // The failure before counts: the next wait is twice as long.
  await job.endAll(1);
  await job.pass(15);
  expect(job.active).toHaveLength(0);
  await job.pass(6);
  expect(job.active).toHaveLength(1);
});

test('pods that are deleted for a suspension are no failures: the Job goes on at once', async () => {
  const job = await TestJob.of();
  await job.harness.api.patch('pods', 'default', job.active[0]?.metadata.name ?? '', {
    metadata: { finalizers: [TRACKING, 'own.io/x'] },
  });
  await job.change({ spec: { suspend: true } });
  await job.settle();
  // Its kubelet tells how it ended.
  await job.end(job.pods[0]!, 137);
  await job.change({ spec: { suspend: false } });
  await job.settle();
  expect([job.pods.length, job.active.length]).toEqual([2, 1]);
});

test('a Job that fails takes its other pods with it, which count as failed, too', async () => {
  const job = await TestJob.of({ completions: 3, parallelism: 3, backoffLimit: 0 });
  await job.end(job.active[0]!, 1);
  expect(job.pods.filter(({ metadata }) => metadata.deletionTimestamp)).toHaveLength(0);
  expect(job.active).toHaveLength(0);
  expect([job.status.failed, job.conditions]).toEqual([3, ['FailureTarget', 'Failed']]);
});

test('a Job that is suspended deletes its pods uncounted, and starts anew when it goes on', async () => {
  const job = await TestJob.of({ parallelism: 2, completions: 2 });
  await job.change({ spec: { suspend: true } });
  await job.settle();
  expect([job.active.length, job.status.failed ?? 0, job.conditions]).toEqual([0, 0, ['Suspended']]);
  expect(job.status).not.toHaveProperty('startTime');
  await job.change({ spec: { suspend: false } });
  await job.settle();
  expect([job.active.length, job.conditions]).toEqual([2, []]);
  expect(job.status.startTime).toBeDefined();
  expect(job.events).toEqual(expect.arrayContaining(['Suspended', 'Resumed']));
});

test('a Job is over when it was active for too long', async () => {
  const job = await TestJob.of({ activeDeadlineSeconds: 60 });
  await job.pass(59);
  expect(job.conditions).toEqual([]);
  await job.pass(2);
  expect(job.conditions).toEqual(['FailureTarget', 'Failed']);
  expect(job.status.conditions?.[0]?.reason).toBe('DeadlineExceeded');
});

test('a Job with fewer parallel pods keeps those that have come the furthest', async () => {
  const job = await TestJob.of({ parallelism: 3, completions: 5 });
  const [, kept] = job.active;
  await job.harness.api.patch('pods', 'default', kept?.metadata.name ?? '', { spec: { nodeName: 'n1' } });
  await job.change({ spec: { parallelism: 1 } });
  await job.settle();
  expect(job.active.map(({ metadata }) => metadata.name)).toEqual([kept?.metadata.name]);
  expect(job.status.failed ?? 0).toBe(0);
});

test('a Job that another controller manages is left alone', async () => {
  const job = await TestJob.of({ managedBy: 'example.com/other' });
  expect([job.pods, job.status]).toEqual([[], {}]);
});

test('pods of a Job that is gone are let go, and a finished Job goes after its time', async () => {
  const job = await TestJob.of({ ttlSecondsAfterFinished: 100 });
  await job.harness.api.remove('jobs.batch', 'default', 'work', 'Orphan');
  await job.harness.api.patch('pods', 'default', job.pods[0]?.metadata.name ?? '', {
    metadata: { ownerReferences: null },
  });
  await job.settle();
  expect(job.pods[0]?.metadata.finalizers ?? []).toEqual([]);

  const other = await TestJob.of({ ttlSecondsAfterFinished: 100 });
  await other.endAll();
  await other.pass(98);
  expect(other.conditions).toContain('Complete');
  await other.pass(3);
  const left = other.harness.api.read<{ metadata: { deletionTimestamp?: string } }>('jobs.batch', 'default', 'work');
  expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
});

test('a Job whose deadline passes while it has no pod fails at once: its two writes are not sent together', async () => {
  const job = await TestJob.of({ parallelism: 0, activeDeadlineSeconds: 15 });
  let writes = 0;
  job.harness.api.intercept = ({ path }) => void (path.endsWith('/status') && writes++);
  await job.pass(15);
  expect([job.conditions, job.events, writes]).toEqual([['FailureTarget', 'Failed'], ['DeadlineExceeded'], 2]);
});
