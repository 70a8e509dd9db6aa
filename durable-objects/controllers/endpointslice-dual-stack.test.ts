import { expect, test } from 'vitest';
import type { EndpointSlice, Endpoints } from '../../kube/types.ts';
import { endpointsController } from './endpoints-controller.ts';
import { endpointSliceController } from './endpointslice-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { runningStatus } from './runtime/testing/kubelet.ts';

const service = (ipFamilies: string[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { clusterIP: 'fd00::7', ipFamilies, selector: { app: 'web' }, ports: [{ port: 80 }] },
});

async function start(ipFamilies: string[], pods: Record<string, string[]>): Promise<Harness> {
  const harness = new Harness([endpointSliceController, endpointsController]);
  const { api, time } = harness;
  await api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } });
  await api.apply('services', service(ipFamilies));
  for (const [name, ips] of Object.entries(pods)) {
    const metadata = { name, namespace: 'default', labels: { app: 'web' } };
    await api.apply('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'n1', containers: [] } });
    const status = { ...runningStatus(time.now(), ips[0] ?? ''), podIPs: ips.map((ip) => ({ ip })) };
    await api.patch('pods', 'default', name, { status }, true);
  }
  await harness.settle();
  return harness;
}

/** The addresses by the slices' families. */
function addresses({ api }: Harness): Record<string, string[]> {
  const slices = api.all<EndpointSlice>('endpointslices.discovery.k8s.io/');
  return Object.fromEntries(
    slices.map(({ addressType, endpoints }) => [addressType, (endpoints ?? []).flatMap((one) => one.addresses).sort()]),
  );
}

test('a dual-stack Service has slices of both families, and each pod is in those that it has an address for', async () => {
  const harness = await start(['IPv6', 'IPv4'], { a: ['10.1.0.1', 'fd00::1'], b: ['10.1.0.2'], c: ['fd00::3'] });
  expect(addresses(harness)).toEqual({ IPv4: ['10.1.0.1', '10.1.0.2'], IPv6: ['fd00::1', 'fd00::3'] });
  const { subsets } = harness.api.read<Endpoints>('endpoints', 'default', 'web') ?? {};
  // Endpoints have the Service's first family alone.
  expect(subsets?.flatMap((subset) => subset.addresses?.map(({ ip }) => ip))).toEqual(['fd00::1', 'fd00::3']);
  await harness.api.patch('services', 'default', 'web', { spec: { ipFamilies: ['IPv6'] } });
  await harness.settle();
  expect(addresses(harness)).toEqual({ IPv6: ['fd00::1', 'fd00::3'] });
});

test('a family without an address still has its one empty slice', async () => {
  expect(addresses(await start(['IPv4', 'IPv6'], { a: ['10.1.0.1'] }))).toEqual({ IPv4: ['10.1.0.1'], IPv6: [] });
});
