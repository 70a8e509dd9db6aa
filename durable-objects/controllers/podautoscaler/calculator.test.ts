import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { byAverage, byShare, byUtilization, byValue, type Samples } from './calculator.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const OLD = '2026-01-01T00:00:00Z';
const tolerances = { scaleDown: 0.1, scaleUp: 0.1 };

interface Options {
  phase?: string;
  ready?: string;
  started?: string;
  since?: string;
  deleted?: boolean;
}

function pod(name: string, options: Options = {}): Pod {
  const { phase = 'Running', ready = 'True', started = OLD, since = OLD, deleted } = options;
  return {
    metadata: { name, ...(deleted ? { deletionTimestamp: OLD } : {}) },
    spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '1', memory: '1Ki' } } }] },
    status: { phase, startTime: started, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: since }] },
  } as unknown as Pod;
}

function proposal(pods: Pod[], values: Record<string, number>, target = 50, resource = 'cpu') {
  const samples: Samples = new Map(
    Object.entries(values).map(([name, value]) => [name, { value, at: NOW - 5000, window: 15_000 }]),
  );
  const situation = { pods, replicas: pods.length, tolerances, now: NOW };
  return byUtilization(situation, samples, target, resource, '');
}

const [a, b, c] = [pod('a'), pod('b'), pod('c')];

test('replicas grow with the ratio to the target, and a small difference has no effect', () => {
  expect(proposal([a, b], { a: 1000, b: 500 })).toEqual({ replicas: 3, utilization: 75, usage: 750 });
  expect(proposal([a, b], { a: 550, b: 550 }).replicas).toBe(2);
  expect(proposal([a, b], { a: 560, b: 560 }).replicas).toBe(3);
  expect(proposal([a, b, c], { a: 100, b: 100, c: 100 }).replicas).toBe(1);
});

test('a container that runs beside the others all the time asks for its share, one that only begins does not', () => {
  const beside = { name: 's', image: 'x', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } };
  const begins = { name: 'i', image: 'x', resources: { requests: { cpu: '6' } } };
  const more = { ...a, spec: { ...a.spec, initContainers: [beside, begins] } } as unknown as Pod;
  expect(proposal([more], { a: 1000 })).toMatchObject({ replicas: 1, utilization: 50 });
});

test('pods without a measurement dampen the change', () => {
  // Growing, they use nothing; shrinking, all that they asked for.
  expect(proposal([a, b, c], { a: 1000, b: 1000 }).replicas).toBe(4);
  expect(proposal([a, b, c], { a: 100, b: 100 }).replicas).toBe(3);
});

test('the CPU of pods that begin does not count, and neither do those that end', () => {
  const fresh = pod('b', { started: '2026-01-01T00:59:00Z', since: '2026-01-01T00:59:50Z' });
  expect(proposal([a, fresh], { a: 1000, b: 5000 })).toMatchObject({ replicas: 2, usage: 1000 });
  expect(proposal([a, fresh], { a: 1_024_000, b: 5_120_000 }, 50, 'memory').replicas).toBe(12);
  const pending = pod('b', { phase: 'Pending' });
  expect(proposal([a, pending], { a: 2000 }).replicas).toBe(4);
  expect(proposal([a, pod('b', { deleted: true })], { a: 1000, b: 1000 }).replicas).toBe(2);
  expect(() => proposal([pending], {})).toThrow('did not receive metrics for targeted pods (pods might be unready)');
  expect(() => proposal([], {})).toThrow('no pods returned by selector while calculating replica count');
});

test('an average amount, one value for all, and one that all share', () => {
  const samples: Samples = new Map([['a', { value: 3000, at: NOW, window: 15_000 }]]);
  const situation = { pods: [a], replicas: 1, tolerances, now: NOW };
  expect(byAverage(situation, samples, 1000, '')).toEqual({ replicas: 3, usage: 3000 });
  expect(byValue({ ...situation, pods: [a, b], replicas: 2 }, 3000, 1000)).toEqual({ replicas: 6, usage: 3000 });
  expect(byValue({ ...situation, replicas: 0 }, 2500, 1000).replicas).toBe(3);
  expect(byShare(2, 5000, 1000, tolerances)).toEqual({ replicas: 5, usage: 2500 });
  expect(byShare(5, 5100, 1000, tolerances).replicas).toBe(5);
});
