import { expect, test } from 'vitest';
import type { Event, IPAddress } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { serviceIPController } from './service-ip-controller.ts';

const ADDRESSES = 'ipaddresses.networking.k8s.io';
const service = (name: string, ...clusterIPs: string[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { clusterIP: clusterIPs[0], clusterIPs },
});
const address = (ip: string, parent: object, labels: object = {}) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IPAddress',
  metadata: { name: ip, labels },
  spec: { parentRef: parent },
});
/** A cluster with these ranges of addresses. */
async function cluster(...cidrs: string[]) {
  const harness = new Harness([serviceIPController]);
  const range = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } };
  await harness.api.apply('servicecidrs.networking.k8s.io', { ...range, spec: { cidrs } });
  return harness;
}
const reasons = ({ api }: Harness) => api.all<Event>('events/').map(({ reason, message }) => `${reason} ${message}`);
const addresses = ({ api }: Harness) =>
  api.all<IPAddress>(`${ADDRESSES}/`).map(({ metadata, spec }) => `${metadata.name} ${spec?.parentRef?.name}`);

test('a Service has an IPAddress for each of its cluster IPs, as long as it has them', async () => {
  const harness = await cluster('10.96.0.0/16', 'fd00::/112');
  const { api } = harness;
  await api.apply('services', service('web', '10.96.0.7', 'fd00::7'));
  await api.apply('services', service('headless', 'None'));
  await harness.settle();
  expect(api.all<IPAddress>(`${ADDRESSES}/`)).toMatchObject([
    {
      metadata: {
        name: '10.96.0.7',
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
    },
    { metadata: { name: 'fd00::7', labels: { 'ipaddress.kubernetes.io/ip-family': 'IPv6' } } },
  ]);
  harness.kill();
  await api.patch('services', 'default', 'web', { spec: { clusterIPs: ['10.96.0.7'] } });
  await harness.settle();
  expect(addresses(harness)).toEqual(['10.96.0.7 web']);
  await api.remove('services', 'default', 'web');
  harness.kill();
  await harness.settle(50_000);
  expect(addresses(harness)).toEqual(['10.96.0.7 web']);
  await harness.settle(60_000);
  expect(addresses(harness)).toEqual([]);
  expect(reasons(harness).sort()).toEqual([
    'ClusterIPNotAllocated Cluster IP [IPv4]: 10.96.0.7 is not allocated; repairing',
    'ClusterIPNotAllocated Cluster IP [IPv6]: fd00::7 is not allocated; repairing',
    'IPAddressNotAllocated IPAddress: 10.96.0.7 for Service default/web appears to have leaked: cleaning up',
    'IPAddressWrongReference IPAddress: fd00::7 for Service default/web has a wrong reference; cleaning up',
  ]);
  expect(harness.errors).toEqual([]);
});

test('an IPAddress that is deleted or refers to another object comes back; those of other owners are left alone', async () => {
  const harness = await cluster('10.96.0.0/16');
  const { api } = harness;
  await api.apply('services', service('web', '10.96.0.7'));
  await api.apply(ADDRESSES, address('10.96.0.7', { resource: 'services', namespace: 'default', name: 'other' }));
  await api.apply(ADDRESSES, address('192.168.0.1', { resource: 'gateways', name: 'mine' }));
  await harness.settle();
  expect(addresses(harness)).toEqual(['10.96.0.7 web', '192.168.0.1 mine']);
  expect(reasons(harness)).toEqual([
    'ClusterIPNotAllocated the ClusterIP [IPv4]: 10.96.0.7 for Service default/web has a wrong reference; repairing',
  ]);
  await api.remove(ADDRESSES, '', '10.96.0.7');
  await harness.settle();
  expect(addresses(harness)).toEqual(['10.96.0.7 web', '192.168.0.1 mine']);
});

test('Services of an earlier build get their IPAddresses with the next build', async () => {
  const harness = await cluster('10.96.0.0/16');
  harness.deploy('before', []);
  await harness.api.apply('services', service('web', '10.96.0.7'));
  await harness.settle();
  harness.deploy('next', [serviceIPController]);
  await harness.settle();
  expect(addresses(harness)).toEqual(['10.96.0.7 web']);
});

test('an address that no range has is told of, and not made', async () => {
  const harness = await cluster('10.96.0.0/16');
  await harness.api.apply('services', service('web', '10.97.0.7'));
  await harness.settle();
  expect(addresses(harness)).toEqual([]);
  expect(reasons(harness)).toEqual([
    'ClusterIPOutOfRange Cluster IP [IPv4]: 10.97.0.7 is not within any configured Service CIDR; please recreate service',
  ]);
});

test('an IPAddress like those of Services that refers to none goes at once; events have the form of events.k8s.io', async () => {
  const harness = await cluster('10.96.0.0/16');
  const labels = { 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' };
  const parent = { group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' };
  await harness.api.apply(ADDRESSES, address('10.96.0.9', parent, labels));
  await harness.settle();
  expect(addresses(harness)).toEqual([]);
  expect(harness.api.all<Event>('events/')).toMatchObject([
    {
      reason: 'IPAddressNotAllocated',
      message:
        'IPAddress 10.96.0.9 appears to have been modified, not referencing a Service &{apps deployments default web}: cleaning up',
      action: 'IPAddressAllocation',
      reportingComponent: 'ipallocator-repair-controller',
      eventTime: expect.any(String),
      source: {},
    },
  ]);
});

test('of two Services with one address, the one that its IPAddress does not name is told; other labels are set right', async () => {
  const harness = await cluster('10.96.0.0/16');
  const { api } = harness;
  const parent = { resource: 'services', namespace: 'default', name: 'b' };
  await api.apply('services', service('b', '10.96.0.7'));
  await api.apply(ADDRESSES, address('10.96.0.7', parent));
  await harness.settle();
  expect(api.all<IPAddress>(`${ADDRESSES}/`)[0]?.metadata.labels).toHaveProperty(
    ['ipaddress.kubernetes.io/ip-family'],
    'IPv4',
  );
  expect(reasons(harness)).toEqual([]);
  await api.apply('services', service('a', '10.96.0.7'));
  await harness.settle();
  expect(api.all<Event>('events/').map(({ involvedObject, message }) => `${involvedObject.name}: ${message}`)).toEqual([
    'a: Cluster IP [IPv4]:10.96.0.7 was assigned to multiple services; please recreate service',
  ]);
  expect(addresses(harness)).toEqual(['10.96.0.7 b']);
});

test('Services whose range goes away are told of it', async () => {
  const harness = await cluster('10.96.0.0/16');
  await harness.api.apply('services', service('web', '10.96.0.7'));
  await harness.settle();
  await harness.api.remove('servicecidrs.networking.k8s.io', '', 'kubernetes');
  await harness.settle();
  expect(reasons(harness).at(-1)).toContain('ClusterIPOutOfRange');
});
