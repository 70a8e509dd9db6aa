import { expect, test } from 'vitest';
import type { Node } from '../../../kube/types.ts';
import { allocatableMemory } from './node.ts';

test.each([
  ['24581692Ki', '23.4Gi'],
  ['256Gi', '256Gi'],
  ['524288Ki', '512Mi'],
  [undefined, '?'],
])('memory of %s is shown as %s', (memory, shown) => {
  expect(allocatableMemory({ status: { allocatable: { memory } } } as unknown as Node)).toBe(shown);
});
