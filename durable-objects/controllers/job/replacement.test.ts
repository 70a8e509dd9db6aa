/** When pods that end are replaced (`podReplacementPolicy`), and when restarts of their containers are too many. */
import { expect, test } from 'vitest';
import { TRACKING } from './pods.ts';
import { TestJob } from './testing/jobs.ts';

const ignore = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] };
const indexed = { completionMode: 'Indexed', completions: 1 };

/** A Job whose one pod has begun to end, long enough ago that another might be there. */
async function ending(spec: object): Promise<TestJob> {
  const job = await TestJob.of(spec);
  const name = job.active[0]?.metadata.name ?? '';
  await job.harness.api.patch('pods', 'default', name, { metadata: { finalizers: [TRACKING, 'own.io/x'] } });
  await job.harness.api.remove('pods', 'default', name);
  await job.settle();
  await job.pass(30);
  return job;
}

test.each([
  ['it is being deleted', { podReplacementPolicy: 'TerminatingOrFailed' }, 1],
  ['it is being deleted, an index too', { ...indexed, podReplacementPolicy: 'TerminatingOrFailed' }, 1],
  ['it has failed', { podReplacementPolicy: 'Failed' }, 0],
  ['it has failed, an index too', { ...indexed, podReplacementPolicy: 'Failed' }, 0],
  ['it has failed, beside others', { completions: 3, parallelism: 3, podReplacementPolicy: 'Failed' }, 2],
  ['it has failed, where a policy for failures has to judge it', { podFailurePolicy: ignore }, 0],
])('a pod is replaced once %s', async (_, spec, active) => {
  const job = await ending(spec);
  expect([job.active.length, job.status.terminating]).toEqual([active, 1]);
});

test('an index is not made again beside its pod that ends, while others are', async () => {
  const job = await ending({ ...indexed, completions: 2, parallelism: 2, podReplacementPolicy: 'Failed' });
  expect(job.active.map(({ metadata }) => metadata.generateName)).toEqual(['work-1-']);
  await job.change({ spec: { parallelism: 3, completions: 3 } });
  await job.pass(30);
  expect(job.active.map(({ metadata }) => metadata.generateName).sort()).toEqual(['work-1-', 'work-2-']);
});

test('a container that has a variable of the name of the index keeps it', async () => {
  const env = [{ name: 'JOB_COMPLETION_INDEX', value: 'own' }];
  const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'work:1', env }] };
  const job = await TestJob.of({ ...indexed, template: { metadata: { labels: { job: 'work' } }, spec } });
  expect(job.active[0]?.spec?.containers[0]?.env).toEqual(env);
});

test('restarts by the node count once they reach the limit', async () => {
  const spec = { restartPolicy: 'OnFailure', containers: [{ name: 'main', image: 'work:1' }] };
  const job = await TestJob.of({ backoffLimit: 2, template: { metadata: { labels: { job: 'work' } }, spec } });
  const restarted = async (restartCount: number) => {
    const status = { phase: 'Running', containerStatuses: [{ name: 'main', restartCount, state: { running: {} } }] };
    await job.harness.api.patch('pods', 'default', job.pods[0]?.metadata.name ?? '', { status }, true);
    await job.settle();
    return job.conditions.includes('FailureTarget');
  };
  expect(await restarted(1)).toBe(false);
  expect(await restarted(2)).toBe(true);
});
