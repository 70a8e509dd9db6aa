import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import { formatWhy } from '../../wire/why.ts';
import { TestCluster } from '../testing/cluster.ts';
import { troubleOf } from './pod-trouble.ts';

const told = (status: object): string | undefined => troubleOf({ metadata: {}, status } as Pod);
const waiting = (reason: string, message?: string) => [{ name: 'c', state: { waiting: { reason, message } } }];

test.each<[object, string | undefined]>([
  [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, undefined],
  [{ phase: 'Pending', containerStatuses: waiting('ContainerCreating') }, undefined],
  [{ phase: 'Succeeded', conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }] }, undefined],
  [
    { phase: 'Pending', initContainerStatuses: waiting('ImagePullBackOff', 'no such image.') },
    'Its container c does not run: ImagePullBackOff (no such image)',
  ],
  [
    { phase: 'Running', containerStatuses: waiting('CrashLoopBackOff') },
    'Its container c does not run: CrashLoopBackOff',
  ],
  [{ phase: 'Failed' }, 'It has failed'],
  [
    { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
    'It has failed: Evicted (The node was low on resource: memory)',
  ],
  [
    { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', message: 'not yet' }] },
    'It runs and is not ready: not yet',
  ],
])('%j', (status, trouble) => {
  expect(told(status)).toBe(trouble);
});

test('a pod that is on its node and does not run says so, with the next step', async () => {
  const cluster = await TestCluster.start();
  await cluster.must('POST /api/v1/namespaces/default/pods', {
    metadata: { name: 'p', annotations: { 'islet.dev/simulated-pull-error': 'manifest unknown' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  await cluster.advance(1000);
  const { body } = cluster.why('name=p') as { body: Parameters<typeof formatWhy>[0] };
  expect(body).toMatchObject({ state: 'bound', decision: { outcome: 'scheduled' } });
  const [first, second] = formatWhy(body, 0).split('\n');
  expect(first).toContain('pod default/p is on sim-');
  expect(second).toMatch(
    /^Its container c does not run: ErrImagePull \(.*\)\. kubectl describe pod p -n default shows/,
  );
});
