import { expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS, PODS, pod } from '../testing/objects.ts';

test('others have their turn while a large collection is deleted', async () => {
  let turns = 0;
  const { call, create } = await testApi({ sleep: async () => void turns++ });
  for (let i = 0; i < 120; i++) await create(MAPS, configMap(`c-${i}`));
  expect((await call(`DELETE ${MAPS}`)).status).toBe(200);
  expect(turns).toBe(3);
});

test('a collection is deleted by its selector, and answers the deleted objects', async () => {
  const { call, create } = await testApi();
  for (const name of ['a', 'b']) await create(PODS, pod(name, { labels: { app: 'x' } }));
  await create(PODS, pod('c', { labels: { app: 'y' } }));
  const { status, body } = await call<{ kind: string; items: Pod[] }>(`DELETE ${PODS}?labelSelector=app%3Dx`);
  expect([status, body.kind, body.items.length]).toEqual([200, 'PodList', 2]);
  const left = await call<{ items: Pod[] }>(`GET ${PODS}`);
  expect(left.body.items.map(({ metadata }) => metadata.name)).toEqual(['c']);
});

test('a page of a collection is deleted, and the answer says how to go on', async () => {
  const { call, create } = await testApi();
  for (const name of ['a', 'b', 'c']) await create(MAPS, configMap(name));
  type Page = { metadata: { continue: string; remainingItemCount: number }; items: ConfigMap[] };
  const { body } = await call<Page>(`DELETE ${MAPS}?limit=1`);
  expect([body.items.length, body.metadata.remainingItemCount]).toEqual([1, 2]);
  await call(`DELETE ${MAPS}?limit=1&continue=${body.metadata.continue}`);
  const left = await call<Page>(`GET ${MAPS}`);
  expect(left.body.items.map(({ metadata }) => metadata.name)).toEqual(['c']);
});

test('a collection is deleted in one namespace only', async () => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('a', {}));
  const { revision } = store;
  expect((await call('DELETE /api/v1/configmaps')).status).toBe(405);
  expect((await call('DELETE /api/v1/configmaps?fieldSelector=metadata.name%3Da')).status).toBe(405);
  expect(store.revision).toBe(revision);
});
