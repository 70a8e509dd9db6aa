import { expect, test } from 'vitest';
import type { ConfigMap, Pod } from '../../../kube/types.ts';
import { WIDGET_SPEC, WIDGETS_CRD } from '../../testing/widgets.ts';
import { testApi } from '../testing/harness.ts';
import { configMap, JSON_PATCH, MAPS, MERGE, PODS, pod, STRATEGIC } from '../testing/objects.ts';

test('a patch that is null changes nothing', async () => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('a'));
  const { revision } = store;
  for (const headers of [JSON_PATCH, STRATEGIC]) {
    expect((await call(`PATCH ${MAPS}/a`, { body: 'null', headers })).status).toBe(200);
  }
  expect(store.revision).toBe(revision);
});

test('no patch of an object that is not there is read', async () => {
  const { call } = await testApi();
  for (const headers of [JSON_PATCH, STRATEGIC, MERGE]) {
    expect((await call(`PATCH ${MAPS}/a`, { body: '{', headers })).status).toBe(404);
  }
});

test('options of an apply are refused in other patches, and errors of options come in order', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const query = 'force=false&fieldManager=%01&dryRun=x&fieldValidation=y';
  const { status, body } = await call(`PATCH ${MAPS}/a?${query}`, { body: {}, headers: MERGE });
  expect([status, body.details?.causes?.map(({ field, message }) => `${field}: ${message}`)]).toEqual([
    422,
    [
      'force: Forbidden: may not be specified for non-apply patch',
      String.raw`fieldManager: Invalid value: "\x01": invalid character U+0001 (at position 0)`,
      'dryRun: Unsupported value: ["x"]: supported values: "All"',
      'fieldValidation: Unsupported value: "y": supported values: "", "Ignore", "Strict", "Warn"',
    ],
  ]);
  expect((await call(`PUT ${MAPS}/a?force=true`, { body: configMap('a') })).status).toBe(200);
});

test('the three patch types change their fields, and their manager owns these', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('web'));
  const patch = async (headers: Record<string, string>, body: unknown) =>
    (await call<Pod>(`PATCH ${PODS}/web?fieldManager=me`, { body, headers })).body;
  expect((await patch(MERGE, { metadata: { labels: { app: null, b: '1' } } })).metadata.labels).toEqual({ b: '1' });
  const strategic = { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } };
  const patched = await patch(STRATEGIC, strategic);
  expect(patched.spec?.containers).toMatchObject([{ name: 'main', image: 'nginx:2', imagePullPolicy: 'IfNotPresent' }]);
  const labelled = await patch(JSON_PATCH, [{ op: 'replace', path: '/metadata/labels/b', value: '2' }]);
  expect(labelled.metadata.labels).toEqual({ b: '2' });
  const mine = labelled.metadata.managedFields?.find(({ manager }) => manager === 'me');
  expect(mine?.fieldsV1).toMatchObject({ 'f:metadata': { 'f:labels': { 'f:b': {} } } });
});

test.each([
  ['an unknown type', { 'content-type': 'application/json' }, '{}', 415, /^415: Unsupported Media Type$/],
  ['a merge patch that is null', MERGE, 'null', 400, /^Invalid JSON Patch$/],
  [
    'an operation that is no object',
    JSON_PATCH,
    [5],
    400,
    /^error decoding patch: json: cannot unmarshal number into Go value of type handlers\.jsonPatchOp$/,
  ],
  [
    'an operation whose path is no text',
    JSON_PATCH,
    [{ op: 'remove', path: ['data'] }],
    400,
    /^error decoding patch: json: cannot unmarshal array into Go struct field jsonPatchOp\.path of type string$/,
  ],
  [
    'another namespace',
    MERGE,
    { metadata: { namespace: 'other' } },
    400,
    /^the namespace of the provided object does not match the namespace sent on the request$/,
  ],
  ['a stale resourceVersion', MERGE, { metadata: { resourceVersion: '1' } }, 409, /the object has been modified/],
  [
    'a failing test',
    JSON_PATCH,
    [{ op: 'test', path: '/data/a', value: 'x' }],
    422,
    /^the server rejected our request due to an error in our request$/,
  ],
  ['malformed JSON', MERGE, '{', 400, /^error decoding patch: /],
  [
    'another name',
    MERGE,
    { metadata: { name: 'b' } },
    400,
    /^the name of the object \(b\) does not match the name on the URL \(a\)$/,
  ],
  [
    'a wrong type',
    MERGE,
    { data: 5 },
    422,
    /json: cannot unmarshal number into Go struct field ConfigMap.data of type map\[string\]string/,
  ],
  [
    'a list for a map',
    MERGE,
    [1],
    400,
    /^error decoding patch: json: cannot unmarshal array into Go value of type map\[string\]interface \{\}$/,
  ],
  [
    'a list for a map, merged strategically',
    STRATEGIC,
    [1],
    400,
    /^json: cannot unmarshal array into Go value of type map\[string\]interface \{\}$/,
  ],
  [
    'a wrong type, merged strategically',
    STRATEGIC,
    { metadata: { labels: { b: 'x', a: null } }, data: 5 },
    422,
    /^ "" is invalid: patch: Invalid value: "map\[data:5 metadata:map\[labels:map\[a:<nil> b:x\]\]\]": cannot restore map from int64$/,
  ],
])('a patch with %s is refused, and nothing is written', async (_what, headers, body, code, message) => {
  const { call, create, store } = await testApi();
  await create(MAPS, configMap('a'));
  const before = store.revision;
  const reply = await call(`PATCH ${MAPS}/a`, { body, headers });
  expect([reply.status, store.revision]).toEqual([code, before]);
  expect(reply.body.message).toMatch(message);
});

test('a strict patch names the fields that the kind does not have', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const { status, body } = await call(`PATCH ${MAPS}/a?fieldValidation=Strict`, { body: { x: 1 }, headers: MERGE });
  expect([status, body.reason, body.details?.causes?.[0]?.field]).toEqual([422, 'Invalid', 'patch']);
  expect(body.message).toMatch(
    /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: unknown field "x"$/,
  );
  const sorted = await call(`PATCH ${MAPS}/a?fieldValidation=Strict`, { body: { z: 1, b: 1 }, headers: STRATEGIC });
  expect(sorted.body.message).toMatch(/strict decoding error: unknown field "b", unknown field "z"$/);
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await create(path, { metadata: { name: WIDGETS_CRD }, spec: { ...WIDGET_SPEC, scope: 'Namespaced' } });
  const versions = [{ name: 'v1', schema: { openAPIV3Schema: { properties: { a: { y: 1 } } } } }];
  const within = await call(`PATCH ${path}/${WIDGETS_CRD}?fieldValidation=Strict`, {
    body: { spec: { versions } },
    headers: STRATEGIC,
  });
  expect(within.body.message).toMatch(/unknown field "spec.versions\[0\].schema.openAPIV3Schema.properties.y"$/);
});

test('the kind in a strategic merge patch is passed over, and that in a merge patch is not', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  for (const named of [{ kind: 'Pod' }, { kind: 'Nope' }, { apiVersion: 'v2' }, { kind: null }]) {
    const body = { ...named, data: { named: JSON.stringify(named) } };
    const strategic = await call<ConfigMap>(`PATCH ${MAPS}/a`, { headers: STRATEGIC, body });
    expect([strategic.status, strategic.body.kind, strategic.body.apiVersion]).toEqual([200, 'ConfigMap', 'v1']);
    const merge = await call(`PATCH ${MAPS}/a`, { headers: MERGE, body });
    expect(merge.status).toBe(named.kind === null ? 200 : 422);
  }
  const number = await call(`PATCH ${MAPS}/a`, { headers: STRATEGIC, body: { apiVersion: 1 } });
  expect(number.status).toBe(422);
});

test.each([
  [{ data: [] }, 'map[data:[]]', 'cannot restore map from slice'],
  [{ data: { a: 1 } }, 'map[data:map[a:1]]', 'cannot convert int64 to string'],
  [{ data: { a: true } }, 'map[data:map[a:true]]', 'unrecognized type: string'],
  [{ metadata: 5 }, 'map[metadata:5]', 'cannot restore struct from: int64'],
  [{ metadata: { finalizers: 'x' } }, 'map[metadata:map[finalizers:x]]', 'cannot restore slice from string'],
  [{ immutable: 'x' }, 'map[immutable:x]', 'unrecognized type: bool'],
  [
    { binaryData: { a: '!' } },
    'map[binaryData:map[a:!]]',
    'error decoding from json: illegal base64 data at input byte 0',
  ],
  [
    { metadata: { creationTimestamp: 5 } },
    'map[metadata:map[creationTimestamp:5]]',
    'json: cannot unmarshal number into Go value of type string',
  ],
])('a strategic merge patch of the wrong type, %j, is told of as of an object in memory', async (body, shown, why) => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const reply = await call(`PATCH ${MAPS}/a`, { body, headers: STRATEGIC });
  expect([reply.status, reply.body.details?.causes?.[0]?.message]).toEqual([422, `Invalid value: "${shown}": ${why}`]);
});

test('a JSON patch that cannot be applied is refused without the reason, as by upstream', async () => {
  const { call, create } = await testApi();
  await create(MAPS, configMap('a'));
  const body = [{ op: 'remove', path: '/data/none' }];
  const reply = await call(`PATCH ${MAPS}/a`, { body, headers: JSON_PATCH });
  expect(reply.body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
});
