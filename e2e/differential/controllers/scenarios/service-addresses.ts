/** Addresses of Services, those that are made by hand, and the ranges that they come from. */
import type { Json } from '../../mutations.ts';
import { create, patch, remove, type Scenario, wait } from '../scenario.ts';
import { service } from './objects.ts';

const MANAGED = {
  'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
  'ipaddress.kubernetes.io/ip-family': 'IPv4',
};

const address = (name: string, parentRef: Json, labels = {}): Json => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name, labels },
  spec: { parentRef: { namespace: 'NAMESPACE', ...parentRef } },
});

const range = (name: string, ...cidrs: string[]): Json => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'ServiceCIDR',
  metadata: { name: `NAMESPACE-${name}` },
  spec: { cidrs },
});

export const serviceAddresses: Scenario[] = [
  {
    name: 'svc-addresses',
    steps: [
      create(service({ clusterIP: '10.96.77.1' })),
      create(address('10.96.77.2', { resource: 'gateways', name: 'mine' })),
      create(address('10.96.77.3', { group: 'apps', resource: 'deployments', name: 'web' }, MANAGED)),
      create(address('10.96.77.4', { resource: 'services', name: 'web' }, MANAGED)),
      wait(8),
      create(address('10.96.77.5', { resource: 'services', name: 'none' }, MANAGED)),
      wait(66),
      patch(
        'services/web',
        { spec: { type: 'ExternalName', externalName: 'x.y', clusterIP: null, clusterIPs: null } },
        'merge',
      ),
      remove('ipaddresses/10.96.77.2'),
    ],
  },
  {
    name: 'svc-address-held',
    steps: [
      create(service({ clusterIP: '10.96.77.9' })),
      patch('ipaddresses/10.96.77.9', { metadata: { finalizers: ['example.com/stay'] } }, 'merge'),
      remove('services/web'),
      patch('ipaddresses/10.96.77.9', { metadata: { finalizers: null } }, 'merge'),
    ],
  },
  {
    name: 'svc-ranges',
    // Any Service may get an address of its ranges.
    alone: true,
    steps: [
      create(range('c1', '10.55.0.0/28')),
      create(service({ clusterIP: '10.55.0.3' })),
      remove('servicecidrs/NAMESPACE-c1'),
      create(range('c2', '10.55.0.0/27')),
      wait(12),
      remove('servicecidrs/NAMESPACE-c2'),
      create(service({}, { name: 'other' })),
      remove('services/web'),
      wait(12),
      create(range('c3', '10.56.0.0/28')),
      patch('servicecidrs/NAMESPACE-c3', { metadata: { finalizers: [] } }, 'merge'),
      remove('servicecidrs/NAMESPACE-c3'),
      wait(12),
    ],
  },
];
