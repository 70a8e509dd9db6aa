import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { COMPLETION_INDEX, FAILURE_COUNT } from './pods.ts';
import { TestJob } from './testing/jobs.ts';

const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
const indexOf = ({ metadata }: Pod) => Number(metadata.annotations?.[COMPLETION_INDEX]);
const at = (job: TestJob, index: number) => job.active.find((pod) => indexOf(pod) === index)!;

test('each index has a pod with its name, label and variable, and is complete once', async () => {
  const job = await TestJob.of(indexed);
  expect(job.active.map(indexOf).sort()).toEqual([0, 1, 2]);
  expect(at(job, 1)).toMatchObject({
    metadata: { generateName: 'work-1-', labels: { [COMPLETION_INDEX]: '1' } },
    spec: {
      hostname: 'work-1',
      containers: [
        {
          env: [
            {
              name: 'JOB_COMPLETION_INDEX',
              valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
            },
          ],
        },
      ],
    },
  });
  await job.end(at(job, 2));
  await job.end(at(job, 0));
  expect(job.status).toMatchObject({ succeeded: 2, completedIndexes: '0,2' });
  await job.end(at(job, 1), 1);
  await job.pass(11);
  expect(job.active.map(indexOf)).toEqual([1]);
  await job.endAll();
  expect(job.status).toMatchObject({ succeeded: 3, failed: 1, completedIndexes: '0-2' });
  expect(job.conditions).toEqual(['SuccessCriteriaMet', 'Complete']);
});

test('an index with its own limit fails alone, its pods tell of its failures, and the Job fails at its end', async () => {
  const job = await TestJob.of({ ...indexed, backoffLimit: 2 ** 31 - 1, backoffLimitPerIndex: 1 });
  expect(at(job, 0).metadata.annotations?.[FAILURE_COUNT]).toBe('0');
  await job.end(at(job, 0), 1);
  expect(job.status).toMatchObject({ failedIndexes: '' });
  await job.pass(11);
  expect(at(job, 0).metadata.annotations?.[FAILURE_COUNT]).toBe('1');
  await job.end(at(job, 0), 1);
  expect(job.status).toMatchObject({ failedIndexes: '0', failed: 2 });
  await job.endAll();
  expect(job.status).toMatchObject({ succeeded: 2, completedIndexes: '1,2' });
  expect(job.conditions).toEqual(['FailureTarget', 'Failed']);
  expect(job.status.conditions?.[0]?.reason).toBe('FailedIndexes');
});

test('more failed indexes than the Job allows end it', async () => {
  const job = await TestJob.of({ ...indexed, backoffLimit: 2 ** 31 - 1, backoffLimitPerIndex: 0, maxFailedIndexes: 0 });
  await job.end(at(job, 1), 1);
  expect(job.status.conditions?.[0]?.reason).toBe('MaxFailedIndexesExceeded');
  expect(job.active).toHaveLength(0);
});

test('a success policy ends the Job before all indexes have succeeded', async () => {
  const job = await TestJob.of({
    ...indexed,
    successPolicy: { rules: [{ succeededIndexes: '0' }, { succeededIndexes: '1-2', succeededCount: 1 }] },
  });
  await job.end(at(job, 2));
  expect(job.status.conditions?.[0]).toMatchObject({
    type: 'SuccessCriteriaMet',
    reason: 'SuccessPolicy',
    message: 'Matched rules at index 1',
  });
  expect([job.active.length, job.status.failed ?? 0, job.conditions]).toEqual([
    0,
    0,
    ['SuccessCriteriaMet', 'Complete'],
  ]);
});

test('an elastic Job loses the indexes beyond its new size', async () => {
  const job = await TestJob.of(indexed);
  await job.change({ spec: { completions: 1, parallelism: 1 } });
  await job.settle();
  expect(job.active.map(indexOf)).toEqual([0]);
});
