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
