import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { StructuralSchema } from '../../../kube/machinery/structural/schema.ts';
import type { ConfigMap, Deployment } from '../../../kube/types.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, DEPLOYMENTS, deployment, MAPS, MERGE, PODS, pod } from '../testing/objects.ts';

const MODIFIED =
  'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again';

test('an update of a stale object is a conflict', async () => {
  const { call, create } = await testApi();
  const first = await create<Deployment>(DEPLOYMENTS, deployment('web'));
  const next = { ...first, spec: { ...first.spec, replicas: 4 } };
  expect((await call(`PUT ${DEPLOYMENTS}/web`, { body: next })).status).toBe(200);
  const stale = await call(`PUT ${DEPLOYMENTS}/web`, { body: { ...first, spec: { ...first.spec, replicas: 5 } } });
  expect([stale.status, stale.body.reason, stale.body.message]).toEqual([409, 'Conflict', MODIFIED]);
});

test('an update without a resourceVersion replaces whatever is there', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call<ConfigMap>(`PUT ${MAPS}/a`, { body: configMap('a', { b: '2' }) });
  expect([status, body.data]).toEqual([200, { b: '2' }]);
});

test('kinds that lock with leases want a resourceVersion', async () => {
  const { call, create } = await testApi();
  const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
  await create(leases, { metadata: { name: 'a' }, spec: { holderIdentity: 'x' } });
  const { status, body } = await call(`PUT ${leases}/a`, { body: { metadata: { name: 'a' }, spec: {} } });
  expect([status, body.message]).toEqual([
    422,
    'leases.coordination.k8s.io "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  ]);
});

test('an update that changes nothing writes nothing, in whatever order its fields come', async () => {
  const { call, create, store } = await testApi();
  const { spec, metadata, ...rest } = await create<Deployment>(DEPLOYMENTS, deployment('web'));
  const before = store.revision;
  const reply = await call<Deployment>(`PUT ${DEPLOYMENTS}/web`, { body: { spec, ...rest, metadata } });
  expect([reply.status, reply.body.metadata.resourceVersion, store.revision]).toEqual([
    200,
    metadata.resourceVersion,
    before,
  ]);
});

test('the generation counts changes of the spec, and the status is left to its own endpoint', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const patch = async (path: string, body: object) =>
    (await call<Deployment>(`PATCH ${DEPLOYMENTS}/web${path}`, { body, headers: MERGE })).body;
  const labelled = await patch('', { metadata: { labels: { a: 'b' } }, status: { replicas: 9 } });
  expect([labelled.metadata.generation, labelled.status]).toEqual([1, {}]);
  const scaled = await patch('', { spec: { replicas: 5 } });
  expect(scaled.metadata.generation).toBe(2);
  const reported = await patch('/status', { spec: { replicas: 1 }, status: { replicas: 5, observedGeneration: 2 } });
  expect([reported.metadata.generation, reported.spec?.replicas, reported.status?.replicas]).toEqual([2, 5, 5]);
  const status = reported.metadata.managedFields?.find(({ subresource }) => subresource === 'status');
  expect(status?.fieldsV1).toEqual({ 'f:status': { 'f:observedGeneration': {}, 'f:replicas': {} } });
});

test.each([
  ['another name', { ...configMap('b') }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
  [
    'another namespace',
    { ...configMap('a'), metadata: { name: 'a', namespace: 'kube-system' } },
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'another uid',
    { ...configMap('a'), metadata: { name: 'a', uid: 'other' } },
    409,
    'Operation cannot be fulfilled on configmaps "a": StorageError: invalid object, Code: 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: UID',
  ],
])('an update with %s is refused', async (_what, body, code, message) => {
  const { call, create } = await testApi();
  const { metadata } = await create<ConfigMap>(MAPS, configMap('a'));
  const reply = await call(`PUT ${MAPS}/a`, { body });
  expect([reply.status, reply.body.message]).toEqual([
    code,
    message.replace('UID in object meta: UID', `UID in object meta: ${metadata.uid}`),
  ]);
});

test('an update does not create', async () => {
  const { call } = await testApi();
  const { status, body } = await call(`PUT ${MAPS}/a`, { body: configMap('a') });
  expect([status, body.message]).toEqual([404, 'configmaps "a" not found']);
});

test('writers that arrive together do not undo each other', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const keys = ['b', 'c', 'd', 'e'];
  await Promise.all(keys.map((key) => call(`PATCH ${MAPS}/a`, { body: { data: { [key]: '1' } }, headers: MERGE })));
  const { body } = await call<ConfigMap>(`GET ${MAPS}/a`);
  expect(Object.keys(body.data ?? {}).sort()).toEqual(['a', ...keys]);
});

test('taking away the last finalizer of a deleted object deletes it', async () => {
  const { call, create } = await testApi();
  await create(MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/wait'] } });
  const marked = await call<ConfigMap>(`DELETE ${MAPS}/a`);
  expect([marked.status, marked.body.metadata.deletionTimestamp]).toEqual([200, '2026-01-02T03:04:05Z']);
  const more = await call(`PATCH ${MAPS}/a`, {
    headers: MERGE,
    body: { metadata: { finalizers: ['example.com/wait', 'example.com/x'] } },
  });
  expect(more.body.message).toBe(
    'ConfigMap "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/x"}',
  );
  const gone = await call(`PATCH ${MAPS}/a`, { headers: MERGE, body: { metadata: { finalizers: null } } });
  expect([gone.status, gone.body.metadata.resourceVersion]).toEqual([200, marked.body.metadata.resourceVersion]);
  expect((await call(`GET ${MAPS}/a`)).status).toBe(404);
});

test('an update that removes the last finalizer answers the written object, in the version of the request', async () => {
  const { call, create, kinds } = await testApi();
  const version = (name: string, b: Readonly<Record<string, StructuralSchema>>) => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', default: {}, properties: b } } },
    },
  });
  const versions = [version('v1', {}), version('v2', { b: { type: 'string', default: 'two' } })];
  const names = { plural: 'gizmos', kind: 'Gizmo' };
  kinds.define('gizmos.ex.dev', customKinds({ group: 'ex.dev', scope: 'Namespaced', names, versions }));
  const path = '/apis/ex.dev/v2/namespaces/default/gizmos';
  await create(path, { apiVersion: 'ex.dev/v2', kind: 'Gizmo', metadata: { name: 'g', finalizers: ['ex.dev/f'] } });
  const marked = await call(`DELETE ${path}/g`);
  expect(marked.body.spec).toEqual({});
  for (const query of ['?dryRun=All', '']) {
    const { body } = await call(`PATCH ${path}/g${query}`, {
      headers: MERGE,
      body: { metadata: { finalizers: null } },
    });
    expect(body).toMatchObject({ apiVersion: 'ex.dev/v2', spec: { b: 'two' } });
    expect(body.metadata.resourceVersion).toBe(marked.body.metadata.resourceVersion);
  }
  expect((await call(`GET ${path}/g`)).status).toBe(404);
});

test('the last finalizer may go through the status: the object goes with it', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('a', { metadata: { name: 'a', finalizers: ['x.y/z'] } }));
  await call(`DELETE ${PODS}/a?gracePeriodSeconds=0`);
  const body = { metadata: { finalizers: null }, status: { phase: 'Failed' } };
  expect((await call(`PATCH ${PODS}/a/status`, { headers: MERGE, body })).status).toBe(200);
  expect((await call(`GET ${PODS}/a`)).status).toBe(404);
});

test('the status of a Deployment takes no labels along, and that of a claim nothing', async () => {
  const { call, create } = await testApi();
  const metadata = { labels: { a: 'b' }, annotations: { c: 'd' } };
  const patched = async (path: string) => {
    const { body } = await call(`PATCH ${path}/status`, { headers: MERGE, body: { metadata, status: {} } });
    return [body.metadata.labels, body.metadata.annotations];
  };
  await create(DEPLOYMENTS, deployment('web'));
  expect(await patched(`${DEPLOYMENTS}/web`)).toEqual([undefined, { c: 'd' }]);
  const claims = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaims';
  await create(claims, { metadata: { name: 'c' }, spec: {} });
  expect(await patched(`${claims}/c`)).toEqual([undefined, undefined]);
});

test('managedFields that were dropped can be given again, in a form that can be read', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const patched = async (managedFields: object[]) =>
    (await call(`PATCH ${MAPS}/a`, { headers: MERGE, body: { metadata: { managedFields } } })).body.metadata
      .managedFields;
  expect(await patched([{}])).toBeUndefined();
  const entry = { manager: 'm', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } };
  expect(await patched([{ ...entry, operation: 'Own' }])).toBeUndefined();
  expect(await patched([{ ...entry, operation: 'Update' }])).toEqual([{ ...entry, operation: 'Update' }]);
});

test('only an apply can be forced', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`PATCH ${MAPS}/a?force=true`, { headers: MERGE, body: {} });
  expect([status, body.message]).toEqual([
    422,
    'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
  ]);
});

test('the generation is kept as the kind says: from 1, from its first change, or never raised', async () => {
  const { call, create } = await testApi();
  const patched = async (path: string, body: object) =>
    (await call(`PATCH ${path}`, { headers: { 'content-type': 'application/merge-patch+json' }, body })).body.metadata
      .generation;
  const drivers = '/apis/storage.k8s.io/v1/csidrivers';
  const driver = await create<KubeObject>(drivers, { metadata: { name: 'd' }, spec: {} });
  expect(driver.metadata.generation).toBeUndefined();
  expect(await patched(`${drivers}/d`, { metadata: { labels: { a: 'b' } } })).toBeUndefined();
  expect(await patched(`${drivers}/d`, { spec: { requiresRepublish: true } })).toBe(1);
  const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await create(classes, { metadata: { name: 'c' }, value: 5 });
  expect(await patched(`${classes}/c`, { description: 'changed' })).toBe(1);
});

test('an update keeps the time of creation whatever it says, and takes another generateName', async () => {
  const { call, create } = await testApi();
  const { metadata } = await create<ConfigMap>(MAPS, configMap('a'));
  const sent = { name: 'a', creationTimestamp: '2020-02-02T02:02:02Z', generateName: 'ok-', selfLink: '/x' };
  const versions = new Set<string | undefined>();
  for (const line of [`PUT ${MAPS}/a`, `PATCH ${MAPS}/a`]) {
    const headers = line.startsWith('PATCH') ? MERGE : {};
    const { status, body } = await call<ConfigMap>(line, { headers, body: { metadata: sent } });
    versions.add(body.metadata.resourceVersion);
    expect([status, body.metadata.creationTimestamp, body.metadata.generateName]).toEqual([
      200,
      metadata.creationTimestamp,
      'ok-',
    ]);
  }
  // The same again is no change.
  expect(versions.size).toBe(1);
  const message = async (wanted: object) => {
    const { status, body } = await call(`PATCH ${MAPS}/a`, { headers: MERGE, body: { metadata: wanted } });
    return `${status} ${body.message}`;
  };
  expect(await message({ generateName: 'Bad_' })).toMatch(/^422 .*metadata\.generateName: Invalid value: "Bad_"/);
  expect(await message({ deletionTimestamp: '2020-02-02T02:02:02Z', deletionGracePeriodSeconds: 5 })).toBe(
    '422 ConfigMap "a" is invalid: [metadata.deletionTimestamp: Invalid value: "2020-02-02T02:02:02Z": field is immutable, metadata.deletionGracePeriodSeconds: Invalid value: 5: field is immutable]',
  );
  expect(await message({ finalizers: ['orphan', 'foregroundDeletion'] })).toBe(
    '422 ConfigMap "a" is invalid: metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  );
});
