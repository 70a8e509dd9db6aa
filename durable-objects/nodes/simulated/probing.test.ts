import { expect, test } from 'vitest';
import type { Container } from '../../../kube/types.ts';
import { probing } from './probing.ts';

const T0 = Date.parse('2026-01-01T00:00:00Z');

/** Seconds after the container's start → started, ready, and when that changes next. */
function at(seconds: number, probes: Partial<Container>, ready = true) {
  const found = probing({ name: 'c', image: 'i', ...probes }, T0, ready, T0 + seconds * 1000);
  const { startup, readiness } = found?.states ?? {};
  return [startup?.result, readiness?.result, found?.next && (found.next - T0) / 1000];
}

test('a container without a startup or readiness probe is not waited for', () => {
  expect(probing({ name: 'c', image: 'i', livenessProbe: { initialDelaySeconds: 9 } }, T0, true, T0)).toBeUndefined();
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
  expect(at(0, {}, false)).toEqual([undefined, 'failure', undefined]);
  const probes = { startupProbe: { initialDelaySeconds: 5 }, readinessProbe: {} };
  expect(at(0, probes, false)).toEqual(['unknown', 'failure', 5]);
  expect(at(99, probes, false)).toEqual(['success', 'failure', undefined]);
});
