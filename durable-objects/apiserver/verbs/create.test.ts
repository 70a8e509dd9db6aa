import { expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../../../kube/types.ts';
import { ADMIN, testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, MERGE, PODS, pod } from '../testing/objects.ts';

test('a created object carries the server’s fields, and is stored as it is answered', async () => {
  const { call, store } = await testApi();
  const body = { ...pod('web'), status: { phase: 'Running', qosClass: 'Guaranteed' } };
  const headers = { 'user-agent': 'kubectl/v1.36.3 (linux/amd64)' };
  const created = await call<Pod>(`POST ${PODS}`, { body, headers });
  expect(created.status).toBe(201);
  expect(created.body.metadata).toMatchObject({
    name: 'web',
    namespace: 'default',
    generation: 1,
    creationTimestamp: '2026-01-02T03:04:05Z',
    resourceVersion: String(store.revision),
  });
  expect(created.body.metadata.managedFields?.[0]).toMatchObject({ manager: 'kubectl', operation: 'Update' });
  // Upstream keeps a class that the client gives.
  expect(created.body.status).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' });
  expect((await call(`GET ${PODS}/web`)).text).toBe(created.text);
});

test('names are generated, and another is tried when one is taken', async () => {
  let calls = 0;
  const random = { next: () => (++calls <= 10 ? 0 : 0.5), uuid: () => crypto.randomUUID() };
  const { create } = await testApi({ random });
  const body = { ...configMap(''), metadata: { generateName: 'web-' } };
  const names = [await create<Pod>(MAPS, body), await create<Pod>(MAPS, body)].map(({ metadata }) => metadata.name);
  expect(names).toEqual(['web-bbbbb', 'web-rrrrr']);
});

test('a name that stays taken is a conflict that says so', async () => {
  const { call, create } = await testApi({ random: { next: () => 0, uuid: () => crypto.randomUUID() } });
  const body = { ...configMap(''), metadata: { generateName: 'web-' } };
  await create(MAPS, body);
  for (const name of [undefined, 'web-bbbbb']) {
    const more = { ...body, metadata: { ...body.metadata, name } };
    const { status, body: problem, headers } = await call(`POST ${MAPS}`, { body: more });
    expect([status, problem.message, problem.details, headers['retry-after']]).toEqual([
      409,
      'configmaps "web-bbbbb" already exists, the server was not able to generate a unique name for the object',
      { name: 'web-bbbbb', kind: 'configmaps', retryAfterSeconds: 1 },
      '1',
    ]);
  }
});

test.each([
  ['an unknown namespace', '/api/v1/namespaces/nowhere/pods', pod('a'), 404, 'namespaces "nowhere" not found'],
  [
    'another namespace',
    PODS,
    pod('a', { metadata: { namespace: 'kube-system' } }),
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'another version',
    DEPLOYMENTS,
    { ...deployment('a'), apiVersion: 'apps/v1beta1' },
    400,
    'Deployment in version "v1beta1" cannot be handled as a Deployment: no kind "Deployment" is registered for version "apps/v1beta1" in scheme "pkg/runtime/scheme.go:111"',
  ],
  [
    'no name',
    MAPS,
    { metadata: {} },
    422,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'a resourceVersion',
    MAPS,
    { metadata: { name: 'a', resourceVersion: '1' } },
    500,
    'resourceVersion should not be set on objects to be created',
  ],
  [
    'a wrong type',
    DEPLOYMENTS,
    deployment('a', { replicas: 'three' }),
    400,
    'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    'a bad value',
    DEPLOYMENTS,
    deployment('a', { replicas: -1 }),
    422,
    'Deployment.apps "a" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'malformed JSON',
    MAPS,
    '{"metadata": }',
    400,
    `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '}' looking for beginning of value ({"metadata": })`,
  ],
])('%s is refused, and nothing is written', async (_what, path, body, code, message) => {
  const { call, store } = await testApi();
  const before = store.revision;
  const reply = await call(`POST ${path}`, { body });
  expect([reply.status, reply.body.message]).toEqual([code, message]);
  expect(store.revision).toBe(before);
});

test('an invalid object is told with the field of each cause', async () => {
  const { call } = await testApi();
  const { body } = await call(`POST ${DEPLOYMENTS}`, { body: deployment('a', { replicas: -1 }) });
  expect(body).toMatchObject({
    reason: 'Invalid',
    details: {
      name: 'a',
      group: 'apps',
      kind: 'Deployment',
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: -1: must be greater than or equal to 0',
          field: 'spec.replicas',
        },
      ],
    },
  });
});

test('unknown fields are refused, warned of or dropped, as the client asks', async () => {
  const { call } = await testApi();
  const body = { ...configMap('a'), spec: { x: 1 } };
  const strict = await call(`POST ${MAPS}?fieldValidation=Strict`, { body });
  expect([strict.status, strict.body.message]).toEqual([
    400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "spec"',
  ]);
  const warned = await call(`POST ${MAPS}?dryRun=All`, { body });
  expect([warned.status, warned.headers.warning]).toEqual([201, '299 - "unknown field \\"spec\\""']);
  const ignored = await call(`POST ${MAPS}?fieldValidation=Ignore`, { body });
  expect([ignored.status, ignored.headers.warning, 'spec' in ignored.body]).toEqual([201, undefined, false]);
  const wrong = await call(`POST ${MAPS}?fieldValidation=Maybe`, { body });
  expect(wrong.body.message).toBe(
    'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
  );
});

test('a dry run does everything but write', async () => {
  const { call, store } = await testApi();
  const before = store.revision;
  const dry = await call(`POST ${PODS}?dryRun=All`, { body: pod('a') });
  expect([dry.status, dry.body.metadata.resourceVersion, dry.body.metadata.name]).toEqual([201, undefined, 'a']);
  expect(store.revision).toBe(before);
  expect((await call(`POST ${PODS}?dryRun=Some`, { body: pod('a') })).body.message).toBe(
    'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
  );
});

test('an object that is there already is a conflict', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`POST ${MAPS}`, { body: configMap('a') });
  expect([status, body.reason, body.message]).toEqual([409, 'AlreadyExists', 'configmaps "a" already exists']);
});

test('YAML is read and written', async () => {
  const { call } = await testApi();
  const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: value\n';
  const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' };
  const { status, text } = await call(`POST ${MAPS}`, { headers, body: yaml });
  expect(status).toBe(201);
  expect(text).toContain('data:\n  key: value\n');
});

test('events of both groups are the same objects', async () => {
  const { call, create } = await testApi();
  const core = '/api/v1/namespaces/default/events';
  const events = '/apis/events.k8s.io/v1/namespaces/default/events';
  await create(core, {
    metadata: { name: 'a' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
    reason: 'Started',
    message: 'it runs',
    type: 'Normal',
  });
  const seen = await call<{ note: string; apiVersion: string; regarding: object }>(`GET ${events}/a`);
  expect(seen.body).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'it runs', regarding: { name: 'web' } });
  const list = await call<{ items: { note: string }[] }>(`GET ${events}?fieldSelector=regarding.name%3Dweb`);
  expect(list.body.items.map(({ note }) => note)).toEqual(['it runs']);
});

test('creates that arrive together each get a revision of their own', async () => {
  const { call, store } = await testApi();
  const before = store.revision;
  const replies = await Promise.all(
    [0, 1, 2, 3].map((i) => call(`POST ${MAPS}`, { body: configMap(i === 2 ? 'c-0' : `c-${i}`), user: ADMIN })),
  );
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 409, 201]);
  expect(store.revision).toBe(before + 3);
});

test('a name that is taken by an object that is being deleted says so', async () => {
  const { call, create } = await testApi();
  await create(MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['x.y/z'] } });
  const again = async () => (await call(`POST ${MAPS}`, { body: configMap('a') })).body.message;
  expect(await again()).toBe('configmaps "a" already exists');
  await call(`DELETE ${MAPS}/a`);
  expect(await again()).toBe('object is being deleted: configmaps "a" already exists');
});

test.each(['0', 'none'])('a new object of resourceVersion %s is checked as a new one', async (resourceVersion) => {
  const { call } = await testApi();
  const spec = { nodeName: 'n1', schedulingGates: [{ name: 'a' }], ephemeralContainers: [{ name: 'e', image: 'i' }] };
  const { status, body } = await call(`POST ${PODS}`, {
    body: pod('a', { spec, metadata: { name: 'a', resourceVersion } }),
  });
  expect([status, body.details?.causes?.map(({ field }) => field)]).toEqual([
    422,
    ['spec.ephemeralContainers', 'spec.nodeName'],
  ]);
});

test('fields that a create drops have no manager, and a client’s generation stays where the kind does not count generations', async () => {
  const { create } = await testApi();
  const gone = { deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 };
  const { metadata } = await create<ConfigMap>(MAPS, { metadata: { name: 'a', generation: 7, ...gone } });
  expect([metadata.deletionTimestamp, metadata.managedFields, metadata.generation]).toEqual([undefined, undefined, 7]);
  const made = await create<ConfigMap>(PODS, pod('a', { metadata: { name: 'a', generation: 7 } }));
  expect(made.metadata.generation).toBe(1);
});

test('a resourceVersion on a new object is refused, unless nothing is stored', async () => {
  const { call } = await testApi();
  const post = async (name: string, resourceVersion: string, query = '') =>
    call<ConfigMap & { message?: string }>(`POST ${MAPS}${query}`, { body: { metadata: { name, resourceVersion } } });
  const refused = await post('a', '5');
  expect([refused.status, refused.body.message]).toEqual([
    500,
    'resourceVersion should not be set on objects to be created',
  ]);
  const dry = await post('a', '5', '?dryRun=All');
  expect([dry.status, dry.body.metadata.resourceVersion]).toEqual([201, '5']);
  const others = await Promise.all(['0', 'abc', '1.5', '-1', '1e3'].map((version, at) => post(`b${at}`, version)));
  expect(others.map(({ status }) => status)).toEqual(Array(5).fill(201));
});

test('owner references that are sent twice are kept once, with a warning', async () => {
  const { call } = await testApi();
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'd', uid: 'u1', controller: true };
  const ownerReferences = [owner, owner, { ...owner, controller: false }, owner];
  const made = await call<ConfigMap>(`POST ${MAPS}`, { body: { metadata: { name: 'a', ownerReferences } } });
  expect([made.status, made.body.metadata.ownerReferences]).toEqual([201, [owner, { ...owner, controller: false }]]);
  const why =
    'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u1, u1"';
  expect(made.headers.warning).toBe(`299 - ".metadata.ownerReferences contains duplicate entries; ${why}`);
  const patched = await call<ConfigMap>(`PATCH ${MAPS}/a`, { headers: MERGE, body: { metadata: { ownerReferences } } });
  expect(patched.headers.warning).toBe(
    `299 - ".metadata.ownerReferences contains duplicate entries after mutating admission happens; ${why}`,
  );
});

test('an Event of events.k8s.io is refused in the name of the core Event that it is kept as', async () => {
  const { call } = await testApi();
  const body = {
    metadata: { name: 'x' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    regarding: { namespace: 'default' },
  };
  const reply = await call('POST /apis/events.k8s.io/v1/namespaces/default/events', { body });
  expect(reply.status).toBe(422);
  expect(reply.body.message).toMatch(/^Event "x" is invalid: /);
  expect([reply.body.details?.kind, reply.body.details?.group]).toEqual(['Event', undefined]);
});

test('that the name of a CronJob is too long is told after what is wrong with its spec, as upstream', async () => {
  const { call } = await testApi();
  const template = { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'i' }] } };
  const body = {
    metadata: { name: 'x'.repeat(60) },
    spec: { schedule: '@daily', timeZone: 'example.com/x', jobTemplate: { spec: { template } } },
  };
  const { status, body: refusal } = await call('POST /apis/batch/v1/namespaces/default/cronjobs', { body });
  expect([status, refusal.details?.causes?.map(({ field }: { field?: string }) => field)]).toEqual([
    422,
    ['spec.timeZone', 'metadata.name'],
  ]);
});
