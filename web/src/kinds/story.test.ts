import { expect, test } from 'vitest';
import type { TraceStep } from '../../../wire/trace.ts';
import type { What } from '../../../wire/what.ts';
import { becauseOf, gather, shorten } from './story.ts';

const step = (who: string, what: What, kind: string): TraceStep =>
  ({ who, parts: [what], object: { kind } }) as unknown as TraceStep;

test('many steps alike are one, few stay apart, and events are left out', () => {
  const bound = Array.from({ length: 5 }, (_, at) => step('scheduler', { code: 'bound', node: `sim-${at}` }, 'Pod'));
  const created = [1, 2].map(() => step('replicaset-controller', { code: 'created' }, 'Pod'));
  const groups = gather([...created, { ...step('scheduler', { code: 'created' }, 'Event'), isEvent: true }, ...bound]);
  expect(groups.map((group) => group.length)).toEqual([1, 1, 5]);
});

test('pods that come to different phases are not alike', () => {
  const to = (phase: string) => [1, 2, 3, 4].map(() => step('kubelet sim-0', { code: 'phase', to: phase }, 'Pod'));
  expect(gather([...to('Running'), ...to('Succeeded')]).map((group) => group.length)).toEqual([4, 4]);
});

test('a long story keeps how it began and how it ended', () => {
  expect(shorten([1, 2, 3, 4, 5, 6, 7], 4)).toEqual({ head: [1, 2], left: 3, tail: [6, 7] });
  expect(shorten([1, 2, 3], 3)).toEqual({ head: [1, 2, 3], left: 0, tail: [] });
  expect(shorten([1, 2, 3], Number.POSITIVE_INFINITY).head).toHaveLength(3);
});

test('a step names the one that it follows from', () => {
  const object = { kind: 'Deployment', name: 'web' };
  const first = { revision: 7, offset: 0, object } as TraceStep;
  const second = { revision: 8, offset: 32, object, causedBy: 7 } as TraceStep;
  expect(becauseOf(first, [first, second])).toBeUndefined();
  expect(becauseOf(second, [first, second])).toBe('deployment/web at 0 ms');
  expect(becauseOf(second, [second])).toBe('revision 7');
});
