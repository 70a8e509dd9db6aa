import { expect, test } from 'vitest';
import { isWithin } from './calculator.ts';
import type { History } from './history.ts';
import { limit, type Spec, tolerancesOf } from './limits.ts';

const NOW = 1_000_000_000;
const NONE: History = { recommendations: [], rescales: [] };
const ago = (seconds: number): number => NOW - seconds * 1000;

function limited(spec: object, current: number, wanted: number, history: Partial<History> = {}) {
  const bounds = { current, wanted, min: 1, max: 100, history: { ...NONE, ...history }, now: NOW };
  const { replicas, able, limited } = limit(spec as Spec, bounds);
  return [replicas, able.reason, `${limited.status} ${limited.reason}`];
}

const rules = (scaleUp: object, scaleDown: object) => ({
  behavior: {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [], ...scaleUp },
    scaleDown: { selectPolicy: 'Max', policies: [], ...scaleDown },
  },
});
const percent = (value: number, periodSeconds = 60) => ({ type: 'Percent', value, periodSeconds });
const pods = (value: number, periodSeconds = 60) => ({ type: 'Pods', value, periodSeconds });

test('without a behaviour it doubles at most, and the highest recommendation of five minutes counts', () => {
  expect(limited({}, 3, 50)).toEqual([6, 'ReadyForNewScale', 'True ScaleUpLimit']);
  expect(limited({}, 1, 50)).toEqual([4, 'ReadyForNewScale', 'True ScaleUpLimit']);
  expect(limited({}, 90, 150)).toEqual([100, 'ReadyForNewScale', 'True TooManyReplicas']);
  expect(limited({}, 5, 0)).toEqual([1, 'ReadyForNewScale', 'True TooFewReplicas']);
  const recommendations = [[8, ago(301)] as const, [6, ago(299)] as const, [4, ago(10)] as const];
  expect(limited({}, 8, 2, { recommendations })).toEqual([6, 'ScaleDownStabilized', 'False DesiredWithinRange']);
});

test('of several policies the one with the larger change counts, unless the smaller one is asked for', () => {
  const policies = [pods(4), percent(50)];
  expect(limited(rules({ policies }, {}), 10, 50)[0]).toBe(15);
  expect(limited(rules({ policies, selectPolicy: 'Min' }, {}), 10, 50)).toEqual([
    14,
    'ReadyForNewScale',
    'True ScaleUpLimit',
  ]);
  expect(limited(rules({}, { policies }), 10, 1)[0]).toBe(5);
  expect(limited(rules({}, { policies, selectPolicy: 'Min' }), 10, 1)).toEqual([
    6,
    'ReadyForNewScale',
    'True ScaleDownLimit',
  ]);
  expect(limited(rules({}, { policies, selectPolicy: 'Disabled' }), 10, 1)[0]).toBe(10);
});

test('what was added and taken away within a period counts', () => {
  const rescales = [[3, ago(59)] as const, [-1, ago(30)] as const, [5, ago(61)] as const];
  expect(limited(rules({ policies: [pods(4)] }, {}), 10, 50, { rescales })[0]).toBe(12);
  expect(limited(rules({}, { policies: [percent(50)] }), 10, 1, { rescales })[0]).toBe(4);
  // More was added than the policy allows now: nothing is taken back.
  expect(limited(rules({ policies: [pods(1)] }, {}), 10, 50, { rescales })[0]).toBe(10);
});

test('windows hold both directions', () => {
  const recommendations = [[4, ago(20)] as const, [12, ago(10)] as const];
  const policies = [percent(1000)];
  const spec = rules(
    { stabilizationWindowSeconds: 30, policies },
    { stabilizationWindowSeconds: 30, policies: [percent(100)] },
  );
  expect(limited(spec, 8, 20, { recommendations })).toEqual([8, 'ScaleUpStabilized', 'False DesiredWithinRange']);
  expect(limited(spec, 14, 2, { recommendations })).toEqual([12, 'ScaleDownStabilized', 'False DesiredWithinRange']);
});

test('each direction has a tolerance of its own, a tenth where the behaviour does not say', () => {
  const own = (up: object, down: object) => tolerancesOf(rules(up, down) as object as Spec);
  expect(tolerancesOf({} as Spec)).toEqual({ scaleDown: 0.1, scaleUp: 0.1 });
  expect(own({ tolerance: '500m' }, {})).toEqual({ scaleDown: 0.1, scaleUp: 0.5 });
  expect(own({ tolerance: '0' }, { tolerance: '0.05' })).toEqual({ scaleDown: 0.05, scaleUp: 0 });
  const kept = (ratio: number) => isWithin(ratio, own({ tolerance: '0.5' }, { tolerance: '0.05' }));
  expect([0.94, 0.96, 1.4, 1.6].map(kept)).toEqual([false, true, true, false]);
});
