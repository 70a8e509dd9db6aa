import { expect, test } from 'vitest';
import type { ControllerRevision, StatefulSet } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { settleWithEvictions } from './runtime/testing/kubelet.ts';
import { plan, planOf, pod, revision, statefulSet, statusOf, template } from './statefulset/testing/objects.ts';
import { statefulSetController } from './statefulset-controller.ts';

test('pods count as available after minReadySeconds, and the set is looked at again then', () => {
  const set = statefulSet({ replicas: 2, minReadySeconds: 30 });
  const made = planOf(set, pod(0, { ready: '2026-01-01T00:59:50Z' }));
  expect(statusOf(made)).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 0, currentReplicas: 1 });
  expect([made.actions, made.requeueAfter]).toEqual([[], 20_000]);
});

test('an update is complete when all pods are of it and ready', () => {
  const old = revision('old', 1, template('web:0'));
  const set = statefulSet({}, { currentRevision: 'web-old' });
  const pods = [0, 1, 2].map((ordinal) => pod(ordinal));
  expect(statusOf(plan(set, old, revision('present', 2), ...pods))).toMatchObject({
    currentRevision: 'web-present',
    updateRevision: 'web-present',
    currentReplicas: 3,
    updatedReplicas: 3,
  });
});

test('an earlier template gets the next number, and revisions beyond the limit go, but for those of pods', () => {
  const others = [2, 3, 4].map((number) => revision(`r${number}`, number, template(`web:${number}`)));
  const set = statefulSet({ replicas: 1, revisionHistoryLimit: 1 }, { currentRevision: 'web-r4' });
  const { actions } = plan(set, revision('present', 1), ...others, pod(0, { hash: 'r2' }));
  expect(actions[0]).toMatchObject({ do: 'update', object: { metadata: { name: 'web-present' }, revision: 5 } });
  const gone = (plan(set, revision('present', 5), ...others, revision('r1', 1, template('web:7'))).actions ?? [])
    .filter((action) => action.do === 'delete')
    .map(({ target }) => target.name);
  expect(gone).toEqual(['web-r1', 'web-r2']);
});

test('pods that match and have a name of the set are adopted, others released', () => {
  const orphan = pod(0, { metadata: { ownerReferences: [] } });
  const stranger = { ...pod(1, { metadata: { ownerReferences: [], name: 'other-1' } }) };
  const { actions } = planOf(statefulSet({ replicas: 1 }), orphan, stranger, pod(2, { labels: { app: 'other' } }));
  const patched = actions.flatMap((action) => (action.do === 'patch' ? [[action.target.name, action.patch]] : []));
  expect(patched).toMatchObject([
    ['web-2', { metadata: { ownerReferences: null } }],
    ['web-0', { metadata: { ownerReferences: [{ uid: 'uid-web' }] } }],
  ]);
});

test('revisions that an earlier set of the name left are adopted, and then the set goes on', async () => {
  const harness = new Harness([statefulSetController]);
  const { metadata, ...left } = revision('left', 1);
  await harness.api.apply('controllerrevisions.apps', { ...left, metadata: { ...metadata, ownerReferences: [] } });
  await harness.api.apply('statefulsets.apps', statefulSet({}, { currentRevision: undefined }));
  await settleWithEvictions(harness);
  expect(harness.api.all<ControllerRevision>('controllerrevisions.apps/')).toMatchObject([
    { metadata: { name: 'web-left', ownerReferences: [{ kind: 'StatefulSet', name: 'web', controller: true }] } },
  ]);
  const { status } = harness.api.read<StatefulSet>('statefulsets.apps', 'default', 'web') ?? {};
  expect(status).toMatchObject({ readyReplicas: 3, currentRevision: 'web-left' });
});

test('a StatefulSet grows, changes and shrinks in order, whenever the object is evicted', async () => {
  const harness = new Harness([statefulSetController]);
  const { api } = harness;
  const names: string[] = [];
  api.onCommit((changes) => {
    for (const { key, change } of changes) {
      if (key.startsWith('pods/') && change !== 'update')
        names.push(`${change === 'create' ? '+' : '-'}${key.slice(-1)}`);
    }
  });
  await api.apply('statefulsets.apps', statefulSet({}, { currentRevision: undefined }));
  await settleWithEvictions(harness);
  expect(names.splice(0)).toEqual(['+0', '+1', '+2']);
  await api.patch('statefulsets.apps', 'default', 'web', { spec: { template: template('web:2') } });
  await settleWithEvictions(harness);
  expect(names.splice(0)).toEqual(['-2', '+2', '-1', '+1', '-0', '+0']);
  const status = api.read<StatefulSet>('statefulsets.apps', 'default', 'web')?.status;
  expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(status?.currentRevision).toBe(status?.updateRevision);
  const numbers = api.all<ControllerRevision>('controllerrevisions.apps/').map(({ revision: number }) => number);
  expect(numbers.sort()).toEqual([1, 2]);
  await api.patch('statefulsets.apps', 'default', 'web', { spec: { replicas: 1 } });
  await settleWithEvictions(harness);
  expect(names).toEqual(['-2', '-1']);
  expect(harness.errors).toEqual([]);
});
