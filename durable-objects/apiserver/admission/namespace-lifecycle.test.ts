import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { pod } from '../testing/objects.ts';

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
