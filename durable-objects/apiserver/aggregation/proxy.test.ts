import { expect, test } from 'vitest';
import type { OutboundRequest } from '../outbound.ts';
import { OutboundError } from '../outbound.ts';
import type { StreamAnswer } from '../request.ts';
import { ADMIN, testApi } from '../testing/harness.ts';

const PATH = '/apis/apiregistration.k8s.io/v1/apiservices';
const SPEC = {
  group: 'back.dev',
  version: 'v1',
  groupPriorityMinimum: 1,
  versionPriority: 1,
  caBundle: btoa('pem'),
  service: { namespace: 'default', name: 'back', port: 8443 },
};

async function withService(answer: (request: OutboundRequest) => number = () => 200) {
  const asked: OutboundRequest[] = [];
  const api = await testApi({
    outbound: async (request) => {
      asked.push(request);
      return { status: answer(request), headers: {}, body: '{}' };
    },
    frontProxy: async () => ({ cert: 'c', key: 'k' }),
  });
  const check = async () => {
    const { body } = await api.call(`GET ${PATH}/v1.back.dev`);
    const next = await api.api.aggregation.availability.check(body as never);
    if (next) {
      const reply = await api.call(`PUT ${PATH}/v1.back.dev/status`, { body: next });
      expect(reply.status).toBe(200);
    }
    const { conditions = [] } = (next ?? body) as { conditions?: [] } as never as { conditions?: object[] };
    return (next?.status?.conditions ?? conditions)[0];
  };
  return { ...api, asked, check };
}

const service = { metadata: { name: 'back' }, spec: { type: 'ExternalName', externalName: 'localhost' } };

test('an API is available once its Service is there and answers, and says why not before', async () => {
  let status = 404;
  const { create, call, check, asked, clock } = await withService(() => {
    if (status === 0) throw new OutboundError('dial tcp localhost:8443: connect: connection refused');
    return status;
  });
  await create(PATH, { metadata: { name: 'v1.back.dev' }, spec: SPEC });
  expect(await check()).toMatchObject({
    status: 'False',
    reason: 'ServiceNotFound',
    message: 'service/back in "default" is not present',
  });
  expect((await call('GET /apis/back.dev/v1/things')).text).toBe('service unavailable\n');
  const spec = { ports: [{ name: 'web', port: 443 }] };
  await create('/api/v1/namespaces/default/services', { metadata: { name: 'back' }, spec });
  expect(await check()).toMatchObject({
    reason: 'ServicePortError',
    message: 'service/back in "default" is not listening on port 8443',
  });
  const services = '/api/v1/namespaces/default/services/back';
  const patched = await call(`PATCH ${services}`, {
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { spec: { ports: [{ name: 'web', port: 8443 }] } },
  });
  expect(patched.status).toBe(200);
  expect(await check()).toMatchObject({
    reason: 'EndpointsNotFound',
    message: 'cannot find endpointslices for service/back in "default"',
  });
  const slice = {
    metadata: { name: 'back-1', labels: { 'kubernetes.io/service-name': 'back' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.168.1.2'] }],
    ports: [{ name: 'other', port: 1 }],
  };
  const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
  await create(slices, slice);
  expect(await check()).toMatchObject({
    reason: 'MissingEndpoints',
    message: 'endpointslices for service/back in "default" have no addresses with port name "web"',
  });
  expect(asked).toEqual([]);
  await call(`DELETE ${services}`);
  await create('/api/v1/namespaces/default/services', service);
  const url = 'https://back.default.svc:8443/apis/back.dev/v1';
  expect(await check()).toMatchObject({
    reason: 'FailedDiscoveryCheck',
    message: `failing or missing response from ${url}: bad status from ${url}: 404`,
  });
  status = 0;
  expect(await check()).toMatchObject({
    message: `failing or missing response from ${url}: Get "${url}": dial tcp localhost:8443: connect: connection refused`,
  });
  status = 200;
  clock.time += 5000;
  expect(await check()).toMatchObject({
    status: 'True',
    reason: 'Passed',
    message: 'all checks passed',
    lastTransitionTime: '2026-01-02T03:04:10Z',
  });
  expect(asked.findLast(({ to }) => 'service' in to && to.service.path === '/apis/back.dev/v1')).toMatchObject({
    to: { service: { namespace: 'default', name: 'back', port: 8443, path: '/apis/back.dev/v1' } },
    caBundle: 'pem',
    client: expect.any(Function),
    headers: { 'x-remote-user': 'system:kube-aggregator', 'x-remote-group': ['system:masters'] },
  });
});

test('a request goes on with its user and the server’s certificate, once it is authorised', async () => {
  const { create, send, call, check } = await withService();
  await create('/api/v1/namespaces/default/services', service);
  await create(PATH, { metadata: { name: 'v1.back.dev' }, spec: SPEC });
  await check();
  const answer = (await send('POST /apis/back.dev/v1/things?b=2&a=x%20y', {
    body: '{"a":1}',
    headers: { 'audit-id': 'audit' },
  })) as StreamAnswer;
  expect(answer).toEqual({
    type: 'stream',
    stream: {
      kind: 'http',
      node: '',
      target: {
        host: 'localhost',
        port: 8443,
        tls: { serverName: 'back.default.svc', caBundle: 'pem', insecure: undefined, client: { cert: 'c', key: 'k' } },
      },
    },
    http: {
      path: '/apis/back.dev/v1/things?a=x+y&b=2',
      headers: {
        'x-remote-user': ADMIN.name,
        'x-remote-group': ADMIN.groups,
        'audit-id': 'audit',
        host: 'back.default.svc:8443',
        'x-forwarded-host': 'back.default.svc:8443',
        'x-forwarded-proto': 'https',
        'x-forwarded-uri': '/apis/back.dev/v1/things',
      },
      isFrontProxy: true,
      answerHeaders: expect.objectContaining({ 'audit-id': 'audit', 'cache-control': 'no-cache, private' }),
    },
    body: '{"a":1}',
  });
  const metrics = async (): Promise<string> => (await call('GET /metrics')).text;
  expect(await metrics()).toContain('aggregator_unavailable_apiservice{name="v1.back.dev"} 0');
  expect(await metrics()).not.toContain('aggregator_unavailable_apiservice_total{');
  const refused = await call('GET /apis/back.dev/v1/things', {
    user: { name: 'bob', groups: ['system:authenticated'] },
  });
  expect([refused.status, refused.body.message]).toEqual([
    403,
    'things.back.dev is forbidden: User "bob" cannot list resource "things" in API group "back.dev" at the cluster scope',
  ]);
  await call('DELETE /api/v1/namespaces/default/services/back');
  await check();
  expect(await metrics()).toContain(
    'aggregator_unavailable_apiservice_total{name="v1.back.dev",reason="ServiceNotFound"} 1',
  );
  expect(await metrics()).toContain('aggregator_unavailable_apiservice{name="v1.back.dev"} 1');
  await call(`DELETE ${PATH}/v1.back.dev`);
  expect((await call('GET /apis/back.dev/v1/things')).status).toBe(404);
});
