import { expect, test } from 'vitest';
import { KindRegistry } from '../../kube/kinds/registry.ts';
import type { Event, PodDisruptionBudget } from '../../kube/types.ts';
import { deploymentController } from './deployment-controller.ts';
import { disruptionController } from './disruption-controller.ts';
import { replicaSetController } from './replicaset-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { nginxDeployment, settleAll } from './runtime/testing/kubelet.ts';

const disruption = disruptionController(new KindRegistry());
const BUDGETS = 'poddisruptionbudgets.policy';

function budget(spec: object, status?: object) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'nginx', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'nginx' } }, ...spec },
    ...(status ? { status } : {}),
  };
}

async function statusWith(spec: object): Promise<PodDisruptionBudget['status']> {
  const harness = new Harness([deploymentController, replicaSetController, disruption]);
  await harness.api.apply('deployments.apps', nginxDeployment({ replicas: 5 }));
  await harness.api.apply(BUDGETS, budget(spec));
  await settleAll(harness);
  return harness.api.read<PodDisruptionBudget>(BUDGETS, 'default', 'nginx')?.status;
}

test.each<[object, number, number]>([
  [{ minAvailable: 3 }, 3, 2],
  [{ minAvailable: '50%' }, 3, 2],
  [{ maxUnavailable: 1 }, 4, 1],
  [{ maxUnavailable: '30%' }, 3, 2],
  [{ minAvailable: 7 }, 7, 0],
])('of five healthy pods %j wants %i and lets %i go', async (spec, desiredHealthy, disruptionsAllowed) => {
  const status = await statusWith(spec);
  expect(status).toMatchObject({ expectedPods: 5, currentHealthy: 5, desiredHealthy, disruptionsAllowed });
  expect(status?.conditions).toMatchObject([
    disruptionsAllowed > 0
      ? { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }
      : { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
  ]);
});

test('a granted eviction counts until the pod goes, or for two minutes', async () => {
  const harness = new Harness([deploymentController, replicaSetController, disruption]);
  const { api, time } = harness;
  const read = () => api.read<PodDisruptionBudget>(BUDGETS, 'default', 'nginx')?.status;
  await api.apply('deployments.apps', nginxDeployment({ replicas: 3 }));
  await settleAll(harness);
  await api.apply(BUDGETS, budget({ minAvailable: 2 }));
  await harness.settle();
  expect(read()?.disruptionsAllowed).toBe(1);

  const [pod] = api.all('pods/');
  const disruptedPods = { [pod?.metadata.name ?? '']: new Date(time.now()).toISOString() };
  await api.patch(BUDGETS, 'default', 'nginx', { status: { disruptedPods, disruptionsAllowed: 0 } }, true);
  await harness.settle();
  expect(read()).toMatchObject({ disruptedPods, currentHealthy: 2, disruptionsAllowed: 0 });
  let steps = 0;
  while (await harness.step(time.now() + 130_000)) steps++;
  expect(steps).toBeLessThan(10);
  expect(read()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 });
  expect(read()?.disruptedPods).toBeUndefined();
  expect(api.all<Event>('events/').filter(({ reason }) => reason === 'NotDeleted')).toMatchObject([
    {
      message: "Pod was expected by PDB default/default to be deleted but it wasn't",
      involvedObject: { kind: 'Pod', name: pod?.metadata.name },
    },
  ]);
});

test.each([
  ['example.com/v1', 'Thing', 'no matches for kind "Thing" in version "example.com/v1"'],
  ['batch/v1', 'Job', 'jobs.batch does not implement the scale subresource'],
  ['apps/v1', 'StatefulSet', 'found no controllers for pod "web"'],
])('no disruption is allowed where a %s %s is not found or has no scale', async (apiVersion, kind, message) => {
  const harness = new Harness([disruption]);
  const { api } = harness;
  const ownerReferences = [{ apiVersion, kind, name: 'a', uid: 'u', controller: true }];
  const metadata = { name: 'web', namespace: 'default', labels: { app: 'nginx' }, ownerReferences };
  await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata } as never);
  await api.apply(BUDGETS, budget({ maxUnavailable: 1 }));
  await harness.settle();
  const status = api.read<PodDisruptionBudget>(BUDGETS, 'default', 'nginx')?.status;
  expect(status).toMatchObject({
    disruptionsAllowed: 0,
    conditions: [{ status: 'False', reason: 'SyncFailed', message }],
  });
  expect(api.all<Event>('events/').map((event) => [event.reason, event.message])).toEqual([
    ['CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${message}`],
  ]);
});

test('a pod is counted by whatever name', async () => {
  const harness = new Harness([disruption]);
  const { api } = harness;
  for (const name of ['constructor', 'web']) {
    const metadata = { name, namespace: 'default', labels: { app: 'nginx' } };
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata, status } as never);
  }
  await api.apply(BUDGETS, budget({ minAvailable: 1 }));
  await harness.settle();
  const status = api.read<PodDisruptionBudget>(BUDGETS, 'default', 'nginx')?.status;
  expect(status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
});

test('a pod of two budgets is told of, as it cannot be evicted', async () => {
  const harness = new Harness([disruption]);
  const { api } = harness;
  await api.apply(BUDGETS, budget({ minAvailable: 1 }));
  await api.apply(BUDGETS, { ...budget({ minAvailable: 1 }), metadata: { name: 'other', namespace: 'default' } });
  const metadata = { name: 'web', namespace: 'default', labels: { app: 'nginx' } };
  await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata } as never);
  await harness.settle();
  expect(api.all<Event>('events/').filter(({ involvedObject }) => involvedObject.kind === 'Pod')).toMatchObject([
    {
      reason: 'MultiplePodDisruptionBudgets',
      message: 'Pod "default"/"web" matches multiple PodDisruptionBudgets.  Chose "nginx" arbitrarily.',
    },
  ]);
});

test('pods without a controller are told of with the selector as upstream prints it', async () => {
  const harness = new Harness([disruption]);
  const { api } = harness;
  const metadata = { name: 'web', namespace: 'default', labels: { app: 'nginx' } };
  await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata } as never);
  await api.apply(BUDGETS, budget({ maxUnavailable: 1 }));
  await harness.settle();
  expect(api.all<Event>('events/')[0]?.message).toContain(
    '(selector: &LabelSelector{MatchLabels:map[string]string{app: nginx,},MatchExpressions:[]LabelSelectorRequirement{},})',
  );
});
