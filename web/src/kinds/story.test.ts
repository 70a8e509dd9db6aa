import { expect, test } from 'vitest';
import type { TraceStep } from '../../../wire/trace.ts';
import { becauseOf, gather, shorten, withoutDetail } from './story.ts';

const step = (who: string, what: string, kind: string): TraceStep => ({ who, what, object: { kind } }) as TraceStep;

test('many steps alike are one, few stay apart, and events are left out', () => {
  const bound = Array.from({ length: 5 }, (_, at) => step('scheduler', `bound to sim-${at}`, 'Pod'));
  const created = [step('replicaset-controller', 'created', 'Pod'), step('replicaset-controller', 'created', 'Pod')];
  const groups = gather([...created, { ...step('scheduler', 'Scheduled', 'Event'), isEvent: true }, ...bound]);
  expect(groups.map((group) => group.length)).toEqual([1, 1, 5]);
});

test.each([
  ['bound to sim-0', 'bound'],
  ['created with 3 replicas', 'created'],
  ['asked to stop within 30 s', 'asked to stop'],
])('many of “%s” are “%s”', (what, shown) => expect(withoutDetail(what)).toBe(shown));

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
