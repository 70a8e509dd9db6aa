import { expect, test } from 'vitest';
import {
  deeds,
  LONG_AGO,
  made,
  plan,
  planOf,
  pod,
  revision,
  statefulSet,
  statusOf,
  template,
} from './testing/objects.ts';

const going = { metadata: { deletionTimestamp: LONG_AGO } };
const parallel = { podManagementPolicy: 'Parallel' };

test('pods are made one after the other, each when those before it are available', () => {
  const [history, first] = made(plan(statefulSet({}, { currentRevision: undefined })));
  const hash = history?.metadata.labels?.['controller.kubernetes.io/hash'];
  expect(history).toMatchObject({ kind: 'ControllerRevision', metadata: { name: `web-${hash}` }, revision: 1 });
  expect(first).toMatchObject({
    metadata: {
      name: 'web-0',
      generateName: 'web-',
      labels: {
        app: 'web',
        'controller-revision-hash': `web-${hash}`,
        'statefulset.kubernetes.io/pod-name': 'web-0',
        'apps.kubernetes.io/pod-index': '0',
      },
      ownerReferences: [{ kind: 'StatefulSet', controller: true, blockOwnerDeletion: true }],
    },
    spec: { hostname: 'web-0', subdomain: 'webs', containers: [{ image: 'web:1' }] },
  });
  expect(deeds(planOf(statefulSet(), pod(0, { ready: '' })))).toEqual([]);
  expect(deeds(planOf(statefulSet(), pod(0)))).toEqual(['+web-1']);
  expect(deeds(planOf(statefulSet(), pod(0), pod(2)))).toEqual(['+web-1']);
  expect(deeds(planOf(statefulSet(), pod(0), pod(1), pod(2)))).toEqual([]);
});

test('in parallel all are made and removed at once', () => {
  expect(deeds(planOf(statefulSet(parallel), pod(1, { ready: '' })))).toEqual(['+web-0', '+web-2']);
  const smaller = planOf(statefulSet({ ...parallel, replicas: 1 }), pod(0, { ready: '' }), pod(1), pod(2));
  expect(deeds(smaller)).toEqual(['-web-2', '-web-1']);
});

test('ordinals begin where the set says', () => {
  const from5 = statefulSet({ replicas: 2, ordinals: { start: 5 } });
  expect(deeds(planOf(from5, pod(5)))).toEqual(['+web-6']);
  expect(deeds(planOf(from5, pod(5), pod(6), pod(0)))).toEqual(['-web-0']);
});

test('a partition counts from the first ordinal', () => {
  const updated = statefulSet({
    replicas: 3,
    ordinals: { start: 5 },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
    template: template('web:2'),
  });
  const next = (...pods: object[]) => planOf(updated, revision('next', 2, template('web:2')), ...pods);
  const revisionOf = (plan: ReturnType<typeof planOf>) => made(plan)[0]?.metadata.labels?.['controller-revision-hash'];
  expect(revisionOf(next())).toBe('web-present');
  expect(revisionOf(next(pod(5)))).toBe('web-next');
  expect(deeds(next(pod(5), pod(6), pod(7)))).toEqual(['-web-7']);
  expect(deeds(next(pod(5), pod(6), pod(7, { hash: 'next' })))).toEqual(['-web-6']);
  expect(deeds(next(pod(5), pod(6, { hash: 'next' }), pod(7, { hash: 'next' })))).toEqual([]);
});

test('a set shrinks from its end, one pod at a time, while all are available', () => {
  const small = statefulSet({ replicas: 1 });
  expect(deeds(planOf(small, pod(0), pod(1), pod(2)))).toEqual(['-web-2']);
  expect(deeds(planOf(small, pod(0), pod(1), pod(2, going)))).toEqual([]);
  expect(deeds(planOf(small, pod(0), pod(1, { ready: '' }), pod(2)))).toEqual(['-web-2']);
  expect(deeds(planOf(small, pod(0), pod(1, { ready: '' }), pod(2, { ready: '' })))).toEqual([]);
  expect(deeds(planOf(small, pod(0), pod(1), pod(2, { ready: '' })))).toEqual(['-web-2']);
});

test('a pod that ended is deleted, and made again once it is gone', () => {
  expect(deeds(planOf(statefulSet(), pod(0, { phase: 'Failed', ready: '' })))).toEqual(['-web-0']);
  expect(deeds(planOf(statefulSet(), pod(0, { phase: 'Succeeded', ready: '', ...going })))).toEqual([]);
});

test('an update replaces pods from the end, each when those above it are available', () => {
  const changed = statefulSet({}, { currentRevision: 'web-old', currentReplicas: 3 });
  const old = (ordinal: number, options: object = {}) => pod(ordinal, { hash: 'old', ...options });
  const step = (...pods: object[]) => {
    const done = planOf(changed, revision('old', 0, template('web:0')), ...pods);
    return [deeds(done), statusOf(done)?.currentReplicas, statusOf(done)?.updatedReplicas];
  };
  expect(step(old(0), old(1), old(2))).toEqual([['-web-2'], 2, undefined]);
  expect(step(old(0), old(1), old(2, going))).toEqual([[], 2, undefined]);
  expect(step(old(0), old(1))).toEqual([['+web-2'], 2, undefined]);
  expect(step(old(0), old(1), pod(2, { ready: '' }))).toEqual([[], 2, 1]);
  expect(step(old(0), old(1), pod(2))).toEqual([['-web-1'], 1, 1]);
});

test('pods below the partition keep, and get again, the revision before', () => {
  const partition = (from: number) => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: from } },
  });
  const old = [revision('old', 0, template('web:0')), pod(0, { hash: 'old' }), pod(1, { hash: 'old' })];
  const status = { currentRevision: 'web-old', currentReplicas: 2 };
  const waiting = planOf(statefulSet(partition(2), status), ...old);
  expect(made(waiting)).toMatchObject([{ metadata: { name: 'web-2' }, spec: { containers: [{ image: 'web:1' }] } }]);
  const kept = planOf(statefulSet(partition(3), status), ...old);
  expect(made(kept)).toMatchObject([{ metadata: { name: 'web-2' }, spec: { containers: [{ image: 'web:0' }] } }]);
  expect(deeds(planOf(statefulSet(partition(2), status), ...old, pod(2)))).toEqual([]);
});

test('OnDelete leaves pods of an earlier revision', () => {
  const set = statefulSet({ updateStrategy: { type: 'OnDelete' } }, { currentRevision: 'web-old' });
  const old = [0, 1, 2].map((ordinal) => pod(ordinal, { hash: 'old' }));
  expect(deeds(planOf(set, revision('old', 0, template('web:0')), ...old))).toEqual([]);
});

test('a set that is being deleted only tells its status; a pod without its label gets it again', () => {
  const ending = statefulSet({}, {}, { deletionTimestamp: LONG_AGO, finalizers: ['foregroundDeletion'] });
  const { actions, apart } = planOf(ending, pod(0));
  expect([actions, apart?.length]).toEqual([[], 1]);
  const bare = planOf(statefulSet({ replicas: 1 }), pod(0, { labels: { 'statefulset.kubernetes.io/pod-name': '' } }));
  expect(deeds(bare)).toEqual(['~web-0']);
  // In parallel it need not be ready for that.
  const unready = pod(0, { ready: '', labels: { 'statefulset.kubernetes.io/pod-name': '' } });
  expect(deeds(planOf(statefulSet({ replicas: 1, ...parallel }), unready))).toEqual(['~web-0']);
  expect(deeds(planOf(statefulSet({ replicas: 1 }), unready))).toEqual([]);
});
