import { expect, test } from 'vitest';
import { Harness } from './runtime/testing/harness.ts';
import { planFor } from './runtime/testing/plan-for.ts';
import { ttlAfterFinishedController } from './ttl-after-finished-controller.ts';

const JOBS = 'jobs.batch';
const KEY = `${JOBS}/default/work`;
const END = Date.parse('2026-01-01T00:01:00Z');

const job = (spec: object, type?: string, metadata: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work', namespace: 'default', ...metadata },
  spec,
  status: {
    conditions: type ? [{ type, status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' }] : [],
  },
});
const plan = (object: object, now: number) => planFor(ttlAfterFinishedController, KEY, [object], now);

test('a Job goes its time after its end, with its pods before it', () => {
  for (const type of ['Complete', 'Failed']) {
    const ended = job({ ttlSecondsAfterFinished: 90 }, type);
    expect(plan(ended, END + 1500)).toEqual({ actions: [], requeueAfter: 88_500 });
    const target = { resource: JOBS, namespace: 'default', name: 'work', uid: 'uid-work' };
    const name = 'ttl_after_finished_controller_job_deletion_duration_seconds';
    const gone = (late: number) => {
      const metrics = { done: [{ name, labels: [], value: late }] };
      return { actions: [{ do: 'delete', target, propagationPolicy: 'Foreground', metrics }] };
    };
    expect(plan(ended, END + 90_000)).toEqual(gone(0));
    expect(plan(job({ ttlSecondsAfterFinished: 0 }, type), END + 2000)).toEqual(gone(2));
  }
});

test('a Job stays that has not ended, has no such time, or is being deleted', () => {
  const spec = { ttlSecondsAfterFinished: 0 };
  const nothing = { actions: [] };
  expect(plan(job(spec), END)).toEqual(nothing);
  expect(plan(job(spec, 'FailureTarget'), END)).toEqual(nothing);
  expect(plan(job({}, 'Complete'), END)).toEqual(nothing);
  expect(plan(job(spec, 'Complete', { deletionTimestamp: '2026-01-01T00:01:00Z' }), END)).toEqual(nothing);
  expect(planFor(ttlAfterFinishedController, KEY, [], END)).toEqual(nothing);
});

test('the time outlives the object, and follows the spec', async () => {
  const harness = new Harness([ttlAfterFinishedController]);
  const { api, time } = harness;
  const isGoing = () => api.read(JOBS, 'default', 'work')?.metadata.deletionTimestamp !== undefined;
  time.advance(60_000);
  await api.apply(JOBS, job({ ttlSecondsAfterFinished: 600 }, 'Complete'));
  await harness.settle(1000);
  await api.patch(JOBS, 'default', 'work', { spec: { ttlSecondsAfterFinished: 3600 } });
  await harness.settle(1000);
  harness.die();
  await harness.until(END + 3_590_000);
  expect(isGoing()).toBe(false);
  harness.die();
  await harness.until(END + 3_601_000);
  expect(isGoing()).toBe(true);
  expect([...harness.timers.rows.keys()].filter((id) => id.startsWith('controllers/'))).toEqual([]);
  expect(harness.errors).toEqual([]);
});
