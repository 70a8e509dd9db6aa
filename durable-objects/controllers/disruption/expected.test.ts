import { expect, test } from 'vitest';
import type { KindDescriptor } from '../../../kube/kinds/define.ts';
import type { PodDisruptionBudget } from '../../../kube/types.ts';
import type { PodProjection } from '../common/pods.ts';
import type { Answer } from '../runtime/plan.ts';
import type { View } from '../runtime/view/view.ts';
import { expectedOf } from './expected.ts';

const owner = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'u' };
const kind = { resource: 'rollouts.argoproj.io', subresources: { scale: { specReplicas: 'spec.replicas' } } };
const surroundings = {
  view: { get: () => undefined } as unknown as View,
  kinds: { findKind: () => ({ kind: kind as unknown as KindDescriptor, storage: kind.resource }) },
};

function expected(answer: Answer) {
  const budget = { spec: { maxUnavailable: '50%' } } as unknown as PodDisruptionBudget;
  const pods = ['a', 'b'].map((name) => ({ namespace: 'ns', name, owner })) as unknown as PodProjection[];
  const asking = expectedOf(budget, pods, surroundings);
  expect(asking.next().value).toEqual({ resource: kind.resource, namespace: 'ns', name: 'web', subresource: 'scale' });
  return asking.next(answer).value;
}

test('pods that a custom resource controls are as many as its scale says', () => {
  const scale = { metadata: { name: 'web', uid: 'u' }, spec: { replicas: 5 } };
  expect(expected({ ok: true, object: scale })).toEqual({ pods: 5, healthy: 2, hasUnmanaged: false });
});

test.each<[string, Answer, string]>([
  ['another of its name', { ok: true, object: { metadata: { uid: 'v' } } }, 'found no controllers for pod "a"'],
  ['none', { ok: false, status: { reason: 'NotFound' } as never }, 'found no controllers for pod "a"'],
  ['a refusal', { ok: false, status: { reason: 'Forbidden', message: 'no' } as never }, 'no'],
])('%s is an error', (_, answer, message) => {
  expect(() => expected(answer)).toThrow(message);
});

test('the sets of a Deployment count as many pods as it asks for, once; one whose Deployment is another, its own', () => {
  const deployment = { kind: 'Deployment', name: 'web', controller: true };
  const objects: Record<string, object> = {
    'deployments.apps/web': { metadata: { uid: 'd' }, spec: { replicas: 10 } },
    'replicasets.apps/old': {
      metadata: { uid: 'o', ownerReferences: [{ ...deployment, uid: 'd' }] },
      spec: { replicas: 7 },
    },
    'replicasets.apps/new': {
      metadata: { uid: 'n', ownerReferences: [{ ...deployment, uid: 'd' }] },
      spec: { replicas: 5 },
    },
    'replicasets.apps/left': {
      metadata: { uid: 'l', ownerReferences: [{ ...deployment, uid: 'x' }] },
      spec: { replicas: 2 },
    },
  };
  const view = { get: (resource: string, _: string, name: string) => objects[`${resource}/${name}`] };
  const total = (...sets: string[]) => {
    const pods = sets.map((name) => {
      return { namespace: 'ns', name, owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name[0] } };
    });
    const budget = { spec: { minAvailable: '50%' } } as unknown as PodDisruptionBudget;
    const asking = expectedOf(budget, pods as unknown as PodProjection[], {
      ...surroundings,
      view: view as unknown as View,
    });
    return asking.next().value;
  };
  expect(total('old', 'new')).toEqual({ pods: 10, healthy: 5, hasUnmanaged: false });
  expect(total('left')).toEqual({ pods: 2, healthy: 1, hasUnmanaged: false });
  expect(total('old', 'left')).toEqual({ pods: 12, healthy: 6, hasUnmanaged: false });
});
