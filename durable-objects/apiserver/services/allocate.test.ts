import { expect, test } from 'vitest';
import type { IPAddress, Service } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, SERVICES } from '../testing/objects.ts';

const RANGES = '/apis/networking.k8s.io/v1/servicecidrs';
const ADDRESSES = '/apis/networking.k8s.io/v1/ipaddresses';

const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
});

test('each service gets an address of its own, also when many arrive together', async () => {
  const { create } = await testApi({ random: { next: () => 0, uuid: () => crypto.randomUUID() } });
  const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => create<Service>(SERVICES, service(name))));
  const ips = made.map(({ spec }) => spec?.clusterIP);
  expect(new Set(ips).size).toBe(4);
  expect(ips).toContain('10.96.1.1');
  expect(made[0]?.spec).toMatchObject({
    clusterIPs: [ips[0]],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    type: 'ClusterIP',
  });
});

test.each([
  [
    { clusterIP: '10.96.0.1' },
    'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    { clusterIP: '10.97.0.1' },
    'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.97.0.1"]: failed to allocate IP 10.97.0.1: the provided network does not match the current range',
  ],
  [
    { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
    'Service "a" is invalid: spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
])('what is taken or out of range is refused: %j', async (spec, message) => {
  const { call, store } = await testApi();
  const before = store.revision;
  const { status, body } = await call(`POST ${SERVICES}`, { body: service('a', spec) });
  expect([status, body.message, store.revision]).toEqual([422, message, before]);
});

test('a dry run names the range, which a write does not, as upstream', async () => {
  const { call, create } = await testApi();
  const wanted = service('a', { clusterIP: '10.96.0.0' });
  const why = 'failed to allocate IP 10.96.0.0: the provided';
  const names = `${why} IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/16`;
  const dry = await call(`POST ${SERVICES}?dryRun=All`, { body: wanted });
  expect(dry.body.message).toContain(names);
  const real = await call(`POST ${SERVICES}`, { body: wanted });
  expect(real.body.message).toContain(`${why} network does not match the current range`);

  await create(SERVICES, service('b', { type: 'ExternalName', externalName: 'example.com' }));
  const body = { spec: { type: 'ClusterIP', externalName: null, clusterIP: '10.96.0.0' } };
  const patched = await call(`PATCH ${SERVICES}/b?dryRun=All`, { headers: MERGE, body });
  expect(patched.body.message).toContain(names);
});

test('a deleted service gives back its address and ports', async () => {
  const { call, create } = await testApi();
  const spec = { type: 'NodePort', clusterIP: '10.96.7.7', ports: [{ port: 80, nodePort: 30007 }] };
  await create(SERVICES, service('a', spec));
  expect(
    (await call(`POST ${SERVICES}`, { body: service('b', { ...spec, clusterIP: '10.96.7.8' }) })).body.message,
  ).toBe('Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30007: provided port is already allocated');
  await call(`DELETE ${SERVICES}/a`);
  expect((await create<Service>(SERVICES, service('b', spec))).spec?.clusterIP).toBe('10.96.7.7');
});

test('a refused write and a dry run take nothing', async () => {
  const { call, create } = await testApi();
  const spec = { type: 'NodePort', clusterIP: '10.96.7.7', ports: [{ port: 80, nodePort: 1 }] };
  expect((await call(`POST ${SERVICES}`, { body: service('a', spec) })).status).toBe(422);
  const dry = await call<Service>(`POST ${SERVICES}?dryRun=All`, { body: service('a', { clusterIP: '10.96.7.7' }) });
  expect([dry.status, dry.body.spec?.clusterIP]).toEqual([201, '10.96.7.7']);
  await create(SERVICES, service('a', { clusterIP: '10.96.7.7' }));
});

test('an update keeps allocated values, takes new ones and releases unused ones', async () => {
  const { call, create } = await testApi();
  const first = await create<Service>(SERVICES, service('a'));
  const exposed = await call<Service>(`PATCH ${SERVICES}/a`, { body: { spec: { type: 'NodePort' } }, headers: MERGE });
  const port = exposed.body.spec?.ports?.[0]?.nodePort ?? 0;
  expect([exposed.body.spec?.clusterIP, port >= 30000]).toEqual([first.spec?.clusterIP, true]);
  const again = await call<Service>(`PUT ${SERVICES}/a`, { body: service('a', { type: 'NodePort' }) });
  expect([again.status, again.body.spec?.clusterIP, again.body.spec?.ports?.[0]?.nodePort]).toEqual([
    200,
    first.spec?.clusterIP,
    port,
  ]);
  const hidden = await call<Service>(`PATCH ${SERVICES}/a`, { body: { spec: { type: 'ClusterIP' } }, headers: MERGE });
  expect(hidden.body.spec?.ports?.[0]?.nodePort).toBeUndefined();
  await create(SERVICES, service('b', { type: 'NodePort', ports: [{ port: 80, nodePort: port }] }));
});

test('a port keeps its node port by its name, whatever else becomes of it', async () => {
  const { call, create } = await testApi();
  const ports = [
    { name: 'a', port: 80 },
    { name: 'b', port: 81 },
  ];
  const made = await create<Service>(SERVICES, service('a', { type: 'NodePort', ports }));
  const [first, second] = (made.spec?.ports ?? []).map(({ nodePort }) => nodePort);
  const moved = [
    { name: 'b', port: 80 },
    { name: 'a', port: 8080 },
  ];
  const { body } = await call<Service>(`PUT ${SERVICES}/a`, { body: service('a', { type: 'NodePort', ports: moved }) });
  expect(body.spec?.ports?.map(({ nodePort }) => nodePort)).toEqual([second, first]);
});

test('several updates of one service at once keep its address', async () => {
  const { call, create } = await testApi();
  await create(SERVICES, service('a'));
  const update = (value: string) =>
    call(`PATCH ${SERVICES}/a?dryRun=All`, { body: { metadata: { labels: { value } } }, headers: MERGE });
  const answers = await Promise.all(['1', '2', '3'].map(update));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('errors in the address fields of a Service are told before those in other fields', async () => {
  const { call } = await testApi();
  const { body } = await call(`POST ${SERVICES}`, { body: service('a', { ports: [], clusterIPs: ['10.96.7.7'] }) });
  expect(body.message).toBe(
    'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.96.7.7"]: must be empty when `clusterIP` is not specified',
  );
});

test('headless and external services have no address', async () => {
  const { create } = await testApi();
  const headless = await create<Service>(SERVICES, service('a', { clusterIP: 'None' }));
  expect([headless.spec?.clusterIP, headless.spec?.clusterIPs]).toEqual(['None', ['None']]);
  const external = await create<Service>(SERVICES, {
    metadata: { name: 'b' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  });
  expect(external.spec).not.toHaveProperty('clusterIP');
});

test('after a wake the allocator knows the stored Services’ values', async () => {
  const { store, create } = await testApi();
  await create(SERVICES, service('a', { clusterIP: '10.96.7.7' }));
  const { makeServiceAllocator } = await import('./allocator.ts');
  const woken = makeServiceAllocator(store, () => 0).claim('services/default/b');
  expect([woken.ip('10.96.7.7'), woken.ip('10.96.7.8')]).toEqual([undefined, '10.96.7.8']);
});

test.each([
  [
    { clusterIPs: ['None', 'None'] },
    'spec.clusterIPs: Invalid value: ["None","None"]: \'None\' must be the first and only value',
  ],
  [{ clusterIPs: [''] }, 'spec.clusterIPs: Invalid value: [""]: first value must match `clusterIP`'],
])('an update of a headless service with %j is judged as it stands', async (spec, message) => {
  const { call, create } = await testApi();
  await create(SERVICES, service('a', { clusterIP: 'None' }));
  const { status, body } = await call(`PATCH ${SERVICES}/a`, { body: { spec }, headers: MERGE });
  expect([status, body.message]).toEqual([422, expect.stringContaining(message)]);
});

test('an address that is changed is refused as such, in range or not', async () => {
  const { call, create } = await testApi();
  await create(SERVICES, service('a'));
  const { status, body } = await call(`PATCH ${SERVICES}/a`, {
    body: { spec: { clusterIP: '1.2.3.4' } },
    headers: MERGE,
  });
  expect([status, body.message]).toEqual([422, expect.stringContaining('may not change once set')]);
});

test('an update that names a node port where none is used is refused, and one that leaves node ports drops them', async () => {
  const { call, create } = await testApi();
  await create<Service>(SERVICES, service('a'));
  const named = await call(`PATCH ${SERVICES}/a`, {
    body: { spec: { ports: [{ port: 80, nodePort: 30080 }] } },
    headers: MERGE,
  });
  expect([named.status, named.body.message]).toEqual([
    422,
    'Service "a" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is \'ClusterIP\'',
  ]);
  await create<Service>(SERVICES, service('b', { type: 'NodePort' }));
  const left = await call<Service>(`PATCH ${SERVICES}/b`, { body: { spec: { type: 'ClusterIP' } }, headers: MERGE });
  expect([left.status, left.body.spec?.ports?.[0]?.nodePort]).toEqual([200, undefined]);
});

test('the IPAddress of a service comes and goes in its own commit, as if it had been sent', async () => {
  const { call, create, store } = await testApi();
  const before = store.revision;
  const { spec } = await create<Service>(SERVICES, service('a'));
  const ip = spec?.clusterIP ?? '';
  expect(store.revision).toBe(before + 2);
  const { body } = await call<IPAddress>(`GET ${ADDRESSES}/${ip}`);
  await create(ADDRESSES, { metadata: { name: '1.2.3.4', labels: body.metadata.labels }, spec: body.spec });
  const sent = (await call<IPAddress>(`GET ${ADDRESSES}/1.2.3.4`)).body;
  const { uid: _, name: __, resourceVersion: ___, ...metadata } = sent.metadata;
  expect(body).toMatchObject({
    ...sent,
    metadata: { ...metadata, name: ip, managedFields: [{ manager: 'kube-apiserver' }] },
  });
  expect(body.metadata.managedFields?.[0]?.fieldsV1).toEqual(metadata.managedFields?.[0]?.fieldsV1);
  expect(body.spec).toEqual({ parentRef: { resource: 'services', namespace: 'default', name: 'a' } });

  expect((await call(`POST ${SERVICES}?dryRun=All`, { body: service('dry', { clusterIP: '10.96.3.3' }) })).status).toBe(
    201,
  );
  expect((await call(`GET ${ADDRESSES}/10.96.3.3`)).status).toBe(404);
  await call(`DELETE ${SERVICES}/a?dryRun=All`);
  expect((await call(`GET ${ADDRESSES}/${ip}`)).status).toBe(200);

  const name = { type: 'ExternalName', externalName: 'example.com', clusterIP: null, clusterIPs: null };
  await call(`PATCH ${SERVICES}/a`, { headers: MERGE, body: { spec: name } });
  expect((await call(`GET ${ADDRESSES}/${ip}`)).status).toBe(404);
  const back = { type: 'ClusterIP', externalName: null };
  const again = (await call<Service>(`PATCH ${SERVICES}/a`, { headers: MERGE, body: { spec: back } })).body.spec
    ?.clusterIP;
  expect((await call(`GET ${ADDRESSES}/${again}`)).status).toBe(200);
  await call(`DELETE ${SERVICES}`);
  const left = await call<{ items: IPAddress[] }>(`GET ${ADDRESSES}`);
  expect(left.body.items.map((item) => item.metadata.name)).toEqual(['1.2.3.4']);
});

test('an address that another object has is given to no service, and stays when a service goes', async () => {
  const { call, create } = await testApi({ random: { next: () => 0, uuid: () => crypto.randomUUID() } });
  const parentRef = { group: 'gateway.networking.k8s.io', resource: 'gateways', name: 'g' };
  await create(ADDRESSES, { metadata: { name: '10.96.1.1' }, spec: { parentRef } });
  const refused = await call(`POST ${SERVICES}`, { body: service('a', { clusterIP: '10.96.1.1' }) });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Service "a" is invalid: spec.clusterIPs: Invalid value: ["10.96.1.1"]: failed to allocate IP 10.96.1.1: provided IP is already allocated',
  ]);
  expect((await create<Service>(SERVICES, service('a'))).spec?.clusterIP).toBe('10.96.1.2');
});

test('addresses come from each range that is ready and stays', async () => {
  const { call, create } = await testApi();
  const wanted = { clusterIP: '10.200.0.9' };
  const ask = async (name: string, spec: object = wanted) => {
    const { status, body } = await call<Service>(`POST ${SERVICES}`, { body: service(name, spec) });
    return status === 201 ? body.spec?.clusterIP : (body as unknown as { message: string }).message;
  };
  const mismatch = expect.stringContaining('the provided network does not match the current range');
  await create(RANGES, {
    metadata: { name: 'more', finalizers: ['example.com/stay'] },
    spec: { cidrs: ['10.200.0.0/28'] },
  });
  expect(await ask('early', { clusterIP: '10.200.0.8' })).toBe('10.200.0.8');
  const ready = (status: string) =>
    call(`PATCH ${RANGES}/more/status`, {
      headers: MERGE,
      body: {
        status: {
          conditions: [{ type: 'Ready', status, lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'x', message: '' }],
        },
      },
    });
  await ready('False');
  expect(await ask('a')).toEqual(mismatch);
  await ready('True');
  expect(await ask('a')).toBe('10.200.0.9');
  expect(await ask('edge', { clusterIP: '10.200.0.15' })).toEqual(mismatch);
  // The default range is no longer there for new addresses: all come from the other, until it is full.
  await call(`PATCH ${RANGES}/kubernetes`, {
    headers: MERGE,
    body: { metadata: { finalizers: ['example.com/stay'] } },
  });
  await call(`DELETE ${RANGES}/kubernetes`);
  const given = await Promise.all(Array.from({ length: 12 }, (_, index) => ask(`b${index}`, {})));
  expect(new Set(given).size).toBe(12);
  expect(given.every((ip) => ip?.startsWith('10.200.0.'))).toBe(true);
  expect(await ask('full', {})).toContain('failed to allocate a serviceIP: range is full');
  await call(`DELETE ${RANGES}/more`);
  expect(await ask('gone', { clusterIP: '10.200.0.9' })).toEqual(mismatch);
});

test('a Service that a PUT of its status creates has neither families nor addresses', async () => {
  const { call } = await testApi();
  const { status, body } = await call(`PUT ${SERVICES}/a/status`, { body: service('a') });
  expect([status, body.spec, body.status]).toEqual([
    201,
    {
      selector: { app: 'web' },
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
    },
    { loadBalancer: {} },
  ]);
});
