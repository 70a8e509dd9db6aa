import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { MERGE, pod } from '../testing/objects.ts';

test('in a namespace that terminates, pods are neither bound nor evicted', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces', { metadata: { name: 'going' } });
  await create('/api/v1/namespaces/going/serviceaccounts', { metadata: { name: 'default' } });
  const pods = '/api/v1/namespaces/going/pods';
  await create(pods, pod('a'));
  await call('DELETE /api/v1/namespaces/going');
  const target = { kind: 'Node', name: 'n1' };
  for (const [subresource, body] of [
    ['binding', { target }],
    ['eviction', {}],
  ] as const) {
    const reply = await call(`POST ${pods}/a/${subresource}`, { body: { metadata: { name: 'a' }, ...body } });
    expect([reply.status, reply.body.details?.causes?.[0]?.reason]).toEqual([403, 'NamespaceTerminating']);
  }
});

test('what a namespace has left behind can be deleted and not be changed', async () => {
  const { call, create } = await testApi();
  await create('/api/v1/namespaces', { metadata: { name: 'gone' } });
  const maps = '/api/v1/namespaces/gone/configmaps';
  await create(maps, { metadata: { name: 'a', finalizers: ['own.io/x'] } });
  await create(maps, { metadata: { name: 'b' } });
  await call('DELETE /api/v1/namespaces/gone');
  await call('PUT /api/v1/namespaces/gone/finalize', { body: { metadata: { name: 'gone' }, spec: {} } });
  const patched = await call(`PATCH ${maps}/a`, { body: { metadata: { finalizers: null } }, headers: MERGE });
  expect([patched.status, patched.body.message]).toEqual([404, 'namespaces "gone" not found']);
  expect((await call(`DELETE ${maps}/b`)).status).toBe(200);
});
