import { expect, test } from 'vitest';
import type { Lease } from '../../kube/types.ts';
import { START, testApi } from './testing/harness.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

test('nodes that are heard of have Leases, made when they are read', async () => {
  const api = await testApi({ lastHeard: (node) => (node === 'heard' ? START - 5_000 : undefined) });
  for (const name of ['heard', 'silent']) {
    await api.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  }
  const { body } = await api.call<Lease>(`GET ${LEASES}/heard`);
  expect(body.spec).toEqual({
    holderIdentity: 'heard',
    leaseDurationSeconds: 40,
    renewTime: '2026-01-02T03:04:00.000000Z',
  });
  expect((await api.call(`GET ${LEASES}/silent`)).status).toBe(404);
  const list = await api.call<{ items: Lease[] }>(`GET ${LEASES}?limit=500`);
  expect(list.body.items.map(({ metadata }) => metadata.name)).toEqual(['heard']);
});

test('a Lease that an agent did write is shown as it is, once', async () => {
  const api = await testApi({ lastHeard: () => START });
  await api.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'own' } });
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'own', namespace: 'kube-node-lease' },
    spec: { holderIdentity: 'itself' },
  };
  await api.create(LEASES, lease);
  const { body } = await api.call<{ items: Lease[] }>(`GET ${LEASES}`);
  expect(body.items.map(({ spec }) => spec?.holderIdentity)).toEqual(['itself']);
});
