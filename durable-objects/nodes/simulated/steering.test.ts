import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { EXIT_AFTER, isSteered, steeringOf } from './steering.ts';

const pod = (kind: string, annotations?: object) =>
  ({ metadata: { name: 'p', annotations, ownerReferences: [{ kind, controller: true }] } }) as unknown as Pod;

test('the work of a Job’s pod is soon done, unless an annotation says when; other pods run for ever', () => {
  const job = pod('Job');
  expect([steeringOf(job).exitAfter, isSteered(job)]).toEqual([2000, true]);
  expect(steeringOf(pod('Job', { [EXIT_AFTER]: '60' })).exitAfter).toBe(60_000);
  const other = pod('ReplicaSet');
  expect([steeringOf(other).exitAfter, isSteered(other)]).toEqual([undefined, false]);
});
