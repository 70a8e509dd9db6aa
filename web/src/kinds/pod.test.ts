import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { podTroubles } from './pod.ts';

const pod = (status: object): Pod => ({ metadata: { name: 'p' }, spec: {}, status }) as unknown as Pod;
const container = (state: object, lastState: object = {}) =>
  pod({ containerStatuses: [{ name: 'c', state, lastState }] });

test('a pod says why it does not run, and nothing while it is on its way', () => {
  expect(podTroubles(container({ waiting: { reason: 'ContainerCreating' } }))).toEqual([]);
  expect(podTroubles(container({ running: {} }, { terminated: { exitCode: 1 } }))).toEqual([]);
  expect(podTroubles(container({ waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }))).toEqual([
    'c: no such image',
  ]);
  const crashed = { terminated: { exitCode: 137, reason: 'OOMKilled', message: 'too much\n' } };
  expect(podTroubles(container({ waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } }, crashed))).toEqual(
    ['c: back-off 10s', 'c: ended with exit code 137 (OOMKilled): too much'],
  );
  const unschedulable = { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' };
  expect(podTroubles(pod({ phase: 'Pending', conditions: [unschedulable] }))).toEqual(['0/3 nodes are available']);
});
