import { expect, test } from 'vitest';
import type { ResourceQuota } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { PODS, pod } from '../testing/objects.ts';

const QUOTAS = '/api/v1/namespaces/default/resourcequotas';

test('a count anew that finds the usage as it is stored drops what the group has charged before it', async () => {
  const { create, call, clock, store } = await testApi();
  const used = async () => (await call<ResourceQuota>(`GET ${QUOTAS}/q`)).body.status?.used;
  await create('/api/v1/nodes', { metadata: { name: 'n' } });
  await create(QUOTAS, { metadata: { name: 'q' }, spec: { hard: { pods: '50' } } });
  const orders = new Set<boolean>();
  // A create takes some turns longer than a delete until both are in one group.
  for (let turns = 0; turns < 24; turns++) {
    const [old, fresh] = [`old-${turns}`, `fresh-${turns}`];
    await create(PODS, pod(old, { spec: { nodeName: 'n' } }));
    await call(`DELETE ${PODS}/${old}`);
    // The pod should be gone by now, so that its deletion has all counted.
    clock.time += 120_000;
    const posted = call(`POST ${PODS}`, { body: pod(fresh) });
    for (let i = 0; i < turns; i++) await undefined;
    await Promise.all([posted, call(`DELETE ${PODS}/${old}?gracePeriodSeconds=0`)]);
    const last = store.log({ after: 0, limit: 10_000, prefixes: ['pods/'] }).slice(-2);
    orders.add(last[0]?.change === 'create');
    expect(await used()).toEqual({ pods: String(turns + 1) });
  }
  expect(orders).toEqual(new Set([true, false]));
});
