import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { configMap, MAPS } from '../testing/objects.ts';

test('a full cluster, in which nothing can be made any more, is read and emptied', async () => {
  const authorities = async () => ({ client: 'client', frontProxy: 'front-proxy' });
  const { call, store, reported } = await testApi({ quota: 1_200_000, authorities });
  for (let i = 0; !store.use.isFull; i++) {
    const data = { a: 'x'.repeat(100_000) };
    await call(`POST ${MAPS}`, { body: { ...configMap(`m${i}`), data } });
  }
  for (const path of ['/api/v1/configmaps', '/apis/apiregistration.k8s.io/v1/apiservices']) {
    expect((await call(`GET ${path}`)).status).toBe(200);
  }
  expect((await call(`DELETE ${MAPS}`)).status).toBe(200);
  expect(reported).toEqual([]);
});

test('an error while objects are made on demand is reported, and the request is answered without these objects', async () => {
  const authorities = () => Promise.reject(new Error('no keys'));
  const { call, reported } = await testApi({ authorities });
  expect((await call('GET /api/v1/configmaps')).status).toBe(200);
  expect(reported).toEqual([new Error('no keys')]);
});
