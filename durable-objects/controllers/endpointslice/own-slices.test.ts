import { expect, test } from 'vitest';
import type { EndpointSlice } from '../../../kube/types.ts';
import { endpointSliceController } from '../endpointslice-controller.ts';
import { endpointSliceMirroringController } from '../endpointslice-mirroring-controller.ts';
import { Harness } from '../runtime/testing/harness.ts';
import { runningStatus } from '../runtime/testing/kubelet.ts';
import type { View } from '../runtime/view/view.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const metadata = { name: 'web', namespace: 'default' };

async function start(nodes: Record<string, string>): Promise<Harness> {
  const harness = new Harness([endpointSliceController, endpointSliceMirroringController]);
  const { api, time } = harness;
  for (const [name, zone] of Object.entries(nodes)) {
    const labels = { 'topology.kubernetes.io/zone': zone };
    const conditions = [{ type: 'Ready', status: 'True' }];
    await api.apply('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      status: { conditions, allocatable: { cpu: '4' } },
    });
    const spec = { nodeName: name, containers: [] };
    await api.apply('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `on-${name}`, namespace: 'default', labels: { app: 'web' } },
      spec,
    });
    await api.patch(
      'pods',
      'default',
      `on-${name}`,
      { status: runningStatus(time.now(), `10.0.0.${name.length}`) },
      true,
    );
  }
  const spec = { clusterIP: '10.96.0.7', selector: { app: 'web' }, ports: [{ port: 80 }] };
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
  await harness.settle();
  return harness;
}

const slices = ({ api }: Harness) => api.all<EndpointSlice>(`${SLICES}/`);
const only = (harness: Harness): EndpointSlice => {
  expect(slices(harness)).toHaveLength(1);
  return slices(harness)[0] as EndpointSlice;
};
const hints = (harness: Harness) =>
  slices(harness).flatMap(({ endpoints = [] }) => endpoints.map(({ hints }) => hints?.forZones?.[0]?.name ?? '-'));
const told = ({ api }: Harness) =>
  api
    .all<{ reason?: string; message?: string } & EndpointSlice>('events/')
    .map(({ reason, message }) => `${reason}: ${message}`);

test('endpoints that were changed by hand, a slice that was deleted or given away are as they should be again', async () => {
  const harness = await start({ n1: 'one' });
  const { api } = harness;
  const { name = '' } = only(harness).metadata;
  await api.patch(SLICES, 'default', name, { endpoints: [{ addresses: ['10.9.9.9'] }] });
  await harness.settle();
  expect(only(harness).endpoints).toMatchObject([{ addresses: ['10.0.0.2'] }]);
  await api.remove(SLICES, 'default', name);
  await harness.settle();
  const again = only(harness).metadata.name ?? '';
  expect(again).not.toBe(name);
  await api.patch(SLICES, 'default', again, { metadata: { labels: { [SERVICE]: 'other' } } });
  await harness.settle();
  expect(
    slices(harness)
      .map(({ metadata }) => metadata.labels?.[SERVICE])
      .sort(),
  ).toEqual(['other', 'web']);
});

test("a slice by hand with the controller's label goes; one without it stays", async () => {
  const harness = await start({ n1: 'one' });
  const byHand = (name: string, more: Record<string, string>) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'default', labels: { [SERVICE]: 'web', ...more } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.9.9.9'] }],
  });
  await harness.api.apply(SLICES, byHand('mine', {}));
  await harness.api.apply(SLICES, byHand('posing', { [MANAGED_BY]: MANAGER }));
  await harness.settle();
  const names = slices(harness).map(({ metadata }) => metadata.name);
  expect(names).toContain('mine');
  expect(names).not.toContain('posing');
});

test('topology aware hints come, follow the nodes, and go with their annotation, and events tell of it', async () => {
  const harness = await start({ n1: 'one', no2: 'two' });
  const { api } = harness;
  const mode = (value: string | null) =>
    api.patch('services', 'default', 'web', {
      metadata: { annotations: { 'service.kubernetes.io/topology-mode': value } },
    });
  await mode('Auto');
  await harness.settle();
  expect(hints(harness).sort()).toEqual(['one', 'two']);
  expect(told(harness)).toEqual([
    'TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4',
  ]);
  await api.patch('nodes', '', 'n1', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, true);
  await harness.settle();
  expect(hints(harness)).toEqual(['-', '-']);
  expect(told(harness)).toContain(
    'TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4',
  );
  await api.patch('nodes', '', 'n1', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, true);
  await api.patch('services', 'default', 'web', { metadata: { annotations: { other: 'change' } } });
  await harness.settle();
  expect(hints(harness).sort()).toEqual(['one', 'two']);
  await mode(null);
  await harness.settle();
  expect(hints(harness)).toEqual(['-', '-']);
  expect(told(harness)).toContain(
    'TopologyAwareHintsDisabled: Topology Aware Hints has been disabled, addressType: IPv4',
  );
});

test('a thousand addresses of a subset are mirrored, those that are ready first, and an event tells of the others', async () => {
  const harness = new Harness([endpointSliceMirroringController]);
  const { api } = harness;
  const many = (count: number, net: string) =>
    Array.from({ length: count }, (_, at) => ({ ip: `10.${net}.${at >> 8}.${at & 255}` }));
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.96.0.7' } });
  await api.apply('endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [
      { addresses: many(700, '1'), notReadyAddresses: many(400, '2'), ports: [{ port: 80 }] },
      { addresses: [{ ip: 'fd00::0:1' }], ports: [{ port: 81 }] },
    ],
  });
  await harness.settle();
  const [v4, v6] = slices(harness).sort((a, b) => (a.addressType < b.addressType ? -1 : 1));
  expect(v4?.endpoints).toHaveLength(1000);
  expect(v4?.endpoints?.filter(({ conditions }) => conditions?.ready)).toHaveLength(700);
  expect(v6?.endpoints).toMatchObject([{ addresses: ['fd00::1'] }]);
  expect(told(harness)).toEqual([
    'TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. 100 addresses were skipped',
  ]);
});

test('a change of one pod reads the one slice that has it', async () => {
  const read: string[] = [];
  const watching = (view: View): View =>
    new Proxy(view, {
      get(target, field) {
        const value = Reflect.get(target, field);
        if (typeof value !== 'function') return value;
        return (...args: string[]) => {
          if (field === 'get' && args[0] === SLICES) read.push(args[2] ?? '');
          return Reflect.apply(value, target, args);
        };
      },
    });
  const { reconcile } = endpointSliceController;
  const harness = new Harness([
    { ...endpointSliceController, reconcile: (key, view, now) => reconcile(key, watching(view), now) },
  ]);
  const { api, time } = harness;
  await api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  for (let at = 0; at < 500; at++) {
    const metadata = { name: `p${at}`, namespace: 'default', labels: { app: 'web' } };
    const spec = { nodeName: 'n1', containers: [] };
    await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    await api.patch(
      'pods',
      'default',
      `p${at}`,
      { status: runningStatus(time.now(), `10.0.${at >> 8}.${at & 255}`) },
      true,
    );
  }
  const spec = { clusterIP: '10.96.0.7', selector: { app: 'web' }, ports: [{ port: 80 }] };
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata, spec });
  await harness.settle();
  const unready = (name: string) =>
    api.patch('pods', 'default', name, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, true);
  await unready('p7');
  await harness.settle();
  read.length = 0;
  await unready('p8');
  await harness.settle();
  expect(new Set(read).size).toBeLessThanOrEqual(2);
  const ready = slices(harness).flatMap(({ endpoints = [] }) =>
    endpoints.filter(({ conditions }) => conditions?.ready),
  );
  expect(ready).toHaveLength(498);
});
