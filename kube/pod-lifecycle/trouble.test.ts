import { expect, test } from 'vitest';
import type { Pod } from '../types.ts';
import { troubleOf } from './trouble.ts';

const told = (status: object): string | undefined =>
  troubleOf({ metadata: {}, status } as Pod, Date.parse('2026-01-01T00:10:00Z'));
const ended = (finishedAt: string, restartCount: number) => {
  return [{ name: 'c', restartCount, lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt } } }];
};
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
  [
    { phase: 'Running', containerStatuses: ended('2026-01-01T00:00:01Z', 7) },
    'Its container c was started again 7 times, and ended last with exit code 1: Error',
  ],
  [{ phase: 'Running', containerStatuses: ended('2025-12-31T23:59:59Z', 7) }, undefined],
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
