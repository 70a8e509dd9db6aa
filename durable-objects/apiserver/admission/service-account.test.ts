import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { pod } from '../testing/objects.ts';

test('a pod waits a moment for the default service account of a new namespace, and then fails', async () => {
  const waits: number[] = [];
  let arrive: (() => Promise<unknown>) | undefined;
  const { call, create } = await testApi({
    async sleep(ms) {
      waits.push(ms);
      if (waits.length === 3) await arrive?.();
    },
  });
  await create('/api/v1/namespaces', { metadata: { name: 'new' } });
  const path = '/api/v1/namespaces/new/pods';
  const refused = await call(`POST ${path}`, { body: pod('web') });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'pods "web" is forbidden: error looking up service account new/default: serviceaccount "default" not found',
  ]);
  waits.length = 0;
  arrive = () => create('/api/v1/namespaces/new/serviceaccounts', { metadata: { name: 'default' } });
  expect((await call(`POST ${path}`, { body: pod('web') })).status).toBe(201);
  expect(waits).toHaveLength(3);
});
