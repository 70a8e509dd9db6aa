import { expect, test } from 'vitest';
import { daemonSet, deleted, events, NOW, node, planAt, planOf, pod, revision } from './testing/objects.ts';

test('are deleted with an event, the second one after a second, the third after two', () => {
  const failed = [daemonSet(), node('n1'), pod('a', { phase: 'Failed' }), revision('present', 1)];
  const first = planAt(NOW, undefined, ...failed);
  expect(deleted(first)).toEqual(['a']);
  expect(events(first)).toMatchObject([
    {
      type: 'Warning',
      reason: 'FailedDaemonPod',
      message: 'Found failed daemon pod default/a on node n1, will try to kill it',
    },
  ]);
  const soon = planAt(NOW + 400, first.memo, ...failed);
  expect([deleted(soon), soon.requeueAfter]).toEqual([[], 600]);
  const second = planAt(NOW + 1000, soon.memo, ...failed);
  expect(deleted(second)).toEqual(['a']);
  expect(planAt(NOW + 2999, second.memo, ...failed)).toMatchObject({ requeueAfter: 1 });
  expect(deleted(planAt(NOW + 3000, second.memo, ...failed))).toEqual(['a']);
});

test('a new template, and half an hour without a failure, start anew', () => {
  const failed = [node('n1'), pod('a', { phase: 'Failed' }), revision('present', 1)];
  const { memo } = planAt(NOW, undefined, daemonSet(), ...failed);
  const other = daemonSet({}, {}, { observedGeneration: 2 });
  expect(deleted(planAt(NOW + 1, memo, other, ...failed))).toEqual(['a']);
  const idle = planAt(NOW + 1_800_001, memo, daemonSet(), node('n1'), pod('a'), revision('present', 1));
  expect(idle.memo).toBeUndefined();
});

test('a pod that succeeded is deleted with an event of its own', () => {
  const made = planOf(daemonSet(), node('n1'), pod('a', { phase: 'Succeeded' }));
  expect([deleted(made), events(made)[0]?.reason]).toEqual([['a'], 'SucceededDaemonPod']);
});
