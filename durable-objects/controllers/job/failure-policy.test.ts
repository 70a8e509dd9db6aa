import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { judge } from './failure-policy.ts';
import { TRACKING } from './pods.ts';
import { TestJob } from './testing/jobs.ts';

const pod = (exitCode: number, conditions: object[] = []) =>
  ({
    metadata: { name: 'work-x', namespace: 'default' },
    status: {
      conditions,
      containerStatuses: [{ name: 'main', state: { terminated: { exitCode } } }],
      initContainerStatuses: [{ name: 'init', state: { terminated: { exitCode: 9 } } }],
    },
  }) as unknown as Pod;
const exits = (action: string, operator: string, values: number[], containerName?: string) => ({
  action,
  onExitCodes: { operator, values, ...(containerName ? { containerName } : {}) },
});
const policy = (...rules: object[]) => ({ rules }) as Parameters<typeof judge>[0];

test('the first rule that fits decides', () => {
  const rules = policy(exits('Ignore', 'In', [3], 'main'), exits('FailJob', 'In', [4]), exits('Count', 'NotIn', [5]));
  expect(judge(rules, pod(3))).toEqual({ counts: false, action: 'Ignore' });
  expect(judge(rules, pod(4))).toEqual({
    counts: true,
    action: 'FailJob',
    message: 'Container main for pod default/work-x failed with exit code 4 matching FailJob rule at index 1',
  });
  expect(judge(rules, pod(6))).toEqual({ counts: true, action: 'Count' });
  expect(judge(policy(exits('FailIndex', 'In', [9])), pod(5))).toEqual({ counts: true, action: 'FailIndex' });
  expect(judge(undefined, pod(5))).toEqual({ counts: true });
});

test('a condition of the pod fits by its type and status', () => {
  const rules = policy({ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] });
  expect(judge(rules, pod(1, [{ type: 'DisruptionTarget', status: 'True' }])).counts).toBe(false);
  expect(judge(rules, pod(1, [{ type: 'DisruptionTarget', status: 'False' }])).counts).toBe(true);
});

test('a Job does not count what its policy ignores, and fails at once for what it says', async () => {
  const job = await TestJob.of({
    backoffLimit: 0,
    podReplacementPolicy: 'Failed',
    podFailurePolicy: { rules: [exits('Ignore', 'In', [3]), exits('FailJob', 'In', [4])] },
  });
  await job.endAll(3);
  expect([job.status.failed ?? 0, job.conditions]).toEqual([0, []]);
  await job.pass(11);
  expect(job.active).toHaveLength(1);
  await job.endAll(4);
  expect(job.status.conditions?.[0]).toMatchObject({ type: 'FailureTarget', reason: 'PodFailurePolicy' });
  expect(job.conditions).toEqual(['FailureTarget', 'Failed']);
});

test('a pod that suspension ends fails its Job where its policy says so, which ends when it goes on', async () => {
  const job = await TestJob.of({
    parallelism: 2,
    completions: 2,
    podReplacementPolicy: 'Failed',
    podFailurePolicy: { rules: [exits('FailJob', 'NotIn', [1])] },
  });
  const pods = job.active;
  const hold = async (finalizers: string[]): Promise<void> => {
    for (const { metadata } of pods) {
      await job.harness.api.patch('pods', 'default', metadata.name ?? '', { metadata: { finalizers } });
    }
    await job.settle();
  };
  await hold([TRACKING, 'own.io/x']);
  await job.change({ spec: { suspend: true } });
  await job.settle();
  await job.end(pods[0] as Pod, 137);
  expect([job.conditions, job.status.terminating]).toEqual([['Suspended', 'FailureTarget'], 1]);
  await hold([]);
  // The API refuses the end of a Job that has no start.
  expect([job.conditions, job.status.terminating]).toEqual([['Suspended', 'FailureTarget'], 0]);
  await job.change({ spec: { suspend: false } });
  await job.settle();
  expect(job.conditions).toEqual(['Suspended', 'FailureTarget', 'Failed']);
});
