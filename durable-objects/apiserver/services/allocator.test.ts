import { expect, test } from 'vitest';
import type { Service } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { SERVICES } from '../testing/objects.ts';
import { makeServiceAllocator } from './allocator.ts';

test('the allocator forgets what it read of writes that were taken back', async () => {
  const { store, create } = await testApi();
  const made = await create<Service>(SERVICES, { metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } });
  const allocator = makeServiceAllocator(store, () => 0);
  const text = JSON.stringify({ ...made, spec: { clusterIPs: ['10.96.7.7'] } });
  const range = JSON.stringify({ metadata: { name: 'more' }, spec: { cidrs: ['10.98.0.0/16'] } });
  const cause = { kind: 'system', at: 0, why: 'test' } as const;
  const refused = store.commit({
    key: 'services/default/b',
    expect: 'any',
    cause,
    apply: () => ({
      text,
      with: [
        { key: 'servicecidrs.networking.k8s.io/more', expect: 'any', apply: () => ({ text: range }) },
        {
          key: 'services/default/c',
          expect: 'any',
          apply() {
            const claims = allocator.claim('services/default/c');
            expect([claims.ip('10.96.7.7'), claims.inRange('10.98.0.1')]).toEqual([undefined, true]);
            throw new Error('refused');
          },
        },
      ],
    }),
  });
  await expect(refused).rejects.toThrow('refused');
  const claims = allocator.claim('services/default/d');
  expect([claims.ip('10.96.7.7'), claims.inRange('10.98.0.1')]).toEqual(['10.96.7.7', false]);
});
