import { expect, test } from 'vitest';
import type { Container } from '../../../kube/types.ts';
import { probing, type Readiness } from './probing.ts';

const T0 = Date.parse('2026-01-01T00:00:00Z');

const PLAIN: Readiness = { ready: true, readyAfter: 0, readyFlips: undefined };
const NEVER = { ready: false };

/** Seconds after the container's start → started, ready, and when that changes next. */
function at(seconds: number, probes: Partial<Container>, steering: Partial<Readiness> = {}) {
  const found = probing({ name: 'c', image: 'i', ...probes }, T0, { ...PLAIN, ...steering }, T0 + seconds * 1000);
  const { startup, readiness } = found?.states ?? {};
  return [startup?.result, readiness?.result, found?.next && (found.next - T0) / 1000];
}

test('a container without a startup or readiness probe is not waited for', () => {
  expect(probing({ name: 'c', image: 'i', livenessProbe: { initialDelaySeconds: 9 } }, T0, PLAIN, T0)).toBeUndefined();
});

test('without a delay a probe succeeds at once', () => {
  expect(at(0, { startupProbe: {}, readinessProbe: {} })).toEqual(['success', 'success', undefined]);
});

test('a probe succeeds after its delay, as often as it must', () => {
  const probes = { readinessProbe: { initialDelaySeconds: 4, successThreshold: 3, periodSeconds: 2 } };
  expect(at(7, probes)).toEqual([undefined, 'failure', 8]);
  expect(at(8, probes)).toEqual([undefined, 'success', undefined]);
  // The period is ten seconds when it is left out.
  expect(at(0, { readinessProbe: { successThreshold: 2 } })).toEqual([undefined, 'failure', 10]);
});

test('readiness counts from the start of the container, but not before it has started up', () => {
  const early = { startupProbe: { initialDelaySeconds: 5 }, readinessProbe: { initialDelaySeconds: 2 } };
  expect(at(2, early)).toEqual(['unknown', 'failure', 5]);
  expect(at(5, early)).toEqual(['success', 'success', undefined]);
  const late = { startupProbe: { initialDelaySeconds: 5 }, readinessProbe: { initialDelaySeconds: 8 } };
  expect(at(5, late)).toEqual(['success', 'failure', 8]);
});

test('a container that is steered never to be ready is not, with a probe and without', () => {
  expect(at(0, {}, NEVER)).toEqual([undefined, 'failure', undefined]);
  const probes = { startupProbe: { initialDelaySeconds: 5 }, readinessProbe: {} };
  expect(at(0, probes, NEVER)).toEqual(['unknown', 'failure', 5]);
  expect(at(99, probes, NEVER)).toEqual(['success', 'failure', undefined]);
});

test('a container that is steered to be ready later is not before, nor before its probe', () => {
  const later = { readyAfter: 6000 };
  expect(at(5, {}, later)).toEqual([undefined, 'failure', 6]);
  expect(at(6, {}, later)).toEqual([undefined, 'success', undefined]);
  expect(at(6, { readinessProbe: { initialDelaySeconds: 9 } }, later)).toEqual([undefined, 'failure', 9]);
});

test('readiness flips from when it is reached, over and over', () => {
  const steering = { readyAfter: 5000, readyFlips: { ready: 30_000, unready: 10_000 } };
  const seen = [0, 5, 34, 35, 44, 45, 74, 75, 40_035].map((second) => at(second, {}, steering).slice(1));
  expect(seen).toEqual([
    ['failure', 5],
    ['success', 35],
    ['success', 35],
    ['failure', 45],
    ['failure', 45],
    ['success', 75],
    ['success', 75],
    ['failure', 85],
    ['failure', 40_045],
  ]);
});
