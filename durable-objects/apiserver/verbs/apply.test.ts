import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';
import { apply, bareDeployment, configMap, DEPLOYMENTS, MAPS } from '../testing/objects.ts';

const map = (data: object, metadata: object = {}) => ({
  ...configMap('a'),
  metadata: { name: 'a', ...metadata },
  data,
});

test('an apply creates the object, changes it, and leaves it alone where nothing is new', async () => {
  const api = await testApi();
  const created = await apply(
    api,
    `${MAPS}/a`,
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n',
  );
  expect([created.status, created.body.data]).toEqual([201, { x: '1' }]);
  api.clock.time += 60_000;
  const same = await apply(api, `${MAPS}/a`, map({ x: '1' }));
  expect([same.status, same.text]).toEqual([200, created.text]);
  const changed = await apply(api, `${MAPS}/a`, map({ y: '2' }));
  expect([changed.status, changed.body.data, changed.body.metadata.managedFields]).toMatchObject([
    200,
    { y: '2' },
    [{ manager: 'm', operation: 'Apply', time: '2026-01-02T03:05:05Z', fieldsV1: { 'f:data': { 'f:y': {} } } }],
  ]);
  expect(changed.body.metadata.uid).toBe(created.body.metadata.uid);
});

test('a set is printed in upstream’s order, which upstream’s own suite compares', async () => {
  const api = await testApi();
  const { body } = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment());
  const container = '{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:name":{}}}';
  const template = `{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":${container}}}`;
  expect(JSON.stringify(body.metadata.managedFields?.[0]?.fieldsV1)).toBe(
    `{"f:spec":{"f:selector":{},"f:template":${template}}}`,
  );
});

test('defaults are no manager’s, and are kept by applies that give none', async () => {
  const api = await testApi();
  await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 3 }));
  const { body } = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment());
  // The number goes back to its default, since only this manager gave another.
  expect(body.spec).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate' }, progressDeadlineSeconds: 600 });
  expect(Object.keys(body.metadata.managedFields?.[0]?.fieldsV1?.['f:spec'] ?? {}).sort()).toEqual([
    'f:selector',
    'f:template',
  ]);
});

test('a conflict is told as upstream tells it, and force takes the field', async () => {
  const api = await testApi();
  await api.create(`${DEPLOYMENTS}?fieldManager=kubectl-client-side-apply`, bareDeployment({ replicas: 2 }));
  const refused = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 5 }));
  const message = 'conflict with "kubectl-client-side-apply" using apps/v1';
  expect([refused.status, refused.body]).toEqual([
    409,
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `Apply failed with 1 conflict: ${message}: .spec.replicas`,
      reason: 'Conflict',
      details: { causes: [{ reason: 'FieldManagerConflict', message, field: '.spec.replicas' }] },
      code: 409,
    },
  ]);
  const dry = await apply(
    api,
    `${DEPLOYMENTS}/d`,
    bareDeployment({ replicas: 5 }),
    'fieldManager=m&force=true&dryRun=All',
  );
  expect([dry.status, dry.body.spec]).toMatchObject([200, { replicas: 5 }]);
  const forced = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 5 }), 'fieldManager=m&force=1');
  expect([forced.body.spec, forced.body.metadata.generation]).toMatchObject([{ replicas: 5 }, 2]);
});

test.each<[string, unknown, number, string]>([
  [
    'no text of an object',
    'foo',
    400,
    'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}',
  ],
  ['nothing', '', 400, 'invalid object type: /, Kind='],
  ['null', 'null', 400, 'invalid object type: /, Kind='],
  ['another kind', { ...map({}), kind: 'Secret' }, 400, 'invalid object type: /v1, Kind=Secret'],
  ['another version', { ...map({}), apiVersion: 'apps/v1' }, 400, 'invalid object type: apps/v1, Kind=ConfigMap'],
  ['managers', map({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
  [
    'an unknown field',
    { ...map({}), foo: 1 },
    500,
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .foo: field not declared in schema',
  ],
  ['another name', map({}, { name: 'b' }), 400, 'the name of the object (b) does not match the name on the URL (a)'],
  [
    'another namespace',
    map({}, { namespace: 'x' }),
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'an old version',
    map({ y: '1' }, { resourceVersion: '1' }),
    409,
    'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
  ],
  [
    'another uid',
    map({}, { uid: 'u' }),
    422,
    'ConfigMap "a" is invalid: metadata.uid: Invalid value: "u": field is immutable',
  ],
])('a configuration with %s is refused, and nothing is written', async (_what, body, code, message) => {
  const api = await testApi();
  await apply(api, `${MAPS}/a`, map({ x: '1' }));
  const { revision } = api.store;
  const reply = await apply(api, `${MAPS}/a`, body);
  expect([reply.status, reply.body.message, api.store.revision]).toEqual([code, message, revision]);
});

test('a value of a type that only the kind minds is refused in the words of the converter', async () => {
  const api = await testApi();
  const reply = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 1.5 }));
  expect([reply.status, reply.body.message]).toEqual([
    500,
    'failed to convert new object (/d; apps/v1, Kind=Deployment) to proper version: unable to convert unstructured object to apps/v1, Kind=Deployment: cannot convert float64 to int32',
  ]);
});

test('a number that is too large for its field loses its upper half, as Go cuts it off', async () => {
  const api = await testApi();
  const { status, body } = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 5_000_000_000 }));
  expect([status, body.spec]).toMatchObject([201, { replicas: 705_032_704 }]);
  const beyond = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 2 ** 63 }));
  expect([beyond.status, beyond.body.spec]).toMatchObject([200, { replicas: 0 }]);
});

test('JSON that escapes half a character is no YAML, which a configuration is', async () => {
  const api = await testApi();
  const text = JSON.stringify(map({ a: 'x' })).replace('"x"', '"\\ud800"');
  const reply = await api.call(`PATCH ${MAPS}/a?fieldManager=m`, {
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: text,
  });
  expect([reply.status, reply.body.message]).toEqual([
    400,
    'error decoding YAML: error converting YAML to JSON: yaml: found invalid Unicode character escape code',
  ]);
});

test('an object in the place of a number or a name is refused by its decoder', async () => {
  const api = await testApi();
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { minAvailable: {} },
  };
  const reply = await apply(api, '/apis/policy/v1/namespaces/default/poddisruptionbudgets/b', budget);
  expect([reply.status, reply.body.message]).toEqual([
    500,
    'failed to convert new object (/b; policy/v1, Kind=PodDisruptionBudget) to proper version: unable to convert unstructured object to policy/v1, Kind=PodDisruptionBudget: json: cannot unmarshal object into Go value of type int32',
  ]);
});

test('a key of an item may be null, and is told in a path as Go prints it', async () => {
  const api = await testApi();
  const withOwner = (uid: unknown) => map({}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid }] });
  const { body } = await apply(api, `${MAPS}/a`, withOwner({}));
  expect(body.message).toBe(
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .metadata.ownerReferences[uid=].uid: expected string, got &value.valueUnstructured{Value:map[string]interface {}{}}',
  );
  const pull = bareDeployment();
  Object.assign(pull.spec.template.spec, { imagePullSecrets: [{ name: null }] });
  const applied = await apply(api, `${DEPLOYMENTS}/d`, pull);
  const fields = JSON.stringify(applied.body.metadata?.managedFields);
  expect([applied.status, fields]).toEqual([201, expect.stringContaining('"k:{\\"name\\":null}"')]);
});

test('managers that are none are passed over', async () => {
  const api = await testApi();
  expect((await apply(api, `${MAPS}/a`, map({}, { managedFields: [null] }))).status).toBe(201);
  const { body } = await apply(api, `${MAPS}/a`, map({}, { managedFields: ['a'] }));
  expect(body.message).toBe(
    'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .metadata.managedFields[0]: expected map, got &{a}',
  );
});

test('the options of an apply', async () => {
  const api = await testApi();
  const nameless = await apply(api, `${MAPS}/a`, map({}), '');
  expect([nameless.status, nameless.body.message]).toEqual([
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ]);
  const twice = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1", "x": "2"}}';
  const warned = await apply(api, `${MAPS}/a`, twice);
  expect([warned.status, warned.body.data, warned.headers.warning]).toEqual([
    201,
    { x: '2' },
    '299 - "line 1: key \\"x\\" already set in map"',
  ]);
  const strict = await apply(api, `${MAPS}/a`, twice, 'fieldManager=m&fieldValidation=Strict');
  expect([strict.status, strict.body.message]).toEqual([
    400,
    'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 1: key "x" already set in map',
  ]);
  const uid = await apply(api, `${MAPS}/new`, { ...map({}, { name: 'new', uid: 'u' }) });
  expect([uid.status, uid.body.message]).toEqual([
    409,
    'Operation cannot be fulfilled on configmaps "new": uid mismatch: the provided object specified uid u, and no existing object was found',
  ]);
  const version = await apply(api, `${MAPS}/new`, { ...map({}, { name: 'new', resourceVersion: 'a' }) });
  expect([version.status, version.body.message]).toEqual([400, 'strconv.ParseUint: parsing "a": invalid syntax']);
});

test('an empty list of managers in a PUT has them forgotten, until the next apply', async () => {
  const api = await testApi();
  await apply(api, `${MAPS}/a`, map({ x: '1' }));
  const cleared = await api.call(`PUT ${MAPS}/a`, { body: map({ x: '1' }, { managedFields: [] }) });
  expect([cleared.status, cleared.body.metadata.managedFields]).toEqual([200, undefined]);
  await api.call(`PUT ${MAPS}/a`, { body: map({ x: '2' }) });
  const { body } = await apply(api, `${MAPS}/a`, map({ y: '1' }));
  expect(body.metadata.managedFields?.map(({ manager }) => manager)).toEqual(
    ['before-first-apply', 'm'].sort().reverse(),
  );
});
