import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS } from '../testing/objects.ts';

test('metrics tell the objects of each resource once, and the size of the storage, to administrators', async () => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('a'));
  await create(MAPS, configMap('b'));
  await create(DEPLOYMENTS, deployment('web'));
  const { status, headers, text } = await call('GET /metrics');
  expect([status, headers['content-type']]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  ]);
  const lines = text.split('\n');
  expect(lines).toContain('# TYPE apiserver_resource_objects gauge');
  expect(lines).toContain('apiserver_resource_objects{group="",resource="configmaps"} 3');
  expect(lines).toContain('apiserver_resource_objects{group="apps",resource="deployments"} 1');
  expect(lines).toContain('apiserver_resource_objects{group="",resource="pods"} 0');
  expect(lines).toContain(`apiserver_storage_size_bytes{storage_cluster_id="islet"} ${store.use.used}`);
  // Events have two groups and autoscalers two versions; reviews are not kept.
  for (const [resource, count] of [
    ['events', 2],
    ['horizontalpodautoscalers', 2],
    ['tokenreviews', 0],
  ] as const) {
    expect(lines.filter((line) => line.includes(`resource="${resource}"`))).toHaveLength(count);
  }
  const JANE = { name: 'jane', groups: ['system:authenticated'] };
  expect((await call('GET /metrics', { user: JANE })).status).toBe(403);
});
