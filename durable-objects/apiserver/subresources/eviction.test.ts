import { expect, test } from 'vitest';
import type { Pod, PodDisruptionBudget } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, PODS, pod } from '../testing/objects.ts';

test('an eviction deletes, with what the delete was asked to heed', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'web' },
    deleteOptions: { gracePeriodSeconds: 5 },
  };
  const { status, body: answer } = await call(`POST ${PODS}/web/eviction`, { body });
  expect([status, answer.status]).toEqual([201, 'Success']);
  expect((await call<Pod>(`GET ${PODS}/web`)).body.metadata.deletionGracePeriodSeconds).toBe(5);
});

/** As upstream's `test/integration/evictions/evictions_test.go`, TestEvictionVersions. */
test.each([
  ['policy/v1', 201],
  ['policy/v1beta1', 201],
  [undefined, 201],
  ['policy/v2', 400],
])('an Eviction of %s answers %i', async (apiVersion, code) => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  const body = {
    ...(apiVersion && { apiVersion, kind: 'Eviction' }),
    metadata: { name: 'web' },
    deleteOptions: { dryRun: ['All'] },
  };
  const { status, body: answer } = await call(`POST ${PODS}/web/eviction`, { body });
  expect([status, answer.kind]).toEqual([code, 'Status']);
  if (code === 400) expect(answer.message).toContain('policy/v2');
});

test('a disruption budget lets as many running pods go as it has disruptions left', async () => {
  const { call, create } = await testApi();
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  const patch = (path: string, status: object) => call(`PATCH ${path}/status`, { body: { status }, headers: MERGE });
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (const name of ['a', 'b', 'c']) {
    await create(PODS, pod(name, { metadata: { name, labels: { app: 'web' } }, spec: { nodeName: 'n1' } }));
    if (name !== 'c') await patch(`${PODS}/${name}`, ready);
  }
  await create(budgets, {
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
  });
  const evict = async (name: string) => {
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } };
    const { status, body: answer } = await call<{ details?: { causes: { message: string }[] } }>(
      `POST ${PODS}/${name}/eviction`,
      { body },
    );
    return [status, answer.details?.causes[0]?.message];
  };
  expect(await evict('a')).toEqual([429, 'The disruption budget web is still being processed by the server.']);
  await patch(`${budgets}/web`, { observedGeneration: 1, disruptionsAllowed: 1, desiredHealthy: 1, currentHealthy: 2 });
  const other = { metadata: { name: 'a' }, deleteOptions: { preconditions: { uid: 'another' } } };
  const twice = { observedGeneration: 1, disruptionsAllowed: 2, desiredHealthy: 1, currentHealthy: 2 };
  await patch(`${budgets}/web`, twice);
  expect((await call(`POST ${PODS}/a/eviction`, { body: other })).status).toBe(409);
  expect((await call<PodDisruptionBudget>(`GET ${budgets}/web`)).body.status?.disruptionsAllowed).toBe(1);
  expect(await evict('a')).toEqual([201, undefined]);
  expect(await evict('b')).toEqual([429, 'The disruption budget web does not allow evicting pods currently']);
  expect(await evict('c')).toEqual([201, undefined]);
  const { status } = (await call<PodDisruptionBudget>(`GET ${budgets}/web`)).body;
  expect([status?.disruptionsAllowed, Object.keys(status?.disruptedPods ?? {})]).toEqual([0, ['a']]);
});

test('a pod that was a target of disruption before keeps the time since which it is, and the place of the condition', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const lastTransitionTime = '2020-01-01T00:00:00Z';
  const conditions = [
    { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', lastTransitionTime },
    { type: 'Ready', status: 'True', lastTransitionTime },
  ];
  await call(`PATCH ${PODS}/web/status`, { body: { status: { phase: 'Running', conditions } }, headers: MERGE });
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } };
  expect((await call(`POST ${PODS}/web/eviction`, { body })).status).toBe(201);
  expect((await call<Pod>(`GET ${PODS}/web`)).body.status?.conditions?.[0]).toMatchObject({
    type: 'DisruptionTarget',
    reason: 'EvictionByEvictionAPI',
    lastTransitionTime,
  });
});
