import { expect, test } from 'vitest';
import { anObject } from '../../testing/strategy.ts';
import type { JobSpec } from '../../types.ts';
import { cronJob } from './cron-job.ts';
import { job } from './job.ts';

const TEXT =
  'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail';

const large: Partial<JobSpec> = { completionMode: 'Indexed', completions: 100_001, parallelism: 10_001 };

test.each<[string, object, string[]]>([
  ['many indexes at once', large, [`spec: ${TEXT}`]],
  ['many indexes one after another', { ...large, parallelism: 10_000 }, []],
  ['many at once of few', { ...large, completions: 100_000 }, []],
  ['many without indexes', { ...large, completionMode: 'NonIndexed' }, []],
])('%s', (_, spec, warnings) => {
  expect(job.strategy.warnings?.(anObject(job, { spec }))).toEqual(warnings);
});

test('the spec of a template of Jobs is warned about with its path, with each new generation', () => {
  const old = anObject(cronJob, { spec: { jobTemplate: { spec: large } } });
  const next = { ...old, metadata: { name: 'x', generation: 2 } };
  expect(cronJob.strategy.warnings?.(next, old)).toEqual([`spec.jobTemplate.spec: ${TEXT}`]);
  expect(cronJob.strategy.warnings?.(old, old)).toEqual([]);
});
