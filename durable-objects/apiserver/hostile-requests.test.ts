/** Hostile requests: each is answered in upstream's words, none is unexpected, none writes. */
import { expect, test } from 'vitest';
import { MAX_DEPTH } from '../../kube/machinery/schema/json-size.ts';
import { testApi } from './testing/harness.ts';
import { APPLY, configMap, DEPLOYMENTS, MAPS, MERGE, PODS } from './testing/objects.ts';

const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const YAML = { 'content-type': 'application/yaml' };
const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const named = (rest: string): string => `{"metadata":{"name":"x"},${rest}}`;

const REQUESTS: [what: string, code: number, line: string, body?: string, headers?: Record<string, string>][] = [
  ['an unknown field, nested', 400, `POST ${MAPS}`, named(`"x":${deep(10_000)}`)],
  ['a known field, nested', 400, `POST ${MAPS}`, named(`"data":{"a":${deep(10_000)}}`)],
  ['what is kept as it is, nested', 400, '/apis/apps/v1/namespaces/default/controllerrevisions', deep(10_000)],
  ['nested and cut off', 400, `POST ${MAPS}`, '{"x":['.repeat(100_000)],
  ['a nested merge patch', 400, `PATCH ${MAPS}/base`, deep(10_000), MERGE],
  ['a nested strategic patch', 400, `PATCH ${MAPS}/base`, deep(10_000), STRATEGIC],
  ['a nested value', 400, `PATCH ${MAPS}/base`, `[{"op":"add","path":"/x","value":${deep(9000)}}]`, JSON_PATCH],
  ['a number beyond int64', 400, `POST ${PODS}`, named('"spec":{"terminationGracePeriodSeconds":9223372036854775808}')],
  ['the least int64', 422, `POST ${PODS}`, named('"spec":{"activeDeadlineSeconds":-9223372036854775808}')],
  ['a number before it', 400, `POST ${PODS}`, named('"spec":{"activeDeadlineSeconds":-9223372036854775809}')],
  ['a fraction of an integer', 400, `POST ${DEPLOYMENTS}`, named('"spec":{"replicas":1.0}')],
  ['a number beyond all floats', 400, `PATCH ${MAPS}/base`, '{"data":{"a":1e400}}', MERGE],
  ['a number beyond all floats in a strategic patch', 400, `PATCH ${MAPS}/base`, '{"data":{"a":-1E+999}}', STRATEGIC],
  ['a value beyond all floats', 400, `PATCH ${MAPS}/base`, '[{"op":"add","path":"/data/a","value":1e400}]', JSON_PATCH],
  ['a continue token that climbs', 400, `GET ${MAPS}?limit=1&continue=${token(1, '../../a')}`],
  ['nested options', 400, `DELETE ${MAPS}/base`, `{"x":${deep(10_000)}}`],
  ['nested YAML', 400, `POST ${MAPS}`, `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, YAML],
  ['nested JSON that says it is YAML', 400, `POST ${MAPS}`, deep(10_000), YAML],
  ['too much YAML', 413, `POST ${MAPS}`, `a: [${'a,'.repeat(300_000)}]`, YAML],
  ['a million containers', 413, `POST ${PODS}`, named(`"spec":{"containers":[${'{},'.repeat(900_000)}{}]}`)],
  ['many bad containers', 422, `POST ${PODS}`, named(`"spec":{"containers":[${'{},'.repeat(10_000)}{}]}`)],
  ['a million finalizers', 413, `POST ${MAPS}`, `{"metadata":{"name":"x","finalizers":[${'"",'.repeat(700_000)}""]}}`],
  ['managedFields of numbers', 200, `PUT ${MAPS}/base?dryRun=All`, managed({ 'f:a': 1, 'k:{bad': {} })],
  ['managedFields of other steps', 200, `PUT ${MAPS}/base?dryRun=All`, managed({ zz: {}, '__proto__:': {} })],
  ['a limit beyond all numbers', 400, `GET ${MAPS}?limit=99999999999999999999`],
  ['the largest limit', 200, `GET ${MAPS}?limit=9223372036854775807`],
  ['a revision beyond all numbers', 400, `GET ${MAPS}?resourceVersion=99999999999999999999999`],
  ['a continue token beyond all numbers', 400, `GET ${MAPS}?limit=1&continue=${token(1e300)}`],
  ['a patch of a collection', 405, `PATCH ${MAPS}`, '{}', MERGE],
  ['a replacement of a collection', 405, `PUT ${MAPS}`, '{}'],
  ['a watch by POST', 405, 'POST /api/v1/watch/configmaps', '{}'],
  ['a condition that is no text', 400, `DELETE ${MAPS}/base`, '{"preconditions":{"uid":1}}'],
  ['conditions that are none', 400, `DELETE ${MAPS}/base`, '{"preconditions":"x"}'],
  ['a dry run that is no list', 400, `DELETE ${MAPS}/base`, '{"dryRun":"All"}'],
  [
    'a resource that every object has',
    422,
    `POST ${PODS}`,
    resources({ limits: { cpu: '1' }, requests: { constructor: '1' } }),
  ],
  ['a key to match that every object has', 201, `POST ${PODS}?dryRun=All`, spread('constructor')],
  ['replicas beyond all numbers', 400, `POST ${DEPLOYMENTS}`, named('"spec":{"replicas":1e400}')],
];

function resources(of: object): string {
  const containers = [{ name: 'c', image: 'i', resources: of }];
  return JSON.stringify({ metadata: { name: 'x' }, spec: { containers, resources: of } });
}

function spread(key: string): string {
  const constraint = { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} };
  const topologySpreadConstraints = [{ ...constraint, matchLabelKeys: [key] }];
  const spec = { containers: [{ name: 'c', image: 'i' }], topologySpreadConstraints };
  return JSON.stringify({ metadata: { name: 'x' }, spec });
}

function managed(fieldsV1: object): string {
  const entry = { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1 };
  return JSON.stringify({ metadata: { name: 'base', managedFields: [entry] }, data: { a: '2' } });
}

function token(rv: number, start = 'x'): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url');
}

test.each(REQUESTS)('%s', async (_what, code, line, body, headers) => {
  const { call, create, reported, store } = await testApi();
  await create(MAPS, configMap('base', { a: '1' }));
  const { revision } = store;
  const reply = await call(line.startsWith('/') ? `POST ${line}` : line, { body, headers });
  expect([reply.status, reported]).toEqual([code, []]);
  expect(store.revision).toBe(revision);
  // A million errors are not printed a million times.
  expect(reply.text.length).toBeLessThan(200_000);
});

/** The words are those of kube-apiserver 1.36.3. */
test.each([
  ['%2e%2e', 400, 'Name parameter invalid: "..": may not be \'..\''],
  ['a%25b', 400, 'Name parameter invalid: "a%b": may not contain \'%\''],
  ['a%2Fb', 404, 'the server could not find the requested resource'],
  ['a%2Fstatus', 404, 'the server could not find the requested resource'],
  ['a%00b', 404, 'configmaps "a\\x00b" not found'],
  ['x'.repeat(20_000), 404, `configmaps "${'x'.repeat(20_000)}" not found`],
])('a name in a path that is %s', async (name, code, message) => {
  const { call, store } = await testApi();
  const { revision } = store;
  for (const method of ['GET', 'DELETE']) {
    expect((await call(`${method} ${MAPS}/${name}`)).body).toMatchObject({ code, message });
  }
  expect(store.revision).toBe(revision);
});

test('too much data has the path that upstream prints where it has none', async () => {
  const { call } = await testApi();
  const { body } = await call(`POST ${MAPS}`, { body: configMap('large', { a: 'x'.repeat(1_048_577) }) });
  expect(body).toMatchObject({
    code: 422,
    message: 'ConfigMap "large" is invalid: []: Too long: may not be more than 1048576 bytes',
  });
});

/** The codes are those of kube-apiserver 1.36.3. */
test.each([
  [400, { kind: 'Pod', apiVersion: 'v1' }],
  [500, { kind: 'Pod', apiVersion: 'v1', metadata: 'x', spec: { containers: [{ name: 'c', image: 'i' }] } }],
  [500, { kind: 'Pod', apiVersion: 'v1', metadata: { annotations: 'x' }, spec: 'x' }],
])('%i to an apply of %j, which is no pod', async (code, body) => {
  const { call, reported, store } = await testApi();
  const { revision } = store;

  const reply = await call(`PATCH ${PODS}/x?fieldManager=a`, { body, headers: APPLY });
  expect([reply.status, reported]).toEqual([code, []]);
  expect(store.revision).toBe(revision);
});

test('YAML with many keys is read, and a key that is repeated counts the last time', async () => {
  const { call } = await testApi();
  const many = Array.from({ length: 20_000 }, (_, at) => `  k${at}: v`).join('\n');
  const body = `metadata: {name: many}\ndata:\n  k1: first\n${many}\n`;
  const reply = await call<{ data: Record<string, string> }>(`POST ${MAPS}`, { headers: YAML, body });
  expect([reply.status, reply.body.data.k1]).toEqual([201, 'v']);
});

test.each([{}, null, { versions: null }, { versions: [null] }, { group: 'example.com', names: { plural: 'gadgets' } }])(
  'a definition whose spec is %j is told what is missing, created or applied',
  async (spec) => {
    const { call, reported } = await testApi();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const name = 'gadgets.example.com';
    const body = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name }, spec };

    for (const reply of [
      await call(`POST ${path}`, { body }),
      await call(`PATCH ${path}/${name}?fieldManager=a`, { body, headers: APPLY }),
    ]) {
      expect([reply.status, reply.body.message]).toEqual([422, expect.stringContaining('spec.versions')]);
    }
    expect(reported).toEqual([]);
  },
);

test('JSON that nests too deep is told in the words of Go’s scanner', async () => {
  const api = await testApi();
  await api.create(MAPS, configMap('base'));
  const said = async (line: string, headers?: Record<string, string>) =>
    (
      JSON.parse((await api.call(line as `GET /${string}`, { body: deep(MAX_DEPTH + 1), headers })).text) as {
        message: string;
      }
    ).message;
  expect(await said(`POST ${MAPS}`)).toBe(
    `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character '{' exceeded max depth ({"a":{"a":{"a":{"a":{"a":{"a": ...)`,
  );
  expect(await said(`PATCH ${MAPS}/base`, MERGE)).toBe(
    "error decoding patch: invalid character '{' exceeded max depth",
  );
  expect(await said(`PATCH ${MAPS}/base`, STRATEGIC)).toBe("invalid character '{' exceeded max depth");
});

test('JSON that nests as deep as it may is kept, shown and changed', async () => {
  const { call } = await testApi();
  const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions';
  const data = deep(MAX_DEPTH - 1);
  const body = `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"x"},"revision":1,"data":${data}}`;
  expect((await call(`POST ${revisions}`, { body })).text).toContain(data);
  expect((await call(`GET ${revisions}/x`, { headers: { accept: 'application/yaml' } })).status).toBe(200);
  const patch = { body: '{"metadata":{"labels":{"a":"b"}}}', headers: MERGE };
  expect((await call(`PATCH ${revisions}/x`, patch)).text).toContain(data);
  expect((await call(`PATCH ${revisions}/x?fieldManager=m&force=true`, { body, headers: APPLY })).text).toContain(data);
});
