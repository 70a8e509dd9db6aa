import { expect, test } from 'vitest';
import type { Node } from '../../../kube/types.ts';
import { allocatableMemory, allocatableText, steeringText } from './node.ts';

test.each([
  ['24581692Ki', '23.4Gi'],
  ['256Gi', '256Gi'],
  ['524288Ki', '512Mi'],
  [undefined, '?'],
])('memory of %s is shown as %s', (memory, shown) => {
  expect(allocatableMemory({ status: { allocatable: { memory } } } as unknown as Node)).toBe(shown);
});

test('what pods can have names extended resources, and none that there are none of', () => {
  const allocatable = {
    cpu: '4',
    memory: '8Gi',
    pods: '110',
    'ephemeral-storage': '1Ti',
    'a.b/gpu': '2',
    'a.b/old': '0',
  };
  expect(allocatableText({ status: { allocatable } } as unknown as Node)).toBe(
    '4 CPU, 8Gi memory, 110 pods, 2 a.b/gpu',
  );
});

test('a simulated node says how it is steered', () => {
  const annotations = { 'islet.dev/simulated-unreachable': 'true', other: 'x' };
  expect(steeringText({ metadata: { annotations } } as unknown as Node)).toBe('unreachable=true');
});
