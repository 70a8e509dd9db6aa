import { expect, test } from 'vitest';
import { conditions, container, pod, seen, statusOf, T0 } from '../testing/pod-lifecycle.ts';
import { decide, NO_MEMORY, type PodMemory, recordProbe, startProbe } from './index.ts';

test('three failed liveness probes kill the container, which then restarts', () => {
  const spec = { failureThreshold: 3, periodSeconds: 5, initialDelaySeconds: 2 };
  const p = pod({ containers: [{ name: 'web', image: 'i', livenessProbe: spec }] });
  let state = startProbe('liveness', spec, T0);
  expect(state).toMatchObject({ result: 'success', dueAt: T0 + 2000 });
  const kills: boolean[] = [];
  for (let i = 0; i < 3; i++) {
    const verdict = recordProbe('liveness', spec, state, 'failure', state.dueAt);
    kills.push(verdict.kill);
    state = verdict.state;
  }
  expect(kills).toEqual([false, false, true]);
  const web = container('web', 'running');
  const memory: PodMemory = { ...NO_MEMORY, probes: { web: { id: web.id, liveness: state } } };
  expect(decide({ pod: p, observed: seen(web), memory, now: T0 }).actions).toMatchObject([
    { do: 'kill-container', why: 'liveness', message: 'Container web failed liveness probe, will be restarted' },
  ]);
});

test('readiness starts as not ready, and an adopted container keeps what was reported until its probe speaks', () => {
  const p = pod({ containers: [{ name: 'web', image: 'i', readinessProbe: {} }] });
  const web = container('web', 'running');
  expect(statusOf(p, seen(web)).containerStatuses?.[0]?.ready).toBe(false);
  const ready = recordProbe('readiness', {}, startProbe('readiness', {}, T0), 'success', T0).state;
  const memory: PodMemory = { ...NO_MEMORY, probes: { web: { id: web.id, readiness: ready } } };
  const status = statusOf(p, seen(web), memory);
  expect(status.containerStatuses?.[0]?.ready).toBe(true);
  expect(statusOf({ ...p, status }, seen(web)).containerStatuses?.[0]?.ready).toBe(true);
});

test('readiness gates hold Ready back with a message that names them', () => {
  const p = pod({ readinessGates: [{ conditionType: 'lb' }] });
  expect(conditions(p, seen(container('web', 'running')))).toContain(
    'Ready False ReadinessGatesNotReady corresponding condition of pod readiness gate "lb" does not exist.',
  );
});

test('A probe that could not be run counts neither way, and is due again a period later', () => {
  const spec = { failureThreshold: 2, periodSeconds: 5 };
  const failed = recordProbe('liveness', spec, startProbe('liveness', spec, T0), 'failure', T0).state;
  const unknown = recordProbe('liveness', spec, failed, 'unknown', T0 + 5000);
  expect(unknown).toEqual({ state: { ...failed, dueAt: T0 + 10_000 }, changed: false, kill: false });
  expect(recordProbe('liveness', spec, unknown.state, 'failure', T0 + 10_000).kill).toBe(true);
});

test('A container’s last report holds in a fresh probe, until its threshold says otherwise', () => {
  const spec = { failureThreshold: 2, periodSeconds: 5 };
  const reported = { started: true, ready: true };
  expect(startProbe('startup', spec, T0, reported)).toMatchObject({ result: 'success', held: true });
  expect(startProbe('liveness', spec, T0, reported)).toMatchObject({ result: 'success', held: false });
  const readiness = startProbe('readiness', spec, T0, reported);
  const once = recordProbe('readiness', spec, readiness, 'failure', T0);
  expect([readiness.result, once.state.result]).toEqual(['success', 'success']);
  expect(recordProbe('readiness', spec, once.state, 'failure', T0).state.result).toBe('failure');
});
