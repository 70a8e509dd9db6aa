import { expect, test } from 'vitest';
import type { ServiceCIDR } from '../../kube/types.ts';
import { Harness } from './runtime/testing/harness.ts';
import { serviceCIDRsController } from './service-cidrs-controller.ts';

const RANGES = 'servicecidrs.networking.k8s.io';
const ADDRESSES = 'ipaddresses.networking.k8s.io';
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';

function cluster() {
  const harness = new Harness([serviceCIDRsController]);
  const { api } = harness;
  return {
    harness,
    api,
    range: (name: string, ...cidrs: string[]) =>
      api.apply(RANGES, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'ServiceCIDR',
        metadata: { name },
        spec: { cidrs },
      }),
    address: (name: string, manager = 'ipallocator.k8s.io') =>
      api.apply(ADDRESSES, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: { name, labels: { 'ipaddress.kubernetes.io/managed-by': manager } },
      }),
    state: async (name: string) => {
      await harness.settle(1000);
      const found = api.read<ServiceCIDR>(RANGES, '', name);
      const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
      return found && [found.metadata.finalizers, ready?.status, ready?.reason, ready?.message];
    },
  };
}

const READY = [[FINALIZER], 'True', '', 'Kubernetes Service CIDR is ready'];
const IN_USE = [
  [FINALIZER],
  'False',
  'Terminating',
  'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
];

test('a new range becomes ready, and is kept by a finalizer', async () => {
  const { harness, api, range, state } = cluster();
  await range('new', '10.0.0.0/24', 'fd00::/112');
  expect(await state('new')).toEqual(READY);
  const { revision } = api;
  harness.kill();
  await harness.settle();
  expect(api.revision).toBe(revision);
});

test('a range of which no address is in use goes ten seconds after its deletion', async () => {
  const { harness, api, range, address, state } = cluster();
  await range('old', '10.0.0.0/24');
  await address('10.0.0.7', 'someone-else');
  await address('10.0.1.7');
  await address('10.0.0.0');
  await state('old');
  await api.remove(RANGES, '', 'old');
  expect(await state('old')).toEqual(READY);
  await harness.settle(10_000);
  expect(await state('old')).toBeUndefined();
});

test('a range stays while an address that only it has is in use', async () => {
  const { harness, api, range, address, state } = cluster();
  await range('old', '10.0.0.0/24');
  await address('10.0.0.7');
  await state('old');
  await api.remove(RANGES, '', 'old');
  await harness.settle(60_000);
  expect(await state('old')).toEqual(IN_USE);
  await api.remove(ADDRESSES, '', '10.0.0.7');
  await harness.settle(20_000);
  expect(await state('old')).toBeUndefined();
});

test.each(['10.0.0.0/16', '10.0.0.0/25'])('a range goes once %s has the addresses in use, too', async (cidr) => {
  const { harness, api, range, address, state } = cluster();
  await range('old', '10.0.0.0/24');
  await address('10.0.0.7');
  await state('old');
  await api.remove(RANGES, '', 'old');
  expect(await state('old')).toEqual(IN_USE);
  await range('new', cidr);
  await harness.settle(20_000);
  expect([await state('old'), await state('new')]).toEqual([undefined, READY]);
});
