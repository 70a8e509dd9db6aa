import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';
import { configMap, MAPS, MERGE } from '../../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ROOT}/mutatingadmissionpolicies`;
const BINDINGS = `${ROOT}/mutatingadmissionpolicybindings`;
const RULE = { operations: ['CREATE', 'UPDATE'], apiGroups: ['*'], apiVersions: ['v1'], resources: ['*'] };

type Spec = Record<string, unknown>;
type Data = Record<string, string>;

const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const json = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const policy = (mutations: Spec[], spec: Spec = {}, name = 'p') => ({
  metadata: { name },
  spec: { reinvocationPolicy: 'Never', matchConstraints: { resourceRules: [RULE] }, mutations, ...spec },
});
const binding = (spec: Spec = {}, name = 'p') => ({ metadata: { name }, spec: { policyName: name, ...spec } });

async function withPolicy(mutations: Spec[], spec: Spec = {}, bound: Spec = {}) {
  const api = await testApi();
  const add = async (more: Spec[], rest: Spec = {}, name = 'p', ofBinding: Spec = {}) => {
    await api.create(POLICIES, policy(more, rest, name));
    await api.create(BINDINGS, binding(ofBinding, name));
  };
  await add(mutations, spec, 'p', bound);
  const post = (data: Data = { a: '1' }, path = MAPS) =>
    api.call<{ data: Data; message: string; reason: string; code: number; details: { causes: object[] } }>(
      `POST ${path}`,
      { body: { ...configMap('m'), data } },
    );
  return { ...api, add, post };
}
const denied = (message: string) => `policy 'p' with binding 'p' denied request: ${message}`;

const POD = {
  metadata: { name: 'pod' },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'c', image: 'i' }] },
};

test('an applied configuration is merged: maps and keyed lists by their parts', async () => {
  const { call } = await withPolicy([
    apply(`Object{
      metadata: Object.metadata{labels: {"team": "a"}},
      spec: Object.spec{
        initContainers: [Object.spec.initContainers{name: "mesh", image: "m"}],
        containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, imagePullPolicy: "Never"})
      }
    }`),
  ]);
  const { status, body } = await call('POST /api/v1/namespaces/default/pods', { body: POD });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    metadata: { labels: { team: 'a' } },
    spec: {
      initContainers: [{ name: 'mesh', image: 'm', terminationMessagePolicy: 'File' }],
      containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Never' }],
    },
  });
});

test('a JSON patch changes what it names; a failed test leaves the object as it is', async () => {
  const { post, call } = await withPolicy([
    json('[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("b/c").replace("~1", "."), value: "2"}]'),
    json('[JSONPatch{op: "test", path: "/data/a", value: "9"}, JSONPatch{op: "remove", path: "/data/a"}]'),
    json('object.data.size() == 2 ? [JSONPatch{op: "copy", from: "/data/a", path: "/data/d"}] : []'),
  ]);
  const { status, body } = await post();
  expect([status, body.data]).toEqual([201, { a: '1', 'b.c': '2', d: '1' }]);
  expect((await call('GET /metrics')).text).toMatch(
    /^apiserver_mutating_admission_policy_check_total\{error_type="no_error",policy="p",policy_binding="p"\} [1-9]/m,
  );
});

test.each([
  [
    'type mismatch',
    'Object{metadata: Object.meta{}}',
    'unexpected type name "Object.meta", expected "Object.metadata"',
  ],
  ['of the schema', 'Object{data: {"b": 3}}', '.data.b: expected string, got &value.valueUnstructured{Value:3}'],
  ['unknown fields', 'Object{datax: 1}', '.datax: field not declared in schema'],
  ['null', 'Object{data: {"b": null}}', '.data.b: expected string, got &value.valueUnstructured{Value:0}'],
  ['no such key', 'Object{data: {"b": object.foo}}', 'resulted in error: no such key: foo'],
])('what does not fit refuses the request: %s', async (_, expression, why) => {
  const { post } = await withPolicy([apply(expression)]);
  const { body } = await post();
  expect([body.code, body.reason]).toEqual([403, 'Invalid']);
  expect(body.message).toContain(denied(''));
  expect(body.message).toContain(why);
  expect(body.details.causes).toEqual([{ message: body.message }]);
});

test('atomic lists and maps are not set by an applied configuration', async () => {
  const expression =
    'Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: "k"}], nodeSelector: {"a": "b"}}}';
  const { call } = await withPolicy([apply(expression)]);
  const { body } = await call('POST /api/v1/namespaces/default/pods', { body: POD });
  expect(body.message).toBe(
    denied(
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations, .spec.nodeSelector',
    ),
  );
});

test('failures are ignored where the policy says so, and conditions choose', async () => {
  const { post, call } = await withPolicy(
    [apply('Object{data: {"b": object.foo}}'), apply('Object{data: {"c": "d"}}')],
    {
      failurePolicy: 'Ignore',
      matchConditions: [{ name: 'large', expression: 'object.data.size() > 1' }],
    },
  );
  expect((await post()).body.data).toEqual({ a: '1' });
  await call(`DELETE ${MAPS}/m`);
  expect((await post({ a: '1', b: '2' })).body.data).toEqual({ a: '1', b: '2', c: 'd' });
});

test('a policy is asked again after changes where it wishes to, and only then', async () => {
  const grow = (field: string) => apply(`Object{data: {"${field}": object.data.?${field}.orValue("") + "x"}}`);
  const { post, add, call } = await withPolicy([grow('n')], { reinvocationPolicy: 'IfNeeded' });
  await add([grow('m')], {}, 'q');
  expect((await post()).body.data).toEqual({ a: '1', n: 'xx', m: 'x' });
  const patched = await call<{ data: Data }>(`PATCH ${MAPS}/m`, { headers: MERGE, body: { data: { a: '2' } } });
  expect(patched.body.data).toEqual({ a: '2', n: 'xxxx', m: 'xx' });
});

test('variables are those of the object as it is by then, and each parameter is asked for', async () => {
  const { post, create } = await withPolicy(
    [apply('Object{data: {"a": variables.v}}'), apply('Object{data: {params.metadata.name: variables.v}}')],
    {
      paramKind: { apiVersion: 'v1', kind: 'Secret' },
      matchConstraints: { resourceRules: [{ ...RULE, resources: ['configmaps'] }] },
      variables: [{ name: 'v', expression: 'object.data.a + params.type' }],
    },
    { paramRef: { selector: { matchLabels: { params: 'yes' } }, parameterNotFoundAction: 'Deny' } },
  );
  const why = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
  const missing = await post();
  expect([missing.body.code, missing.body.reason, missing.body.message]).toEqual([403, 'Forbidden', denied(why)]);
  for (const [name, type] of Object.entries({ one: 'x', two: 'y' })) {
    await create('/api/v1/namespaces/default/secrets', { metadata: { name, labels: { params: 'yes' } }, type });
  }
  expect((await post()).body.data).toEqual({ a: '1xy', one: '1xx', two: '1xyy' });
});

test('fields that a policy sets have no manager, a dry run stores none of them, and policies themselves are not mutated', async () => {
  const { post, call, create } = await withPolicy([apply('Object{metadata: Object.metadata{labels: {"x": "y"}}}')]);
  const dry = await post({ a: '1' }, `${MAPS}?dryRun=All`);
  expect(dry.body).toMatchObject({ metadata: { labels: { x: 'y' } } });
  expect((await call(`GET ${MAPS}/m`)).status).toBe(404);
  const { text } = await post();
  expect(text).toContain('"x":"y"');
  expect(text).not.toContain('f:labels');
  await create(POLICIES, policy([apply('Object{}')], {}, 'second'));
  expect(
    (await call<{ metadata: { labels?: object } }>(`GET ${POLICIES}/second`)).body.metadata.labels,
  ).toBeUndefined();
});

test('a hundred mutations change a small object, and of a large one no more than hold up nobody else', async () => {
  const mutations = Array.from({ length: 100 }, (_, at) =>
    apply(`Object{metadata: Object.metadata{labels: {"l${at}": "v"}}}`),
  );
  const { post, store, call } = await withPolicy(mutations);
  const small = await post();
  expect([
    small.status,
    Object.keys((small.body as { metadata?: { labels?: object } }).metadata?.labels ?? {}).length,
  ]).toEqual([201, 100]);
  await call(`DELETE ${MAPS}/m`);
  const { revision } = store;
  const large = await post({ a: 'x'.repeat(900_000) });
  const why = 'validation failed due to running out of cost budget, no further validation rules will be run';
  expect(large.body).toMatchObject({ code: 403, message: denied(why) });
  expect(store.revision).toBe(revision);
});

test('a JSON patch of anything gives an object or a refusal', async () => {
  const { post, call } = await withPolicy(
    [json('[JSONPatch{op: params.data.op, path: params.data.path, value: params.data.value}]')],
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    },
    { paramRef: { name: 'patch', namespace: 'kube-system', parameterNotFoundAction: 'Allow' } },
  );
  const system = '/api/v1/namespaces/kube-system/configmaps';
  await call(`POST ${system}`, { body: configMap('patch') });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('add', 'remove', 'replace', 'test', 'move', 'x'),
      fc.constantFrom(
        '/data',
        '/data/a',
        '/metadata',
        '/metadata/labels/a',
        '/kind',
        '',
        '/',
        'x',
        '/data/a/b',
        '/__proto__/a',
      ),
      fc.string(),
      async (op, path, value) => {
        await call(`DELETE ${system}/patch`);
        await call(`DELETE ${MAPS}/m`);
        await call(`POST ${system}`, { body: { ...configMap('patch'), data: { op, path, value } } });
        const { status, body } = await post();
        expect([201, 400, 403, 422, 500]).toContain(status);
        if (status === 500) expect(body.message).toMatch(/^Internal error occurred: (?:json|converting|strict)/);
      },
    ),
    { numRuns: 25 },
  );
});
