import { expect, test } from 'vitest';
import type { EndpointSlice } from '../../kube/types.ts';
import { endpointSliceController } from './endpointslice-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { runningStatus } from './runtime/testing/kubelet.ts';

const SLICES = 'endpointslices.discovery.k8s.io/';

const service = (spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
  spec: {
    clusterIP: '10.96.0.7',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 'http', name: 'http' }],
    ...spec,
  },
});
const pod = (name: string, port = 8080) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: port }] }] },
});

const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

async function start(spec: object = {}): Promise<Harness> {
  const harness = new Harness([endpointSliceController]);
  await harness.api.apply('nodes', NODE);
  await harness.api.apply('services', service(spec));
  return harness;
}

async function run({ api, time }: Harness, name: string, ip: string): Promise<void> {
  await api.patch('pods', 'default', name, { status: runningStatus(time.now(), ip) }, true);
}

test('a Service without pods has one empty slice; a pod that runs is in it, ready, at its own port', async () => {
  const harness = await start();
  const { api } = harness;
  await harness.settle();
  expect(api.all<EndpointSlice>(SLICES)).toMatchObject([{ endpoints: [], ports: [] }]);
  await api.apply('pods', pod('a'));
  await run(harness, 'a', '10.244.0.2');
  await harness.settle();
  const slices = api.all<EndpointSlice>(SLICES);
  expect(slices).toHaveLength(1);
  expect(slices[0]).toMatchObject({
    metadata: {
      generateName: 'web-',
      labels: {
        team: 'a',
        'kubernetes.io/service-name': 'web',
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [{ kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.244.0.2'],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'n1',
        targetRef: { kind: 'Pod', namespace: 'default', name: 'a' },
      },
    ],
  });
});

test('a pod on its way out still serves but is not ready; a failed one is gone', async () => {
  const harness = await start();
  const { api } = harness;
  for (const name of ['a', 'b']) {
    await api.apply('pods', { ...pod(name), metadata: { ...pod(name).metadata, finalizers: ['example.com/hold'] } });
    await run(harness, name, `10.244.0.${name === 'a' ? 2 : 3}`);
  }
  await harness.settle();
  await api.remove('pods', 'default', 'a');
  await api.patch('pods', 'default', 'b', { status: { phase: 'Failed' } }, true);
  await harness.settle();
  const endpoints = api.all<EndpointSlice>(SLICES).flatMap((slice) => slice.endpoints ?? []);
  expect(endpoints.map(({ addresses, conditions }) => [addresses[0], conditions])).toEqual([
    ['10.244.0.2', { ready: false, serving: true, terminating: true }],
  ]);
});

test('pods whose named port differs are in slices of their own, and no slice holds more than a hundred', async () => {
  const harness = await start();
  const { api } = harness;
  for (let i = 0; i < 150; i++) {
    await api.apply('pods', pod(`p${i}`));
    await run(harness, `p${i}`, `10.244.1.${i}`);
  }
  await api.apply('pods', pod('odd', 9090));
  await run(harness, 'odd', '10.244.2.1');
  await harness.settle();
  const slices = api.all<EndpointSlice>(SLICES);
  expect(slices.map((slice) => [slice.ports?.[0]?.port, slice.endpoints?.length]).sort()).toEqual([
    [8080, 100],
    [8080, 50],
    [9090, 1],
  ]);
  const before = api.revision;
  await api.remove('pods', 'default', 'odd');
  await harness.settle();
  const touched = api.entries.filter((entry) => entry.revision > before && entry.key.startsWith(SLICES));
  expect(touched.map(({ change }) => change)).toEqual(['delete']);
});

test('a headless Service says so; one that selects nothing is left alone', async () => {
  const headless = await start({ clusterIP: 'None' });
  await headless.settle();
  expect(headless.api.all(SLICES)[0]?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  const bare = await start({ selector: null });
  await bare.settle();
  expect(bare.api.all(SLICES)).toEqual([]);
});

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time';
const only = ({ api }: Harness) => {
  const slices = api.all<EndpointSlice>(SLICES);
  expect(slices).toHaveLength(1);
  return slices[0]!;
};

test.each([
  ['PreferClose', { forZones: [{ name: 'z1' }] }],
  ['PreferSameZone', { forZones: [{ name: 'z1' }] }],
  ['PreferSameNode', { forZones: [{ name: 'z1' }], forNodes: [{ name: 'n1' }] }],
  [undefined, undefined],
])(
  'trafficDistribution %s gives ready endpoints their hints, and a zone that is given later does, too',
  async (trafficDistribution, hints) => {
    const harness = await start({ trafficDistribution });
    const { api } = harness;
    await api.apply('pods', pod('a'));
    await run(harness, 'a', '10.244.0.2');
    await harness.settle();
    const forNodes = hints && 'forNodes' in hints ? { forNodes: hints.forNodes } : undefined;
    expect(only(harness).endpoints?.[0]?.hints).toEqual(forNodes);
    await api.patch('nodes', '', 'n1', { metadata: { labels: { 'topology.kubernetes.io/zone': 'z1' } } });
    await harness.settle();
    expect(only(harness).endpoints?.[0]).toMatchObject({ zone: 'z1', ...(hints ? { hints } : {}) });
    expect(only(harness).endpoints?.[0]?.hints).toEqual(hints);
    await api.patch('pods', 'default', 'a', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, true);
    await harness.settle();
    expect(only(harness).endpoints?.[0]?.hints).toBeUndefined();
  },
);

test('a slice keeps its name when a port changes', async () => {
  const harness = await start();
  const { api } = harness;
  await api.apply('pods', pod('a'));
  await run(harness, 'a', '10.244.0.2');
  await harness.settle();
  const before = only(harness).metadata;
  await api.patch('services', 'default', 'web', { spec: { ports: [{ port: 80, targetPort: 9000, name: 'http' }] } });
  await harness.settle();
  expect(only(harness).ports).toMatchObject([{ port: 9000 }]);
  expect([only(harness).metadata.name, only(harness).metadata.uid]).toEqual([before.name, before.uid]);
});

test('slices say which change led to them', async () => {
  const harness = await start();
  const { api, time } = harness;
  const born = api.read('services', 'default', 'web')?.metadata.creationTimestamp;
  await harness.settle();
  expect(only(harness).metadata.annotations).toEqual({ [TRIGGER]: born });
  await api.apply('pods', pod('a'));
  time.advance(7_000);
  const since = `${new Date(time.now()).toISOString().slice(0, 19)}Z`;
  await run(harness, 'a', '10.244.0.2');
  await harness.settle();
  expect(only(harness).metadata.annotations).toEqual({ [TRIGGER]: since });
  await api.remove('pods', 'default', 'a');
  await harness.settle();
  expect(only(harness).metadata.annotations?.[TRIGGER]).toBeUndefined();
});

test('a pod whose Node is missing is in no slice until the Node is there, unless the Service publishes all', async () => {
  for (const publishNotReadyAddresses of [false, true]) {
    const harness = await start({ publishNotReadyAddresses });
    const { api } = harness;
    const names = () =>
      api.all<EndpointSlice>(SLICES).flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef?.name));
    for (const name of ['a', 'lost']) {
      await api.apply('pods', pod(name));
      await run(harness, name, `10.244.0.${name.length}`);
    }
    await api.patch('pods', 'default', 'lost', { spec: { nodeName: 'n2' } });
    await harness.settle();
    expect(names().sort()).toEqual(publishNotReadyAddresses ? ['a', 'lost'] : ['a']);
    await api.apply('nodes', { ...NODE, metadata: { name: 'n2' } });
    await harness.settle();
    expect(names().sort()).toEqual(['a', 'lost']);
    // A Node that goes may come back at once.
    await api.remove('nodes', '', 'n2');
    await harness.settle();
    expect(names().sort()).toEqual(['a', 'lost']);
  }
});
