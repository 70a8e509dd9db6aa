import { expect, test } from 'vitest';
import { Actions, type Decided } from './actions.ts';
import { projectPod } from './cache/projections.ts';
import { profileOf } from './framework/profile.ts';
import { queuedPod } from './queue/queued-pod.ts';
import { TestCluster } from './testing/cluster.ts';
import { pod } from './testing/objects.ts';

test('of a long message a pod keeps what its event tells, and tells it once', async () => {
  const cluster = new TestCluster();
  cluster.put('pods', pod('p'));
  const key = 'pods/default/p';
  const stored = cluster.get(key) as Decided['pod'];
  const info = projectPod(key, stored, 1);
  const queued = queuedPod({ key, uid: info.uid, priority: 0, fingerprint: '' }, undefined, 0, 0);
  const decided = { queued, pod: stored, info, profile: profileOf([]), begun: 0, extenders: [] };
  const actions = new Actions(cluster.ports);
  const fail = (message: string) =>
    actions.reportFailure(decided, message, { condition: { reason: 'Unschedulable', message } });
  const long = `0/1 nodes are available: ${'x'.repeat(100_000)}`;
  for (const message of [long, long, 'short', long]) await fail(message);
  expect(queued.reported?.length).toBe(1024);
  expect(cluster.events()).toEqual([
    `Warning FailedScheduling ${queued.reported}`,
    'Warning FailedScheduling short',
    `Warning FailedScheduling ${queued.reported}`,
  ]);
});
