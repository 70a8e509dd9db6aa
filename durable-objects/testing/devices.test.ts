/** Devices of ResourceSlices, allocated to pods of a whole cluster. */
import { expect, test } from 'vitest';
import type { Event, Pod, ResourceClaim } from '../../kube/types.ts';
import { TestCluster } from './cluster.ts';

const R = '/apis/resource.k8s.io/v1';
const NS = '/api/v1/namespaces/default';
const CLAIMS = `${R}/namespaces/default/resourceclaims`;
const DRIVER = 'gpu.example.com';
const MERGE = 'application/merge-patch+json';

class Devices {
  readonly cluster: TestCluster;

  private constructor(cluster: TestCluster) {
    this.cluster = cluster;
  }

  /** One node with these devices, and a class of all devices. */
  static async of(devices: object[], classSpec: object = {}): Promise<Devices> {
    const cluster = await TestCluster.start({ simulatedNodes: 1 });
    const [node] = await cluster.list('/api/v1/nodes');
    const nodeName = node?.metadata.name;
    const pool = { name: 'pool', generation: 1, resourceSliceCount: 1 };
    await cluster.must(`POST ${R}/deviceclasses`, { metadata: { name: DRIVER }, spec: classSpec });
    const spec = { driver: DRIVER, nodeName, pool, devices };
    await cluster.must(`POST ${R}/resourceslices`, { metadata: { name: 's' }, spec });
    return new Devices(cluster);
  }

  async claim(name: string): Promise<void> {
    const requests = [{ name: 'gpu', exactly: { deviceClassName: DRIVER } }];
    await this.cluster.must(`POST ${CLAIMS}`, { metadata: { name }, spec: { devices: { requests } } });
  }

  /** A pod that uses a claim, unless its spec says otherwise. */
  async pod(
    name: string,
    claim: string,
    spec: object = { resourceClaims: [{ name: 'gpu', resourceClaimName: claim }] },
  ) {
    const containers = [{ name: 'c', image: 'x' }];
    await this.cluster.must(`POST ${NS}/pods`, { metadata: { name }, spec: { containers, ...spec } });
    await this.cluster.advance(3000);
  }

  async read(claim: string): Promise<ResourceClaim> {
    return this.cluster.must<ResourceClaim>(`GET ${CLAIMS}/${claim}`);
  }

  /** The pod's node and why it has none. */
  async fate(name: string): Promise<string> {
    const { spec, status } = await this.cluster.must<Pod>(`GET ${NS}/pods/${name}`);
    return spec?.nodeName ?? status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'untold';
  }

  /** With an eviction in between. */
  async later(ms = 30_000): Promise<void> {
    this.cluster.evict();
    await this.cluster.advance(ms);
    expect(this.cluster.reported).toEqual([]);
  }
}

const NO_DEVICE =
  '0/1 nodes are available: 1 cannot allocate all claims. still not schedulable, ' +
  'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

test('a pod gets a device with its node, and another waits until that one is free', async () => {
  const devices = await Devices.of([{ name: 'a' }]);
  for (const name of ['p', 'q']) {
    await devices.claim(`of-${name}`);
    await devices.pod(name, `of-${name}`);
  }
  expect([await devices.fate('p'), await devices.fate('q')]).toEqual(['sim-0', NO_DEVICE]);
  const { metadata, status } = await devices.read('of-p');
  expect(metadata.finalizers).toEqual(['resource.kubernetes.io/delete-protection']);
  expect(status).toEqual({
    allocation: {
      allocationTimestamp: expect.any(String),
      devices: { results: [{ request: 'gpu', driver: DRIVER, pool: 'pool', device: 'a' }] },
      nodeSelector: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['sim-0'] }] }],
      },
    },
    reservedFor: [{ resource: 'pods', name: 'p', uid: expect.any(String) }],
  });
  await devices.later(1000);
  await devices.cluster.must(`DELETE ${NS}/pods/p`);
  await devices.later(60_000);
  expect([await devices.fate('q'), (await devices.read('of-p')).status]).toEqual(['sim-0', {}]);
});

test('two pods that come at once do not get one device, and pods share a claim', async () => {
  const devices = await Devices.of([{ name: 'a' }, { name: 'b' }]);
  const names = ['p', 'q', 'r'];
  for (const name of names) await devices.claim(`of-${name}`);
  await Promise.all([...names.map((name) => devices.pod(name, `of-${name}`)), devices.pod('s', 'of-p')]);
  await devices.later();
  const results = await Promise.all(names.map(async (name) => (await devices.read(`of-${name}`)).status?.allocation));
  const given = results.flatMap((allocation) => allocation?.devices?.results?.map(({ device }) => device) ?? []);
  expect(given.sort()).toEqual(['a', 'b']);
});

test('a pod without its claim is not tried, and is scheduled once the claim is there', async () => {
  const devices = await Devices.of([{ name: 'a' }]);
  await devices.pod('p', 'late');
  await devices.later();
  const { status } = await devices.cluster.must<Pod>(`GET ${NS}/pods/p`);
  const events = await devices.cluster.list<Event>(`${NS}/events?fieldSelector=involvedObject.kind=Pod`);
  expect([status?.conditions, events]).toEqual([undefined, []]);
  await devices.claim('late');
  await devices.later();
  expect(await devices.fate('p')).toBe('sim-0');
});

test('extended resources come as devices, by a claim that goes with the pod', async () => {
  const resource = 'example.com/gpu';
  const devices = await Devices.of([{ name: 'a' }, { name: 'b' }], { extendedResourceName: resource });
  const resources = { requests: { [resource]: '2' }, limits: { [resource]: '2' } };
  await devices.pod('p', '', { containers: [{ name: 'c', image: 'x', resources }] });
  const [claim] = await devices.cluster.list<ResourceClaim>(CLAIMS);
  expect(claim).toMatchObject({
    metadata: {
      generateName: 'p-extended-resources-',
      annotations: { 'resource.kubernetes.io/extended-resource-claim': 'true' },
      ownerReferences: [{ kind: 'Pod', name: 'p', controller: true }],
    },
    spec: {
      devices: { requests: [{ name: 'container-0-request-0', exactly: { deviceClassName: DRIVER, count: 2 } }] },
    },
    status: { reservedFor: [{ name: 'p' }] },
  });
  const { spec, status } = await devices.cluster.must<Pod>(`GET ${NS}/pods/p`);
  expect([spec?.nodeName, status?.phase, status?.extendedResourceClaimStatus]).toEqual([
    'sim-0',
    'Running',
    {
      resourceClaimName: claim?.metadata.name,
      requestMappings: [{ containerName: 'c', resourceName: resource, requestName: 'container-0-request-0' }],
    },
  ]);
  await devices.cluster.must(`DELETE ${NS}/pods/p`);
  await devices.later(60_000);
  expect(await devices.cluster.list(CLAIMS)).toEqual([]);
});

test('a device that has to be prepared holds the pod until its driver says that it is, or for ten minutes', async () => {
  const devices = await Devices.of([{ name: 'a', bindingConditions: ['ready'], bindingFailureConditions: ['failed'] }]);
  await devices.claim('c');
  await devices.pod('p', 'c');
  await devices.later();
  const pod = await devices.cluster.must<Pod>(`GET ${NS}/pods/p`);
  expect([pod.spec?.nodeName, pod.status?.nominatedNodeName]).toEqual([undefined, 'sim-0']);
  const events = await devices.cluster.list<Event>(`${NS}/events`);
  expect(events.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
    'BindingConditionsPending: waiting for binding conditions for device on node sim-0',
  );
  const first = (await devices.read('c')).status?.allocation?.allocationTimestamp;
  await devices.later(620_000);
  const again = (await devices.read('c')).status?.allocation?.allocationTimestamp;
  expect(Date.parse(String(again)) - Date.parse(String(first))).toBeGreaterThanOrEqual(600_000);
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const conditions = [{ type: 'ready', status: 'True', reason: 'Done', message: '', lastTransitionTime }];
  const status = { devices: [{ driver: DRIVER, pool: 'pool', device: 'a', conditions }] };
  await devices.cluster.must(`PATCH ${CLAIMS}/c/status`, { status }, MERGE);
  await devices.later();
  expect(await devices.fate('p')).toBe('sim-0');
});

test('a claim of a pod that could not be bound is free for others', async () => {
  const devices = await Devices.of([{ name: 'a' }]);
  const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods/binding'] };
  const spec = {
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: 'object.metadata.name != "p"' }],
  };
  await devices.cluster.must(`POST ${policies}`, { metadata: { name: 'no' }, spec });
  const binding = { policyName: 'no', validationActions: ['Deny'] };
  await devices.cluster.must(`POST ${policies.replace('policies', 'policybindings')}`, {
    metadata: { name: 'no' },
    spec: binding,
  });
  await devices.claim('c');
  await devices.pod('p', 'c');
  expect(await devices.fate('p')).toContain('running Bind plugin "DefaultBinder"');
  expect((await devices.read('c')).status?.reservedFor).toBeUndefined();
  await devices.pod('q', 'c');
  await devices.later();
  expect(await devices.fate('q')).toBe('sim-0');
});

test('a taint evicts the pod that uses the device, whose claim is free again', async () => {
  const devices = await Devices.of([{ name: 'a' }]);
  await devices.claim('c');
  await devices.pod('p', 'c');
  await devices.cluster.must(
    `PATCH ${R}/resourceslices/s`,
    { spec: { devices: [{ name: 'a', taints: [{ key: 'k', effect: 'NoExecute' }] }] } },
    MERGE,
  );
  await devices.later(60_000);
  expect((await devices.cluster.send(`GET ${NS}/pods/p`)).status).toBe(404);
  expect((await devices.read('c')).status).toEqual({});
});
