import { expect, test } from 'vitest';
import type { Service } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, SERVICES, TABLE } from '../testing/objects.ts';

const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
const dns = (nodePort?: number) => [
  { name: 'tcp', port: 53, protocol: 'TCP' },
  { name: 'udp', port: 53, protocol: 'UDP', nodePort },
  { name: 'metrics', port: 9153 },
];
const nodePorts = ({ spec }: Service) => spec?.ports?.map(({ nodePort }) => nodePort) ?? [];

test('a port of a new service has one node port for all its protocols, the one that any of them names', async () => {
  const { create } = await testApi();
  const [tcp, udp, metrics] = nodePorts(await create(SERVICES, service('a', { type: 'NodePort', ports: dns() })));
  expect(tcp).toBeGreaterThanOrEqual(30_000);
  expect(udp).toBe(tcp);
  expect(metrics).not.toBe(tcp);
  const named = nodePorts(await create(SERVICES, service('b', { type: 'LoadBalancer', ports: dns(30_053) })));
  expect(named.slice(0, 2)).toEqual([30_053, 30_053]);
});

test('ports of other numbers share no node port, and the first that cannot be had is told alone', async () => {
  const { call } = await testApi();
  const port = (name: string, number: number) => ({ name, port: number, nodePort: 30_080 });
  const ports = [port('a', 80), port('b', 81), { name: 'c', port: 82, nodePort: 1 }];
  const { status, body } = await call(`POST ${SERVICES}`, { body: service('a', { type: 'NodePort', ports }) });
  expect([status, body.message]).toEqual([
    422,
    'Service "a" is invalid: spec.ports[1].nodePort: Invalid value: 30080: provided port is already allocated',
  ]);
});

test('a balancer without node ports of its own keeps to itself the one that it names', async () => {
  const { call, create } = await testApi();
  const spec = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false };
  const ports = [
    { port: 80, nodePort: 30_080, name: 'a' },
    { port: 81, name: 'b' },
  ];
  expect(nodePorts(await create(SERVICES, service('a', { ...spec, ports })))).toEqual([30_080, undefined]);
  const again = await call(`POST ${SERVICES}`, { body: service('b', { ...spec, ports }) });
  expect(again.body.message).toContain('provided port is already allocated');
});

test('an update gives a port without a node port one of its own', async () => {
  const { call, create } = await testApi();
  await create(SERVICES, service('a', { ports: dns() }));
  const { body } = await call<Service>(`PATCH ${SERVICES}/a`, { body: { spec: { type: 'NodePort' } }, headers: MERGE });
  const [tcp, udp] = nodePorts(body);
  expect([tcp, udp].every(Boolean)).toBe(true);
  expect(udp).not.toBe(tcp);
});

test.each([
  [30_077, 'provided port is already allocated'],
  [30_078, 'provided port is already allocated'],
  [1, 'provided port is not in the valid range. The range of valid ports is 30000-32767'],
])('a port of health checks that cannot be had is refused: %i', async (healthCheckNodePort, why) => {
  const { call, create } = await testApi();
  const balancer = (name: string, port: number, checks: number) =>
    service(name, {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: checks,
      ports: [{ port: 80, nodePort: port }],
    });
  const made = await create<Service>(SERVICES, balancer('a', 30_079, 30_077));
  expect((await call(`PUT ${SERVICES}/a`, { body: made })).status).toBe(200);
  const { status, body } = await call(`POST ${SERVICES}`, { body: balancer('b', 30_078, healthCheckNodePort) });
  expect([status, body.message]).toEqual([
    422,
    `Service "b" is invalid: spec.healthCheckNodePort: Invalid value: ${healthCheckNodePort}: failed to allocate requested HealthCheck NodePort ${healthCheckNodePort}: ${why}`,
  ]);
});

test.each([true, undefined])(
  'the port of health checks goes with the type, and stays where a PUT leaves it out (%s)',
  async (ports) => {
    const { call, create } = await testApi();
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] };
    const balancer = service('a', { ...spec, allocateLoadBalancerNodePorts: ports === undefined ? false : ports });
    const made = await create<Service>(SERVICES, balancer);
    const again = await call<Service>(`PUT ${SERVICES}/a`, { body: balancer });
    expect([again.status, again.body.spec?.healthCheckNodePort]).toEqual([200, made.spec?.healthCheckNodePort]);
    const changed = await call<Service>(`PATCH ${SERVICES}/a`, {
      body: { spec: { type: 'NodePort' } },
      headers: MERGE,
    });
    expect([changed.status, changed.body.spec?.healthCheckNodePort]).toEqual([200, undefined]);
  },
);

test('the internal traffic policy of a Service that is a name is hidden, and stays for another type', async () => {
  const { call, create } = await testApi();
  const body = service('a', { type: 'ExternalName', externalName: 'x.y', internalTrafficPolicy: 'Local' });
  const only = '?fieldSelector=metadata.name%3Da';
  const policies = [await create<Service>(SERVICES, body)];
  policies.push((await call<Service>(`GET ${SERVICES}/a`)).body);
  policies.push(
    (await call<Service>(`PATCH ${SERVICES}/a`, { body: { metadata: { labels: { a: 'b' } } }, headers: MERGE })).body,
  );
  policies.push(...(await call<{ items: Service[] }>(`GET ${SERVICES}${only}`)).body.items);
  const table = await call<{ rows: { object: Service }[] }>(`GET ${SERVICES}${only}&includeObject=Object`, {
    headers: TABLE,
  });
  policies.push(...table.body.rows.map(({ object }) => object));
  expect(policies.map(({ spec }) => spec?.internalTrafficPolicy)).toEqual(Array(5).fill(undefined));
  // Its status shows all of it, as upstream.
  expect((await call<Service>(`GET ${SERVICES}/a/status`)).body.spec?.internalTrafficPolicy).toBe('Local');
  const spec = { type: 'ClusterIP', externalName: null, ports: [{ port: 80 }] };
  const inside = await call<Service>(`PATCH ${SERVICES}/a`, { body: { spec }, headers: MERGE });
  expect(inside.body.spec?.internalTrafficPolicy).toBe('Local');
  expect((await call<Service>(`DELETE ${SERVICES}/a`)).body.spec?.internalTrafficPolicy).toBe('Local');
});

test('a node port that is chosen is none that the service has already', async () => {
  const { call, create } = await testApi({ random: { next: () => 0, uuid: () => crypto.randomUUID() } });
  const ports = [80, 81, 82].map((port) => ({ port, name: `p${port}` }));
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports };
  const made = await create<Service>(SERVICES, service('a', spec));
  const chosen = [...nodePorts(made), made.spec?.healthCheckNodePort];
  expect(new Set(chosen).size).toBe(4);
  const more = [...(made.spec?.ports ?? []), { port: 83, name: 'p83' }];
  const { body } = await call<Service>(`PATCH ${SERVICES}/a`, { body: { spec: { ports: more } }, headers: MERGE });
  expect(new Set([...nodePorts(body), made.spec?.healthCheckNodePort]).size).toBe(5);
});
