import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { EXIT_AFTER, EXIT_CODE, isSteered, steeringNotices, steeringOf } from './steering.ts';

const pod = (kind: string, annotations?: object) =>
  ({
    metadata: { name: 'p', annotations, ownerReferences: [{ kind, controller: true }] },
    spec: { containers: [{ name: 'c' }, { name: 'd' }], initContainers: [{ name: 'setup' }] },
  }) as unknown as Pod;

test('the work of a Job’s pod is soon done, unless an annotation says when; other pods run for ever', () => {
  const job = pod('Job');
  expect([steeringOf(job, 'c').exitAfter, isSteered(job)]).toEqual([2000, true]);
  expect(steeringOf(pod('Job', { [EXIT_AFTER]: '60' }), 'c').exitAfter).toBe(60_000);
  const other = pod('ReplicaSet');
  expect([steeringOf(other, 'c').exitAfter, isSteered(other)]).toEqual([undefined, false]);
});

test('a container is steered by its own annotations first, and one that sets up by none but those', () => {
  const own = pod('ReplicaSet', { [EXIT_AFTER]: '9', [`${EXIT_AFTER}.d`]: '5', [`${EXIT_CODE}.setup`]: '3' });
  expect(['c', 'd', 'setup'].map((name) => steeringOf(own, name).exitAfter)).toEqual([9000, 5000, undefined]);
  expect(['c', 'd', 'setup'].map((name) => steeringOf(own, name).exitCode)).toEqual([0, 0, 3]);
  expect([isSteered(pod('ReplicaSet', { [`${EXIT_AFTER}.d`]: '5' })), steeringNotices(own)]).toEqual([true, []]);
  const wrong = pod('ReplicaSet', {
    [`${EXIT_AFTER}.no`]: '5',
    [`${EXIT_CODE}.c`]: 'x',
    'islet.dev/simulated-cpu.c': '1',
  });
  expect(steeringNotices(wrong).map(({ message }) => message.slice(0, 80))).toEqual([
    'islet.dev/simulated-exit-after.no: there is no container "no"',
    'islet.dev/simulated-exit-code.c: must be a number from 0 to 255, not "x"',
    expect.stringMatching(/^islet.dev\/simulated-cpu.c: unknown annotation; there are/),
  ]);
});
