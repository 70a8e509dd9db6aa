import { expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../../kube/types.ts';
import type { Condition } from '../runtime/conditions.ts';
import { setsOf } from './replica-sets.ts';
import { rolloutOf } from './rollout.ts';
import { countStatus, withProgress } from './status.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const TIME = '2026-01-01T00:00:00Z';

const condition = (type: string, status: string, reason: string): Condition => ({
  type,
  status,
  reason,
  lastTransitionTime: TIME,
});

test('a failure that is known keeps its place among the conditions, and progress comes last', () => {
  const failure = condition('ReplicaFailure', 'True', 'FailedCreate');
  const present = [
    condition('Progressing', 'True', 'ReplicaSetUpdated'),
    condition('Available', 'False', 'MinimumReplicasUnavailable'),
    failure,
  ];
  const deployment = {
    metadata: { name: 'web', generation: 1 },
    spec: { replicas: 3, progressDeadlineSeconds: 600 },
    status: { conditions: present, updatedReplicas: 1, replicas: 1 },
  } as unknown as Deployment;
  const set = {
    metadata: { name: 'web-1' },
    spec: { replicas: 3 },
    status: { replicas: 2, conditions: [failure] },
  } as unknown as ReplicaSet;
  const types = (sets = setsOf(set, [])) => {
    const rollout = rolloutOf(deployment, NOW);
    const { conditions } = withProgress(rollout, sets, countStatus(rollout, sets, present), present);
    return conditions?.map(({ type }) => type);
  };
  expect(types()).toEqual(['Available', 'ReplicaFailure', 'Progressing']);
  const mended = { ...set, status: { replicas: 2 } } as ReplicaSet;
  expect(types(setsOf(mended, []))).toEqual(['Available', 'Progressing']);
});

test('after a rollback the condition tells of the set that was rolled back to, though all its pods came at once', () => {
  const since = '2026-01-01T00:30:00Z';
  const available = (name: string): Condition => ({
    ...condition('Progressing', 'True', 'NewReplicaSetAvailable'),
    message: `ReplicaSet "${name}" has successfully progressed.`,
    lastTransitionTime: since,
  });
  const progress = (present: Condition, counts: object, strategy?: object) => {
    const deployment = {
      metadata: { name: 'web', generation: 2 },
      spec: { replicas: 2, progressDeadlineSeconds: 600, ...(strategy ? { strategy } : {}) },
      status: { replicas: 2, updatedReplicas: 0, conditions: [present] },
    } as unknown as Deployment;
    const sets = setsOf({ metadata: { name: 'web-1' }, spec: { replicas: 2 }, status: counts } as never, []);
    const rollout = rolloutOf(deployment, NOW);
    const { conditions } = withProgress(rollout, sets, countStatus(rollout, sets, [present]), [present]);
    const { reason, message, lastTransitionTime } = conditions?.find(({ type }) => type === 'Progressing') ?? {};
    return { reason, message, lastTransitionTime };
  };
  const all = { replicas: 2, readyReplicas: 2, availableReplicas: 2 };
  const { reason, message } = available('web-1');
  expect(progress(available('web-2'), all)).toEqual({ reason, message, lastTransitionTime: since });
  expect(progress(available('web-2'), { replicas: 2 })).toEqual({
    reason: 'ReplicaSetUpdated',
    message: 'ReplicaSet "web-1" is progressing.',
    lastTransitionTime: since,
  });
  // Upstream sees no progress where the other set's pods are gone first, or where there are none.
  const kept = available('web-2').message;
  expect(progress(available('web-2'), all, { type: 'Recreate' }).message).toBe(kept);
  expect(progress(available('web-2'), { replicas: 0 }).message).toBe(kept);
});
