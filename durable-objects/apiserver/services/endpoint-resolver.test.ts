import { expect, test } from 'vitest';
import { type Outbound, OutboundError, type OutboundRequest, throughServices } from '../outbound.ts';
import { testApi } from '../testing/harness.ts';
import { MERGE, PODS, pod } from '../testing/objects.ts';
import { isProxyable, resolveProxiedService, resolveService } from './endpoint-resolver.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const PORTS = [
  { name: 'a', port: 443, targetPort: 8443 },
  { name: 'b', port: 80 },
];

async function rig(connected: readonly string[] = ['n1', 'n2']) {
  const api = await testApi();
  const agents = { connected: (node: string) => connected.includes(node), nodes: () => connected };
  const ports = { store: api.store, agents, random: () => 0 };
  const service = (name: string, spec: object = {}) =>
    api.create(`${NAMESPACE}/services`, { metadata: { name }, spec: { ports: PORTS, ...spec } });
  const slice = (name: string, of: string, endpoints: object[], port = 8443) =>
    api.create(SLICES, {
      metadata: { name, labels: { 'kubernetes.io/service-name': of } },
      addressType: 'IPv4',
      ports: [{ name: 'a', port }],
      endpoints,
    });
  const resolve = (name: string, port = 443) => resolveService(ports, { namespace: 'default', name, port });
  return { api, ports, service, slice, resolve };
}

const at = (ip: string, nodeName?: string, ready?: boolean) => ({
  addresses: [ip],
  ...(nodeName ? { nodeName } : {}),
  ...(ready === undefined ? {} : { conditions: { ready } }),
});

test('a ready endpoint is chosen whose node can be asked; one without a node is reached from any', async () => {
  const { service, slice, resolve } = await rig(['n2']);
  await service('s');
  await slice('other', 'others', [at('10.1.0.9', 'n2')]);
  await slice('s-1', 's', [at('10.1.0.1', 'n2', false), at('10.1.0.2', 'n1'), at('10.1.0.3', 'n2', true)]);
  expect(resolve('s')).toEqual({ host: '10.1.0.3', port: 8443, node: 'n2' });
  await service('outside', { clusterIP: undefined });
  await slice('outside-1', 'outside', [at('192.168.7.7')], 9000);
  expect(resolve('outside')).toEqual({ host: '192.168.7.7', port: 9000, node: 'n2' });
  await service('named', { type: 'ExternalName', externalName: 'hook.example.com' });
  expect(resolve('named', 8443)).toEqual({ host: 'hook.example.com', port: 8443, node: 'n2' });
});

test('slices are read one by one, and no more of them than needed', async () => {
  const { api, ports, service } = await rig();
  await service('s');
  const endpoints = Array.from({ length: 500 }, () => at('10.1.0.3', 'n1'));
  const labels = { 'kubernetes.io/service-name': 's' };
  const text = JSON.stringify({ metadata: { labels }, ports: [{ name: 'a', port: 1 }], endpoints });
  let read = 0;
  function* scan() {
    for (; ; read++) yield { key: 'k', text, revision: 1, created: 1 };
  }
  const store = { get: (key: string) => api.store.get(key), scan };
  resolveService({ ...ports, store }, { namespace: 'default', name: 's', port: 443 });
  expect(read).toBe(1);
});

test('endpoints are addresses: names in a slice lead nowhere, as with kube-proxy', async () => {
  const { api, service, resolve } = await rig();
  await service('s');
  await api.create(SLICES, {
    metadata: { name: 's-1', labels: { 'kubernetes.io/service-name': 's' } },
    addressType: 'FQDN',
    ports: [{ name: 'a', port: 8443 }],
    endpoints: [{ addresses: ['metadata.example.com'] }],
  });
  expect(() => resolve('s')).toThrow('no endpoints available for service "s"');
});

test('a Service without an endpoint is refused in the words of upstream’s resolver', async () => {
  const { api, service, slice, resolve } = await rig([]);
  await service('s');
  await service('headless', { clusterIP: 'None' });
  expect(() => resolve('none')).toThrow('service "none" not found');
  expect(() => resolve('s', 1)).toThrow('no service port 1 found for service "s"');
  expect(() => resolve('s')).toThrow('no endpoints available for service "s"');
  expect(() => resolve('headless')).toThrow('cannot route to service with ClusterIP "None"');
  await slice('s-1', 's', [at('10.1.0.1', 'away')]);
  expect(() => resolve('s')).toThrow('10.1.0.1:8443 is on node away, whose agent is not connected');
  await api.create('/api/v1/nodes', { metadata: { name: 'sim', labels: { 'islet.dev/simulated': 'true' } } });
  await service('ghost');
  await slice('ghost-1', 'ghost', [at('10.1.0.2', 'sim')]);
  expect(() => resolve('ghost')).toThrow('10.1.0.2:8443 is on the simulated node sim, where no container runs');
  await service('outside');
  await slice('outside-1', 'outside', [at('192.168.7.7')]);
  expect(resolve('outside')).toEqual({ host: '192.168.7.7', port: 8443, node: undefined });
});

test('addresses of a machine’s own are proxied to by no agent', () => {
  for (const host of [
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'ff02::1',
    'localhost',
    'a.localhost.',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '0:0:0:0:0:0:0:1',
    '2130706433',
    '0x7f.1',
    'a/b',
    'x@y',
    '',
  ]) {
    expect([host, isProxyable(host)]).toEqual([host, false]);
  }
  for (const host of [
    '10.0.0.1',
    '192.168.0.1',
    '223.1.1.1',
    'fd00::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    'hook.example.com',
  ]) {
    expect([host, isProxyable(host)]).toEqual([host, true]);
  }
});

test('a call to a Service goes to one of its endpoints; where there is none, the call fails', async () => {
  const { ports, service, slice } = await rig();
  await service('s');
  await slice('s-1', 's', [at('10.1.0.1', 'n1')]);
  const asked: OutboundRequest[] = [];
  const outbound: Outbound = async (request) => {
    asked.push(request);
    return { status: 200, headers: {}, body: '' };
  };
  const call = (name: string) =>
    throughServices(
      outbound,
      ports,
    )({
      to: { service: { namespace: 'default', name, port: 443, path: '/x' } },
      method: 'POST',
      headers: {},
      timeoutMs: 1,
    });
  await call('s');
  expect(asked[0]?.to).toMatchObject({
    service: { name: 's', endpoint: { host: '10.1.0.1', port: 8443, node: 'n1' } },
  });
  await expect(call('t')).rejects.toThrow(new OutboundError('service "t" not found'));
});

test('a Service is proxied to addresses that are its pods’ indeed, on the node that the pod is on', async () => {
  const { api, ports, service, slice } = await rig(['n1']);
  await api.create(PODS, pod('web', { spec: { nodeName: 'n1' } }));
  const status = { phase: 'Running', podIP: '10.1.0.1', podIPs: [{ ip: '10.1.0.1' }] };
  await api.call(`PATCH ${PODS}/web/status`, { headers: MERGE, body: { status } });
  const to = (name: string, port = 'a') =>
    resolveProxiedService(ports, { namespace: 'default', id: `${name}:${port}`, name, port });
  const target = { kind: 'Pod', namespace: 'default', name: 'web' };
  await service('s');
  await slice('s-1', 's', [{ ...at('10.1.0.1', 'n2'), targetRef: target }]);
  expect(to('s')).toEqual({ host: '10.1.0.1', port: 8443, node: 'n1' });
  expect(to('s', '443')).toEqual({ host: '10.1.0.1', port: 8443, node: 'n1' });
  for (const [name, endpoint] of Object.entries({
    forged: { ...at('192.168.7.7', 'n1'), targetRef: target },
    gone: { ...at('10.1.0.1', 'n1'), targetRef: { ...target, name: 'none' } },
    elsewhere: { ...at('10.1.0.1', 'n1'), targetRef: { ...target, namespace: 'kube-system' } },
    bare: at('10.1.0.1', 'n1'),
  })) {
    await service(name);
    await slice(`${name}-1`, name, [endpoint]);
    expect(() => to(name)).toThrow(`no endpoints available for service "${name}:a"`);
  }
});
