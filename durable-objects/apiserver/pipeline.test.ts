import { expect, test } from 'vitest';
import { ADMIN, testApi } from './testing/harness.ts';
import { configMap, MAPS, MERGE, node, PODS, pod } from './testing/objects.ts';

const JANE = { name: 'jane', groups: ['system:authenticated'] };

test.each([
  ['GET /api/v1/nothings', 404, 'the server could not find the requested resource'],
  ['GET /apis/apps/v2/deployments', 404, 'the server could not find the requested resource'],
  ['GET /api/v1/namespaces/default/pods/a/nothing', 404, 'the server could not find the requested resource'],
  ['GET /api/v1/namespaces/default/pods/a', 404, 'pods "a" not found'],
  ['GET /apis/apps/v1/namespaces/default/deployments/a', 404, 'deployments.apps "a" not found'],
  ['POST /api/v1/namespaces/default/pods/a', 405, 'the server does not allow this method on the requested resource'],
  ['DELETE /api/v1/namespaces', 405, 'the server does not allow this method on the requested resource'],
  ['POST /api/v1/pods', 405, 'the server does not allow this method on the requested resource'],
  [
    'PUT /api/v1/namespaces/default/pods/a/binding',
    405,
    'the server does not allow this method on the requested resource',
  ],
  ['GET /api/v1/bindings', 404, 'the server could not find the requested resource'],
  ['POST /apis/apps/v1', 405, 'the server does not allow this method on the requested resource'],
  ['POST /apis/apps/v9', 404, 'the server could not find the requested resource'],
  ['DELETE /api/v2', 404, 'the server could not find the requested resource'],
  ['PATCH /api/v1/nodes/x/proxy/a', 404, 'nodes "x" not found'],
])('%s answers %i', async (line, code, message) => {
  const { call } = await testApi();
  const { status, body } = await call(line);
  expect([status, body.code, body.message]).toEqual([code, code, message]);
});

test.each([
  'GET /apis/nogroup.io/v1',
  'POST /apis/nogroup.io/v1',
  'GET /apis/nogroup.io/v1/things',
  'PATCH /apis/nogroup.io/v1/namespaces/default/things/a',
])('%s is of no built-in group, so it has a page', async (line) => {
  const { call } = await testApi();
  const { status, headers, text } = await call(line, { body: {}, headers: MERGE });
  expect([status, text, headers['content-type']]).toEqual([404, '404 page not found\n', 'text/plain; charset=utf-8']);
});

test.each([
  'GET /api/v1/namespaces/kube-system/namespaces/default',
  'GET /api/v1/namespaces/kube-system/namespaces',
  'GET /api/v1/namespaces/default/nodes/n1/status',
  'PATCH /api/v1/namespaces/default/nodes/n1/status',
  'GET /api/v1/namespaces/default/nodes',
  'GET /api/v1/nodes/n1/status/more',
  'GET /api/v1/namespaces/default/status/more',
  'GET /api/v1/pods/a/status',
  'POST /api/v1/pods/a/binding',
  'POST /api/v1/pods/a',
])('%s is no path of the API', async (line) => {
  const { call, create } = await testApi();
  await create('/api/v1/nodes', node('n1'));
  const { status, body } = await call(line, { body: {}, headers: MERGE });
  expect([status, body.message]).toEqual([404, 'the server could not find the requested resource']);
});

test('a namespace is found under its own path, and a proxy goes on behind its name', async () => {
  const { call } = await testApi();
  expect((await call('GET /api/v1/namespaces/default')).status).toBe(200);
  expect((await call('GET /api/v1/namespaces/default/status')).status).toBe(200);
  expect((await call('GET /api/v1/nodes/n1/proxy/some/file')).body.message).toBe('nodes "n1" not found');
});

test('a request without the right to it is refused in upstream’s words', async () => {
  const { call } = await testApi();
  const message = async (line: string) => (await call(line, { user: JANE })).body.message;
  expect(await message('GET /api/v1/namespaces/default/pods')).toBe(
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
  );
  expect(await message('GET /apis/apps/v1/deployments')).toBe(
    'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" at the cluster scope',
  );
  expect(await message('PUT /api/v1/namespaces/default/pods/a/status')).toBe(
    'pods "a" is forbidden: User "jane" cannot update resource "pods/status" in API group "" in the namespace "default"',
  );
  expect(await message('GET /secret/path')).toBe('forbidden: User "jane" cannot get path "/secret/path"');
  expect((await call('GET /apis', { user: JANE })).status).toBe(200);
});

test('can-i is answered by the same chain that decides', async () => {
  const { call } = await testApi();
  const ask = async (user: typeof ADMIN, resourceAttributes: object) => {
    const body = { spec: { resourceAttributes } };
    const line = 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    return (await call<{ status: { allowed: boolean } }>(line, { user, body })).body.status.allowed;
  };
  expect(await ask(ADMIN, { verb: 'delete', resource: 'nodes' })).toBe(true);
  expect(await ask(JANE, { verb: 'get', resource: 'pods', namespace: 'default' })).toBe(false);
  expect(await ask(JANE, { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' })).toBe(
    true,
  );
});

test('a review is no table', async () => {
  const { call } = await testApi();
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  const ask = async (accept: string) => {
    const body = { spec: { nonResourceAttributes: { path: '/', verb: 'get' } } };
    return (await call('POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { headers: { accept }, body }))
      .status;
  };
  expect(await ask(table)).toBe(406);
  expect(await ask(`${table},application/json`)).toBe(201);
});

test('old clients get tables and metadata of v1beta1', async () => {
  const { call } = await testApi();
  const read = async (line: string, as: string) => {
    const headers = { accept: `application/json;as=${as};v=v1beta1;g=meta.k8s.io` };
    const { apiVersion, kind, rows } = (
      await call<{ apiVersion: string; kind: string; rows?: object[] }>(line, { headers })
    ).body;
    return [kind, apiVersion, rows?.length];
  };
  const path = 'GET /api/v1/namespaces';
  expect(await read(path, 'Table')).toEqual(['Table', 'meta.k8s.io/v1beta1', 4]);
  expect(await read(`${path}/default`, 'Table')).toEqual(['Table', 'meta.k8s.io/v1beta1', 1]);
  expect(await read(path, 'PartialObjectMetadataList')).toEqual([
    'PartialObjectMetadataList',
    'meta.k8s.io/v1beta1',
    undefined,
  ]);
});

test('a limit of 0 is none', async () => {
  const { call } = await testApi({ limits: { writesInFlight: 0 } });
  const replies = ['a', 'b'].map((name) => call(`POST ${MAPS}`, { body: configMap(name) }));
  expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([201, 201]);
});

test('an unexpected error is answered by its id alone', async () => {
  const { call, store, reported } = await testApi();
  store.commit = () => Promise.reject(new Error('secret detail'));
  const { status, text } = await call(`POST ${PODS}`, { body: pod('a') });
  expect(status).toBe(500);
  expect(text).not.toContain('secret');
  expect(text).toContain('"reason":"InternalError"');
  expect(reported).toHaveLength(1);
});

test('an unknown answer format is not acceptable, and an unknown body format is not supported', async () => {
  const { call } = await testApi();
  const xml = await call(`GET ${PODS}`, { headers: { accept: 'application/xml' } });
  expect([xml.status, xml.body.message]).toEqual([
    406,
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
  ]);
  const nope = await call(`GET ${PODS}`, { headers: { accept: 'application/json;as=Nope;v=v1;g=meta.k8s.io' } });
  expect([nope.status, nope.body.message]).toEqual([
    406,
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ]);
  const cbor = { 'content-type': 'application/cbor' };
  const refused = await call(`POST ${PODS}`, { headers: cbor, body: 'k8s' });
  expect([refused.status, refused.body.message]).toEqual([
    415,
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  ]);
});

test('a format that cannot be made is refused before anything is written', async () => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('kept'));
  const { revision } = store;
  for (const line of [
    `POST ${MAPS}`,
    `PUT ${MAPS}/kept`,
    `DELETE ${MAPS}/kept`,
    `DELETE ${MAPS}`,
    `POST ${PODS}/a/eviction`,
  ]) {
    const { status, headers } = await call(line, { headers: { accept: 'application/cbor' }, body: configMap('kept') });
    expect([line, status, headers['content-type']]).toEqual([line, 406, 'application/json']);
  }
  expect(store.revision).toBe(revision);
});

test('the metadata of one object is not that of a list', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const accept = (kind: string) => ({ accept: `application/json;as=${kind};v=v1;g=meta.k8s.io` });
  const list = await call(`GET ${MAPS}`, { headers: accept('PartialObjectMetadata') });
  expect([list.status, list.body.message]).toEqual([
    406,
    'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
  ]);
  const one = await call(`GET ${MAPS}/a`, { headers: accept('PartialObjectMetadataList') });
  expect([one.status, one.body.message]).toEqual([
    406,
    'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
  ]);
  const removed = await call(`DELETE ${MAPS}`, { headers: accept('PartialObjectMetadata') });
  expect([removed.status, removed.body.message]).toEqual([406, list.body.message]);
  expect((await call(`GET ${MAPS}/a`)).status).toBe(404);
});

test('discovery comes as YAML, too, and aggregated on request', async () => {
  const { call } = await testApi();
  const yaml = await call('GET /api', { headers: { accept: 'application/yaml' } });
  expect([yaml.headers['content-type'], yaml.text]).toEqual([
    'application/yaml',
    expect.stringMatching(/^kind: APIVersions$/m),
  ]);
  const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const list = await call('GET /apis', { headers: { accept: aggregated } });
  expect([list.headers['content-type'], list.body.kind]).toEqual([aggregated, 'APIGroupDiscoveryList']);
  // There is nothing to aggregate in one version.
  expect((await call('GET /api/v1', { headers: { accept: aggregated } })).status).toBe(406);
});

test('a malformed timeout is refused, except where nothing times out', async () => {
  const { call, send } = await testApi();
  const why = 'invalid timeout specified in the request URL - time: invalid duration "x"';
  for (const line of [`GET ${PODS}`, 'GET /apis', 'GET /api/v1/nothings', `DELETE ${PODS}/a`]) {
    const { status, body } = await call(`${line}?timeout=x`);
    expect([status, body.reason, body.message]).toEqual([400, 'BadRequest', why]);
  }
  expect((await call(`GET ${PODS}?timeout=32s`)).status).toBe(200);
  expect((await send(`GET ${PODS}?watch=1&timeout=x`)).type).toBe('watch');
  expect((await call(`GET ${PODS}/a/log?timeout=x`)).status).toBe(404);
});

test('each write has its request as its cause in the log', async () => {
  const { call, store } = await testApi();
  const headers = { 'user-agent': 'kubectl/v1.36.3 (linux/amd64) kubernetes/abc', 'audit-id': 'audit-1' };
  await call(`POST ${MAPS}?fieldManager=me`, { headers, body: configMap('a') });
  expect(store.at(store.revision)?.cause).toEqual({
    kind: 'request',
    at: Date.parse('2026-01-02T03:04:05Z'),
    user: 'islet:admin',
    verb: 'create',
    agent: 'kubectl/v1.36.3',
    manager: 'me',
    id: 'audit-1',
  });
});

test('kinds without effect come with a warning', async () => {
  const { call } = await testApi();
  const spec = { defaultBackend: { service: { name: 'web', port: { number: 80 } } } };
  const ingress = await call('POST /apis/networking.k8s.io/v1/namespaces/default/ingresses', {
    body: { metadata: { name: 'a' }, spec },
  });
  expect(ingress.status).toBe(201);
  expect(ingress.headers.warning).toBe(
    '299 - "ingresses.networking.k8s.io are stored, but nothing acts on them yet in this version of Islet"',
  );
});

test('a new cluster has its system namespaces and the kubernetes Service, and stays as it is when set up again', async () => {
  const { call, store, api } = await testApi();
  const names = (await call<{ items: { metadata: { name: string } }[] }>('GET /api/v1/namespaces')).body.items;
  expect(names.map(({ metadata }) => metadata.name)).toEqual([
    'default',
    'kube-node-lease',
    'kube-public',
    'kube-system',
  ]);
  const service = await call<{ spec: object }>('GET /api/v1/namespaces/default/services/kubernetes');
  expect(service.body.spec).toMatchObject({ clusterIP: '10.96.0.1', ports: [{ port: 443, targetPort: 6443 }] });
  const range = await call<{ status: object }>('GET /apis/networking.k8s.io/v1/servicecidrs/kubernetes');
  expect(range.body.status).toMatchObject({ conditions: [{ type: 'Ready', status: 'True' }] });
  const before = store.revision;
  const { bootstrap } = await import('./bootstrap.ts');
  await bootstrap(api, 0);
  expect(store.revision).toBe(before);
  expect(store.at(1)?.cause).toMatchObject({ kind: 'system', why: 'bootstrap' });
});

test('HEAD is no method of resources', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  for (const path of [PODS, `${PODS}/web`, `${PODS}/web/status`]) {
    expect((await call(`HEAD ${path}`)).status, path).toBe(405);
  }
});
