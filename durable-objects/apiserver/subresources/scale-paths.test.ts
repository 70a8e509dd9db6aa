import { afterEach, expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { testApi } from '../testing/harness.ts';
import { DEPLOYMENTS, deployment, TABLE } from '../testing/objects.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const FOOS = '/apis/x.io/v1/namespaces/default/foos';
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const SCHEMA = { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } };

function definition(specReplicasPath: string, scope = 'Namespaced') {
  const scale = { specReplicasPath, statusReplicasPath: '.status.constructor', labelSelectorPath: '.status.__proto__' };
  const version = { name: 'v1', served: true, storage: true, schema: SCHEMA, subresources: { status: {}, scale } };
  const names = { plural: 'foos', singular: 'foo', kind: 'Foo', listKind: 'FooList' };
  return { metadata: { name: 'foos.x.io' }, spec: { group: 'x.io', scope, names, versions: [version] } };
}

async function apiWith(specReplicasPath: string, scope?: string) {
  const api = await testApi();
  const made = await api.create<{ spec: never }>(DEFINITIONS, definition(specReplicasPath, scope));
  api.kinds.define('foos.x.io', customKinds(made.spec));
  return api;
}

const foo = (spec: string) => `{"apiVersion":"x.io/v1","kind":"Foo","metadata":{"name":"a"},"spec":${spec}}`;
const SCALE = { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name: 'a' }, spec: { replicas: 7 } };

interface Column {
  type: string;
  format: string;
}

afterEach(() => {
  const kept = Object.prototype as unknown as Record<string, unknown>;
  const isClean = kept.polluted === undefined;
  delete kept.polluted;
  expect(isClean).toBe(true);
});

test('replicas that a definition keeps under the name of a prototype are the own field of one object', async () => {
  for (const [path, spec] of [
    ['.spec.__proto__.polluted', '{"__proto__":{"polluted":7}}'],
    ['.spec.constructor.prototype.polluted', '{"constructor":{"prototype":{"polluted":7}}}'],
    ['.spec.__proto__', '{"__proto__":7}'],
  ] as const) {
    const api = await apiWith(path);
    await api.create(FOOS, foo('{}'));
    expect((await api.call(`GET ${FOOS}/a/scale`)).body).toMatchObject({ code: 500 });
    expect((await api.call(`PUT ${FOOS}/a/scale`, { body: SCALE })).body).toMatchObject({ spec: { replicas: 7 } });
    expect((await api.call(`GET ${FOOS}/a/scale`)).body).toMatchObject({
      spec: { replicas: 7 },
      status: { replicas: 0 },
    });
    expect((await api.call(`GET ${FOOS}/a`)).text).toContain(`"spec":${spec}`);
  }
});

/** As upstream's `test/integration/dryrun/dryrun_test.go` has it. */
test('a custom resource of no namespace is scaled, too', async () => {
  const api = await apiWith('.spec.replicas', 'Cluster');
  const path = '/apis/x.io/v1/foos';
  await api.create(path, foo('{"replicas":1}'));
  expect((await api.call(`PUT ${path}/a/scale`, { body: SCALE })).body).toMatchObject({ spec: { replicas: 7 } });
  const headers = { 'content-type': 'application/merge-patch+json' };
  const patched = await api.call(`PATCH ${path}/a/scale?dryRun=All`, { body: { spec: { replicas: 8 } }, headers });
  expect([patched.status, patched.body]).toMatchObject([200, { spec: { replicas: 8 } }]);
  const refused = await api.call(`PUT ${path}/a/scale`, { body: { ...SCALE, spec: { replicas: -1 } } });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'Foo.x.io "a" is invalid: .spec.replicas: Invalid value: -1: should be a non-negative integer',
  ]);
});

test('a field on the way to the replicas that is no object is an error', async () => {
  const api = await apiWith('.spec.replicas');
  await api.create(FOOS, foo('{"size":"large"}'));
  const { text, body: kept } = await api.call(`GET ${DEFINITIONS}/foos.x.io`);
  const changed = text.replace('.spec.replicas', '.spec.size.wanted');
  expect((await api.call(`PUT ${DEFINITIONS}/foos.x.io`, { body: changed })).status).toBe(200);
  api.kinds.define('foos.x.io', customKinds({ ...kept, ...JSON.parse(changed) }.spec));
  const { status, body } = await api.call(`PUT ${FOOS}/a/scale`, { body: SCALE });
  expect([status, body.message]).toEqual([
    500,
    'value cannot be set because .spec.size is not a map[string]interface{}',
  ]);
});

test('the age in the table of a Scale is a date for a custom resource, and a text for a built-in kind', async () => {
  const api = await apiWith('.spec.replicas');
  await api.create(FOOS, foo('{"replicas":1}'));
  await api.create(DEPLOYMENTS, deployment('web'));
  const typesOf = async (path: string) => {
    const { body } = await api.call<{ columnDefinitions: Column[] }>(`GET ${path}`, { headers: TABLE });
    return body.columnDefinitions.map(({ type, format }) => [type, format].join(' ').trim());
  };
  expect(await typesOf(`${FOOS}/a/scale`)).toEqual(['string name', 'integer', 'integer', 'date']);
  expect(await typesOf(`${DEPLOYMENTS}/web/scale`)).toEqual(['string', 'integer', 'integer', 'string']);
});

test('a body that is no Scale is answered in the words of upstream, whose typer of custom resources knows none', async () => {
  const api = await apiWith('.spec.replicas');
  await api.create(FOOS, foo('{"replicas":1}'));
  for (const change of [{ kind: 'Other' }, { spec: { replicas: 1.5 } }]) {
    const { status, body } = await api.call(`PUT ${FOOS}/a/scale`, { body: { ...SCALE, ...change } });
    const message = 'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"';
    expect([status, body.message]).toEqual([400, message]);
  }
});
