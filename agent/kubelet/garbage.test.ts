import { expect, test } from 'vitest';
import type { Pod } from '../../kube/types.ts';
import type { ContainerEntry } from '../runtimes/runtime.ts';
import { deadContainers } from './garbage.ts';

const POD = { metadata: { name: 'p' } } as Pod;
const container = (name: string, attempt: number, state: ContainerEntry['state']) =>
  ({ id: `${name}${attempt}`, name, attempt, state, createdAt: attempt }) as ContainerEntry;
const dead = (containers: ContainerEntry[], pod = POD) =>
  deadContainers(pod, { sandboxes: [], containers }).map(({ id }) => id);

test('One dead container is kept beside a running one, and two where none runs', () => {
  const ended = [0, 1, 2].map((attempt) => container('c', attempt, 'exited'));
  expect(dead([...ended, container('c', 3, 'running')])).toEqual(['c1', 'c0']);
  expect(dead(ended)).toEqual(['c0']);
  expect(dead([container('c', 0, 'exited'), container('d', 0, 'exited')])).toEqual([]);
});

test('A container that was never started goes once another has taken its place, or the pod has ended', () => {
  expect(dead([container('c', 0, 'created'), container('c', 1, 'running')])).toEqual(['c0']);
  expect(dead([container('c', 0, 'exited'), container('c', 1, 'created')])).toEqual([]);
  expect(dead([container('c', 1, 'created')], { ...POD, status: { phase: 'Failed' } })).toEqual(['c1']);
});
