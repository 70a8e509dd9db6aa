import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';
import { configMap, MAPS, MERGE } from '../../testing/objects.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${ROOT}/validatingadmissionpolicies`;
const BINDINGS = `${ROOT}/validatingadmissionpolicybindings`;
const RULE = { operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };

type Spec = Record<string, unknown>;

const policy = (spec: Spec, name = 'p') => ({
  metadata: { name },
  spec: { matchConstraints: { resourceRules: [RULE] }, ...spec },
});
const binding = (spec: Spec = {}, name = 'b') => ({
  metadata: { name },
  spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
});

/** An API server with one policy, bound as `bound` says. */
async function withPolicy(spec: Spec, bound: Spec = {}) {
  const api = await testApi();
  await api.create(POLICIES, policy(spec));
  await api.create(BINDINGS, binding(bound));
  const post = async (data: Record<string, string>, name = 'm') => {
    const { status, body, ...rest } = await api.call(`POST ${MAPS}`, { body: { ...configMap(name), data } });
    return { status, body: body as unknown as { message: string; reason: string; details: object }, ...rest };
  };
  return { ...api, post };
}

const denied = (message: string, name = 'm') =>
  `configmaps "${name}" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ${message}`;

test('a write that fails an expression is refused in upstream’s words', async () => {
  const { post } = await withPolicy({
    variables: [
      { name: 'size', expression: 'object.data.size()' },
      { name: 'large', expression: 'variables.size > 2' },
    ],
    validations: [
      {
        expression: '!variables.large',
        messageExpression: '"too many: " + string(variables.size)',
        reason: 'Forbidden',
      },
      { expression: 'object.data.all(k, k.startsWith("a"))' },
    ],
  });
  expect((await post({ a: '1' })).status).toBe(201);
  const wrong = await post({ b: '1' }, 'n');
  expect(wrong.status).toBe(422);
  const message = denied('failed expression: object.data.all(k, k.startsWith("a"))', 'n');
  expect(wrong.body).toMatchObject({
    message,
    reason: 'Invalid',
    details: { name: 'n', kind: 'configmaps', causes: [{ message: message.replace(/^.*forbidden: /, '') }] },
  });
  const large = await post({ a: '1', ab: '2', ac: '3' }, 'n');
  expect([large.status, large.body.message]).toEqual([403, denied('too many: 3', 'n')]);
});

test('expressions see the request, the old object, the namespace and what the user may do', async () => {
  const { post, call } = await withPolicy({
    validations: [
      { expression: 'request.operation == "CREATE" || object.data.a == oldObject.data.a', message: 'a stays' },
      { expression: 'namespaceObject.metadata.name == request.namespace && request.resource.resource == "configmaps"' },
      { expression: 'request.userInfo.username != "" && object.kind == "ConfigMap" && object.apiVersion == "v1"' },
      { expression: 'authorizer.group("").resource("pods").namespace("default").check("create").allowed()' },
      { expression: 'authorizer.requestResource.check("get").allowed()' },
    ],
  });
  expect((await post({ a: '1' })).status).toBe(201);
  const changed = await call(`PATCH ${MAPS}/m`, { headers: MERGE, body: { data: { a: '2' } } });
  expect([changed.status, changed.body.message]).toEqual([422, denied('a stays')]);
});

test('a check of access has the selectors that the expression gives it', async () => {
  const listing = (selector: string) =>
    `authorizer.group('').resource('pods').labelSelector('a=b').fieldSelector('${selector}').check('list').allowed()`;
  const { call } = await withPolicy({
    matchConstraints: { resourceRules: [{ ...RULE, apiGroups: ['coordination.k8s.io'], resources: ['leases'] }] },
    validations: [
      { expression: listing('spec.nodeName=n1') },
      ...['spec.nodeName=n2', 'spec.nodeName!=n1', '', 'spec.nodeName'].map((other) => ({
        expression: `!${listing(other)}`,
      })),
    ],
  });
  const user = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] };
  const body = { metadata: { name: 'n1', namespace: 'kube-node-lease' } };
  const made = await call('POST /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { user, body });
  expect(made).toMatchObject({ status: 201 });
});

test('parameters come from the object that the binding names, or from all that it selects', async () => {
  const { post, create, call } = await withPolicy(
    {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'no-params', expression: '!has(object.metadata.labels)' }],
      validations: [{ expression: 'object.data.n == params.data.n', messageExpression: '"not " + params.data.n' }],
    },
    { paramRef: { name: 'wanted', namespace: 'default', parameterNotFoundAction: 'Deny' } },
  );
  const missing = await post({ n: '1' });
  const why = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
  expect([missing.status, missing.body.message]).toEqual([422, denied(why)]);
  await call(`PATCH ${BINDINGS}/b`, {
    headers: MERGE,
    body: { spec: { paramRef: { parameterNotFoundAction: 'Allow' } } },
  });
  const labels = { params: 'yes' };
  await create(MAPS, { ...configMap('wanted'), metadata: { name: 'wanted', labels }, data: { n: '1' } });
  expect((await post({ n: '2' })).body.message).toBe(denied('not 1'));
  expect((await post({ n: '1' })).status).toBe(201);
  const selector = { matchLabels: labels };
  await call(`PATCH ${BINDINGS}/b`, { headers: MERGE, body: { spec: { paramRef: { name: null, selector } } } });
  expect((await post({ n: '2' }, 'n')).body.message).toBe(denied('not 1', 'n'));
});

test('a binding warns, selects, and ends with the policy', async () => {
  const { post, call } = await withPolicy(
    { validations: [{ expression: 'false', message: 'never' }] },
    { validationActions: ['Warn'], matchResources: { resourceRules: [{ ...RULE, resourceNames: ['m'] }] } },
  );
  const warned = await post({ a: '1' });
  expect(warned.status).toBe(201);
  expect(JSON.stringify(warned)).toContain(
    "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': never",
  );
  expect(JSON.stringify(await post({ a: '1' }, 'n'))).not.toContain('Validation failed');
  await call(`PATCH ${BINDINGS}/b`, { headers: MERGE, body: { spec: { validationActions: ['Deny'] } } });
  expect((await call(`PATCH ${MAPS}/m`, { headers: MERGE, body: { data: { a: '2' } } })).status).toBe(422);
  const { text } = await call('GET /metrics');
  const checks = text
    .split('\n')
    .filter((line) => line.startsWith('apiserver_validating_admission_policy_check_total{'));
  expect(checks.map((line) => line.replace('apiserver_validating_admission_policy_check_total', ''))).toEqual([
    '{enforcement_action="deny",error_type="invalid_error",policy="p",policy_binding="b"} 1',
    '{enforcement_action="warn",error_type="invalid_error",policy="p",policy_binding="b"} 1',
  ]);
  await call(`DELETE ${POLICIES}/p`);
  expect((await call(`PATCH ${MAPS}/m`, { headers: MERGE, body: { data: { a: '2' } } })).status).toBe(200);
});

test.each([
  ['Fail', 422],
  ['Ignore', 201],
])('an expression that fails decides as the policy says: %s', async (failurePolicy, status) => {
  const { post } = await withPolicy({ failurePolicy, validations: [{ expression: 'object.spec.x == 1' }] });
  const answer = await post({ a: '1' });
  expect(answer.status).toBe(status);
  if (status === 422) {
    expect(answer.body.message).toBe(denied("expression 'object.spec.x == 1' resulted in error: no such key: spec"));
  }
});

test('a policy without its kind of parameters refuses all that it is for', async () => {
  const { post } = await withPolicy({
    paramKind: { apiVersion: 'example.com/v1', kind: 'Nothing' },
    validations: [{ expression: 'true' }],
  });
  expect((await post({ a: '1' })).body.message).toBe(
    "configmaps \"m\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Nothing'",
  );
});

test('an expression that costs too much ends at its limit', async () => {
  const loop = 'lists.range(1000).all(a, lists.range(1000).all(b, true))';
  const { post } = await withPolicy({ validations: [{ expression: loop }] });
  const text = `expression '${loop}' resulted in error: operation cancelled: actual cost limit exceeded`;
  expect((await post({ a: '1' })).body.message).toBe(denied(text));
});

test('a policy that does not compile, or says nothing, is refused', async () => {
  const { call } = await testApi();
  const refuse = async (spec: Spec) => {
    const { status, body } = await call(`POST ${POLICIES}`, { body: policy(spec) });
    expect(status).toBe(422);
    return (body.message as string).replace(
      'ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: ',
      '',
    );
  };
  expect(await refuse({ validations: [{ expression: 'object.a +' }] })).toContain(
    'spec.validations[0].expression: Invalid value: "object.a +": compilation failed: ERROR: <input>:1:11: Syntax error: mismatched input \'<EOF>\'',
  );
  expect(await refuse({ validations: [{ expression: 'object.a' }] })).toBe(
    'spec.validations[0].expression: Invalid value: "object.a": must evaluate to bool but got dyn',
  );
  expect(await refuse({ validations: [{ expression: 'params.a == 1' }] })).toContain(
    "undeclared reference to 'params'",
  );
  expect(await refuse({})).toContain('validations or auditAnnotations must contain at least one item');
  const bad = await call(`POST ${BINDINGS}`, { body: binding({ validationActions: ['Deny', 'Warn'] }) });
  expect(bad.body.message).toContain('must not contain both Deny and Warn');
});
