import { expect, test } from 'vitest';
import type { Pod } from '../types.ts';
import { troubleOf, troubleText } from './trouble.ts';
import { troubleAdvice } from './trouble-advice.ts';

const found = (status: object) =>
  troubleOf({ metadata: {}, spec: { nodeName: 'n' }, status } as unknown as Pod, Date.parse('2026-01-01T00:10:00Z'));
const told = (status: object): string | undefined => {
  const trouble = found(status);
  return trouble && troubleText(trouble);
};
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

test('a container that is being made for longer than that takes is told of', () => {
  const scheduled = (lastTransitionTime: string) => [{ type: 'PodScheduled', status: 'True', lastTransitionTime }];
  const containerStatuses = waiting('ContainerCreating');
  expect(told({ phase: 'Pending', containerStatuses, conditions: scheduled('2026-01-01T00:09:30Z') })).toBeUndefined();
  expect(told({ phase: 'Pending', containerStatuses, conditions: scheduled('2026-01-01T00:05:30Z') })).toBe(
    'Its container c has been about to start for 4 min: ContainerCreating',
  );
});

const last = (exitCode: number, reason = 'Error') => [
  {
    name: 'c',
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
    lastState: { terminated: { exitCode, reason, finishedAt: '2026-01-01T00:09:00Z' } },
  },
];

test.each<[string, object, string]>([
  ['ImagePullBackOff', waiting('ImagePullBackOff', 'failed to resolve reference "a": a: not found'), 'imageMissing'],
  ['ImagePullBackOff', waiting('ImagePullBackOff', 'pull access denied, repository does not exist'), 'imagePrivate'],
  ['ErrImagePull', waiting('ErrImagePull', 'dial tcp: lookup registry.example: no such host'), 'registryAway'],
  ['ErrImagePull', waiting('ErrImagePull', 'short read'), 'imagePull'],
  ['InvalidImageName', waiting('InvalidImageName', 'couldn\'t parse image name "A"'), 'imageName'],
  ['ErrImageNeverPull', waiting('ErrImageNeverPull'), 'imageNeverPull'],
  ['a ConfigMap', waiting('CreateContainerConfigError', 'configmap "a" not found'), 'configMissing'],
  ['a key', waiting('CreateContainerConfigError', "couldn't find key a in ConfigMap default/b"), 'configKey'],
  ['root', waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'), 'runAsRoot'],
  ['a program', waiting('RunContainerError', 'exec: "a": executable file not found in $PATH'), 'command'],
  ['a runtime', waiting('CreateContainerError', 'no space left'), 'createContainer'],
  ['a hook', waiting('PostStartHookError'), 'hook'],
  ['a crash', last(1), 'crash'],
  ['memory', last(137, 'OOMKilled'), 'outOfMemory'],
  ['a kill', last(137), 'killed'],
  ['no program', last(127), 'command'],
  ['an end', last(0, 'Completed'), 'completes'],
  ['another', waiting('SomethingNew'), 'describe'],
])('the next step for %s', (_, containerStatuses, advice) => {
  expect(troubleAdvice(found({ phase: 'Pending', containerStatuses })!)).toBe(advice);
});

test.each<[object, string]>([
  [{ phase: 'Failed', reason: 'Evicted' }, 'evicted'],
  [{ phase: 'Failed', reason: 'DeadlineExceeded' }, 'deadline'],
  [{ phase: 'Failed', reason: 'OutOfcpu' }, 'refusedByNode'],
  [{ phase: 'Failed', reason: 'NodeLost' }, 'nodeGone'],
  [{ phase: 'Failed' }, 'ended'],
  [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }] }, 'probe'],
  [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' }] }, 'gates'],
  [{ phase: 'Running', containerStatuses: ended('2026-01-01T00:00:01Z', 7) }, 'crash'],
])('the next step for %j', (status, advice) => {
  expect(troubleAdvice(found(status)!)).toBe(advice);
});
