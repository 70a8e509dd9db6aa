import { expect, test } from 'vitest';
import type { EndpointSlice } from '../../kube/types.ts';
import { endpointSliceMirroringController } from './endpointslice-mirroring-controller.ts';
import { Harness } from './runtime/testing/harness.ts';

const metadata = { name: 'db', namespace: 'default', labels: { team: 'a' } };

test('Endpoints kept by hand are mirrored into slices, until they or their Service go', async () => {
  const harness = new Harness([endpointSliceMirroringController]);
  const { api } = harness;
  const slices = () => api.all<EndpointSlice>('endpointslices.discovery.k8s.io/');
  const subsets = (...ips: string[]) => [{ addresses: ips.map((ip) => ({ ip })), ports: [{ port: 5432 }] }];
  await api.apply('endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: subsets('10.1.2.3', 'fd00::1'),
  });
  await harness.settle();
  expect(slices()).toEqual([]);

  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.96.0.9' } });
  await harness.settle();
  expect(slices()).toMatchObject([
    {
      metadata: {
        generateName: 'db-',
        labels: {
          team: 'a',
          'kubernetes.io/service-name': 'db',
          'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        },
        ownerReferences: [{ kind: 'Endpoints', name: 'db', controller: true }],
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
      ports: [{ name: '', port: 5432, protocol: 'TCP' }],
    },
    { addressType: 'IPv6', endpoints: [{ addresses: ['fd00::1'] }] },
  ]);

  for (const unwanted of [
    { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    { annotations: { 'control-plane.alpha.kubernetes.io/leader': '{}' } },
  ]) {
    await api.patch('endpoints', 'default', 'db', { metadata: unwanted });
    await harness.settle();
    expect(slices()).toEqual([]);
    const taken = Object.entries(unwanted).map(([field, all]) => [field, { [Object.keys(all)[0] ?? '']: null }]);
    await api.patch('endpoints', 'default', 'db', { metadata: Object.fromEntries(taken) });
    await harness.settle();
    expect(slices()).toHaveLength(2);
  }

  const [again] = slices();
  const ports = [{ port: 5433 }];
  await api.patch('endpoints', 'default', 'db', { subsets: [{ notReadyAddresses: [{ ip: '10.2.3.4' }], ports }] });
  await harness.settle();
  expect(slices()).toMatchObject([
    {
      metadata: { name: again?.metadata.name },
      endpoints: [{ addresses: ['10.2.3.4'], conditions: { ready: false } }],
    },
  ]);

  await api.patch('services', 'default', 'db', { spec: { selector: { app: 'db' } } });
  await harness.settle();
  expect(slices()).toEqual([]);
});
