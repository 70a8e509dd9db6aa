import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { pod } from '../testing/objects.ts';

const NAMESPACE = '/api/v1/namespaces/default';

async function rig() {
  const agents = { connected: (node: string) => node === 'n1', nodes: () => ['n1'] };
  const api = await testApi({ agents });
  await api.create('/api/v1/nodes', {
    metadata: { name: 'n1' },
    status: { addresses: [{ type: 'InternalIP', address: '192.168.7.1' }] },
  });
  const containers = [{ name: 'c', image: 'i', ports: [{ containerPort: 8080 }] }];
  await api.create<Pod>(`${NAMESPACE}/pods`, pod('p', { spec: { nodeName: 'n1', containers } }));
  await api.call(`PATCH ${NAMESPACE}/pods/p/status`, {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { phase: 'Running', podIP: '10.1.0.1', podIPs: [{ ip: '10.1.0.1' }] } },
  });
  return api;
}

test('a pod’s proxy goes to its first port unless another is named, and passes path and query on as they came', async () => {
  const api = await rig();
  const cases = {
    [`GET ${NAMESPACE}/pods/p/proxy/a%2Fb/?q=%20`]: { port: 8080, path: '/a%2Fb/?q=%20' },
    [`GET ${NAMESPACE}/pods/p/proxy/a/../../%2E./b/.#c?q=/..`]: { port: 8080, path: '/b/.%23c?q=/..' },
    [`POST ${NAMESPACE}/pods/p:81/proxy`]: { port: 81, path: '/' },
    [`OPTIONS ${NAMESPACE}/pods/http:p:/proxy/`]: { port: 8080, path: '/' },
    [`HEAD ${NAMESPACE}/pods/https:p:444/proxy/x?watch=1`]: { port: 444, path: '/x?watch=1', tls: { insecure: true } },
  };
  for (const [line, { path, ...target }] of Object.entries(cases)) {
    expect(await api.send(line)).toEqual({
      type: 'stream',
      stream: { kind: 'http', node: 'n1', target: { host: '10.1.0.1', ...target } },
      http: {
        path,
        headers: {},
        prefix: line.slice(line.indexOf('/'), line.indexOf('/proxy') + 6),
        address: `10.1.0.1:${target.port}`,
      },
    });
  }
  const bare = await api.call(`GET ${NAMESPACE}/pods/p/proxy?q=1`);
  expect([bare.status, bare.headers.location]).toEqual([301, 'proxy/?q=1']);
});

test('an escaped slash divides the path of a proxy as another does', async () => {
  const api = await rig();
  for (const [path, rest] of [
    ['pods/p%2Fproxy/x/y', '/x/y'],
    ['pods%2fp/proxy%2Fx%2Fy', '/x%2Fy'],
    ['/pods//p//proxy/x', '/x'],
  ]) {
    expect(await api.send(`GET ${NAMESPACE}/${path}`)).toMatchObject({ http: { path: rest } });
  }
});

test('a pod whose name begins like the subresource is proxied to like any other', async () => {
  const api = await rig();
  for (const name of ['proxy', 'proxy-api']) {
    await api.create(
      `${NAMESPACE}/pods`,
      pod(name, { spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] } }),
    );
    await api.call(`PATCH ${NAMESPACE}/pods/${name}/status`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { status: { podIP: '10.1.0.2', podIPs: [{ ip: '10.1.0.2' }] } },
    });
    const prefix = `${NAMESPACE}/pods/${name}:80/proxy`;
    expect(await api.send(`GET ${prefix}/proxy/x`)).toMatchObject({ http: { path: '/proxy/x', prefix } });
    expect((await api.call(`GET ${prefix}`)).status).toBe(301);
  }
});

test('a node’s proxy reaches other servers of its machine', async () => {
  const api = await rig();
  await api.call('PATCH /api/v1/nodes/n1/status', {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { addresses: [{ type: 'InternalIP', address: '192.168.7.1' }] } },
  });
  expect(await api.send('GET /api/v1/nodes/n1:9100/proxy/metrics')).toMatchObject({
    stream: { node: 'n1', target: { host: '192.168.7.1', port: 9100 } },
    http: { path: '/metrics' },
  });
  expect((await api.call('GET /api/v1/nodes/n1/proxy/logs')).status).toBe(501);
});

test('targets that cannot be proxied to are refused in upstream’s words', async () => {
  const api = await rig();
  await api.create(`${NAMESPACE}/pods`, pod('waiting'));
  await api.create(`${NAMESPACE}/services`, { metadata: { name: 's' }, spec: { ports: [{ name: 'web', port: 80 }] } });
  const cases: Record<string, [number, string]> = {
    'pods/none/proxy/': [404, 'pods "none" not found'],
    'pods/waiting/proxy/': [400, 'address not allowed'],
    'pods/ftp:p:21/proxy/': [400, 'invalid pod request "ftp:p:21"'],
    'pods/p:web/proxy/': [503, 'error trying to reach service: dial tcp: lookup tcp/web: unknown port'],
    'pods/p:99999/proxy/': [503, 'error trying to reach service: dial tcp: address 99999: invalid port'],
    'services/s:web/proxy/': [503, 'no endpoints available for service "s:web"'],
    'services/s:81/proxy/': [503, 'no service port 81 found for service "s"'],
    'services/none/proxy/': [404, 'services "none" not found'],
  };
  for (const [path, expected] of Object.entries(cases)) {
    const { status, body } = await api.call(`GET ${NAMESPACE}/${path}`);
    expect([path, status, body.message]).toEqual([path, ...expected]);
  }
});
