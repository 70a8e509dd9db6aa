import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';
import { configMap, MAPS } from '../../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const RULE = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
const MAY = 'authorizer.group("").resource("pods").check("create").allowed()';
const HEAVY = 'lists.range(300).all(a, lists.range(300).all(b, true))';
const BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

type Spec = Record<string, unknown>;

async function withPolicy(spec: Spec, rule: Spec = RULE, sort = 'validating') {
  const api = await testApi();
  const own = sort === 'validating' ? {} : { reinvocationPolicy: 'Never' };
  const matchConstraints = { resourceRules: [rule] };
  const policy = { metadata: { name: 'p' }, spec: { matchConstraints, ...own, ...spec } };
  await api.create(`${ROOT}/${sort}admissionpolicies`, policy);
  const actions = sort === 'validating' ? { validationActions: ['Deny'] } : {};
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p', ...actions } };
  await api.create(`${ROOT}/${sort}admissionpolicybindings`, binding);
  return api;
}

/** What refuses a write, or nothing. */
async function refusal(spec: Spec): Promise<string | undefined> {
  const { call } = await withPolicy(spec);
  const { body } = await call(`POST ${MAPS}`, { body: { ...configMap('m'), data: { a: '1' } } });
  return (body.message as string | undefined)?.replace(/^.* denied request: /, '');
}

/** Texts are those of kube-apiserver 1.36.3. */
test('audit annotations and messages have no authorizer, nor have variables that they read', async () => {
  const validations = [{ expression: 'true' }];
  const variables = [{ name: 'a', expression: MAY }];
  const annotation = (valueExpression: string) => [{ key: 'k', valueExpression }];
  expect(await refusal({ validations, auditAnnotations: annotation(`string(${MAY})`) })).toBe(
    `expression 'string(${MAY})' resulted in error: no such attribute(s): authorizer`,
  );
  const reads = { variables, validations: [{ expression: 'variables.a' }] };
  expect(await refusal({ ...reads, auditAnnotations: annotation('string(variables.a)') })).toBe(
    'expression \'string(variables.a)\' resulted in error: composited variable "a" fails to evaluate: no such attribute(s): authorizer',
  );
  const message = { messageExpression: 'string(variables.a)', message: 'otherwise' };
  expect(await refusal({ variables, validations: [{ expression: '!variables.a', ...message }] })).toBe('otherwise');
});

test('conditions do not see the namespace', async () => {
  const refuses = (expression: string) =>
    refusal({ matchConditions: [{ name: 'c', expression }], validations: [{ expression: 'false' }] });
  expect(await refuses('namespaceObject == null')).toBe('failed expression: false');
  expect(await refuses('namespaceObject.metadata.name == "default"')).toBe(
    'expression \'namespaceObject.metadata.name == "default"\' resulted in error: no such key: metadata',
  );
});

test('conditions see the resource of the request beside the kind that is matched', async () => {
  const about = '[request.resource, request.requestResource].map(r, r.version).join() + request.kind.version';
  const rule = { operations: ['*'], apiGroups: ['autoscaling'], apiVersions: ['v1'], resources: ['*'] };
  const { call } = await withPolicy(
    {
      matchConditions: [{ name: 'c', expression: `${about} == "v2v2v1"` }],
      validations: [{ expression: 'false', messageExpression: about }],
    },
    rule,
  );
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'X', name: 'x' };
  const body = { metadata: { name: 'h' }, spec: { maxReplicas: 3, scaleTargetRef } };
  const made = await call('POST /apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', { body });
  expect(made.body.message).toMatch(/denied request: v1v2v1$/);
});

test('a user without extra values has none to be read', async () => {
  expect(await refusal({ validations: [{ expression: 'has(request.userInfo.extra)' }] })).toBe(
    'failed expression: has(request.userInfo.extra)',
  );
});

test('errors of conditions are told once each', async () => {
  const conditions = ['object.a', 'object.b', 'object.a'].map((a, i) => ({ name: `c${i}`, expression: `${a} == 1` }));
  expect(await refusal({ matchConditions: conditions, validations: [{ expression: 'true' }] })).toBe(
    "[expression 'object.a == 1' resulted in error: no such key: a, expression 'object.b == 1' resulted in error: no such key: b]",
  );
});

test('messages of validations that hold count to the budget, and fail all validations beyond it', async () => {
  const holds = { expression: 'true', messageExpression: `${HEAVY} ? "x" : "y"` };
  const validations = [{ expression: 'false', message: 'never told' }, ...Array.from({ length: 30 }, () => holds)];
  expect(await refusal({ validations })).toBe(`failed messageExpression: ${BUDGET}`);
});

test('a message is as long as its bytes, and is trimmed as Go trims it', async () => {
  const refuses = (messageExpression: string) =>
    refusal({ validations: [{ expression: 'false', messageExpression, message: 'short' }] });
  expect(await refuses(`"${'日'.repeat(1800)}"`)).toBe('short');
  expect(await refuses('"\\u0085 \\ufeffx\\ufeff \\u0085"')).toBe('\ufeffx\ufeff');
});

async function checks(call: Awaited<ReturnType<typeof testApi>>['call'], sort: string): Promise<string[]> {
  const { text } = await call('GET /metrics');
  const name = `apiserver_${sort}_admission_policy_check_total`;
  return text.split('\n').flatMap((line) => (line.startsWith(`${name}{`) ? line.slice(name.length) : []));
}

test('validations that hold are not counted, those that do not are invalid, and errors that are ignored are allowed', async () => {
  const { call } = await withPolicy({
    failurePolicy: 'Ignore',
    validations: [{ expression: 'true' }, { expression: 'object.data.a == "1"' }, { expression: 'object.x == 1' }],
  });
  for (const a of ['1', '2']) await call(`POST ${MAPS}`, { body: { ...configMap('m'), data: { a } } });
  expect(await checks(call, 'validating')).toEqual([
    '{enforcement_action="allow",error_type="invalid_error",policy="p",policy_binding="b"} 2',
    '{enforcement_action="deny",error_type="invalid_error",policy="p",policy_binding="b"} 1',
  ]);
});

test('each mutation is counted', async () => {
  const patch = (value: string) => ({
    patchType: 'JSONPatch',
    jsonPatch: { expression: `[JSONPatch{op: "add", path: "/data/b", value: ${value}}]` },
  });
  const mutations = [patch('"x"'), patch('"y"'), patch('string(object.x)')];
  const { call } = await withPolicy({ failurePolicy: 'Ignore', mutations }, RULE, 'mutating');
  await call(`POST ${MAPS}`, { body: { ...configMap('m'), data: { a: '1' } } });
  expect(await checks(call, 'mutating')).toEqual([
    '{error_type="invalid_error",policy="p",policy_binding="b"} 1',
    '{error_type="no_error",policy="p",policy_binding="b"} 2',
  ]);
});

test('a name is told once it is generated, none for a collection, and a namespace lies in itself', async () => {
  const told =
    '[request.operation, has(request.name) ? request.name : "-", has(request.namespace) ? request.namespace : "-"]';
  const rule = { ...RULE, operations: ['*'], resources: ['configmaps', 'namespaces'] };
  const validations = [
    { expression: 'has(request.name) && request.name == "m"', messageExpression: `${told}.join(" ")` },
  ];
  const { call } = await withPolicy({ validations }, rule);
  const refusal = async (line: string, body?: object) => {
    const answer = await call(line, { ...(body && { body }), headers: { 'content-type': 'application/json' } });
    return (answer.body.message as string).replace(/ is forbidden: .* denied request:/, '');
  };
  expect(await refusal(`POST ${MAPS}`, { metadata: { generateName: 'g-' } })).toMatch(
    /^configmaps "(g-.{5})" CREATE \1 default$/,
  );
  expect((await call(`POST ${MAPS}`, { body: configMap('m') })).status).toBe(201);
  expect(await refusal(`DELETE ${MAPS}`)).toBe('configmaps "Unknown" DELETE - default');
  expect(await refusal('DELETE /api/v1/namespaces/default')).toContain('forbidden');
  const namespace = { metadata: { name: 'kube-public', labels: { a: 'b' } } };
  expect(await refusal('PUT /api/v1/namespaces/kube-public', namespace)).toBe(
    'namespaces "kube-public" UPDATE kube-public kube-public',
  );
});
