import { expect, test } from 'vitest';
import { jobOrphanPodController } from './job-orphan-pod-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const TRACKING = 'batch.kubernetes.io/job-tracking';
const KEY = 'pods/default/a';

const owner = (kind: string, more: object = {}) => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  name: 'work',
  uid: 'uid-work',
  controller: true,
  ...more,
});
const pod = (ownerReferences: object[], finalizers = [TRACKING]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default', finalizers, ownerReferences },
});
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'work', namespace: 'default' } };
const plan = (...objects: object[]) => planFor(jobOrphanPodController, KEY, objects, 0);

const released = {
  do: 'patch',
  type: 'strategic',
  target: { resource: 'pods', namespace: 'default', name: 'a', uid: 'uid-a' },
  patch: { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING] } },
};

test('a pod that a Job held is let go once the Job is gone, or has the same name alone', () => {
  expect(plan(pod([owner('Job')])).actions).toEqual([released]);
  expect(plan(pod([owner('Job', { uid: 'uid-earlier' })]), job).actions).toEqual([released]);
  expect(plan(pod([])).actions).toEqual([released]);
  expect(plan(pod([owner('Job', { controller: false })]), job).actions).toEqual([released]);
});

test('a pod of a Job that is there, of another controller, and one that nothing holds are left alone', () => {
  expect(plan(pod([owner('Job')]), job).actions).toEqual([]);
  expect(plan(pod([owner('ReplicaSet')])).actions).toEqual([]);
  expect(plan(pod([owner('Job', { apiVersion: 'batch.example.com/v1' })])).actions).toEqual([]);
  expect(plan(pod([owner('Job')], ['example.com/hold'])).actions).toEqual([]);
  expect(plan().actions).toEqual([]);
});

test('the pods of a Job that goes are let go, also where the object dies with it', async () => {
  const harness = new Harness([jobOrphanPodController]);
  const { api } = harness;
  await api.apply('jobs.batch', { ...job, metadata: { ...job.metadata, uid: 'uid-work' } });
  const uid = api.read('jobs.batch', 'default', 'work')?.metadata.uid;
  for (const name of ['a', 'b']) {
    const made = pod([owner('Job', { uid })], [TRACKING, 'example.com/hold']);
    await api.apply('pods', { ...made, metadata: { ...made.metadata, name } });
  }
  await harness.settle();
  await api.remove('jobs.batch', 'default', 'work');
  await harness.step();
  harness.die();
  await harness.settle(60_000);
  expect(api.all('pods/').map(({ metadata }) => metadata.finalizers)).toEqual([
    ['example.com/hold'],
    ['example.com/hold'],
  ]);
  expect(harness.errors).toEqual([]);
});
