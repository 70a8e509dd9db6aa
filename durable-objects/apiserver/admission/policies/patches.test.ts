import { expect, test } from 'vitest';
import { testApi } from '../../testing/harness.ts';

const ROOT = '/apis/admissionregistration.k8s.io/v1';
const LABELS = 'Object{metadata: Object.metadata{labels: {"a": "b"}}}';

/** An API server with a policy that changes what the rule names, in any version or in one. */
async function withMutation(apiGroup: string, resource: string, expression: string, apiVersion = '*') {
  const api = await testApi();
  const rule = { operations: ['*'], apiGroups: [apiGroup], apiVersions: [apiVersion], resources: [resource] };
  const mutation = expression.startsWith('[')
    ? { patchType: 'JSONPatch', jsonPatch: { expression } }
    : { patchType: 'ApplyConfiguration', applyConfiguration: { expression } };
  const spec = { matchConstraints: { resourceRules: [rule] }, reinvocationPolicy: 'Never', mutations: [mutation] };
  await api.create(`${ROOT}/mutatingadmissionpolicies`, { metadata: { name: 'p' }, spec });
  const binding = { metadata: { name: 'b' }, spec: { policyName: 'p' } };
  await api.create(`${ROOT}/mutatingadmissionpolicybindings`, binding);
  return api;
}

/** Texts are those of kube-apiserver 1.36.3. */
test('the body of a subresource is found among the schemas of its own version, where its like does not stand', async () => {
  const seconds = 'Object{spec: Object.spec{expirationSeconds: 900}}';
  const { call, create } = await withMutation('', 'serviceaccounts/token', seconds);
  await create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'a' } });
  const { body } = await call('POST /api/v1/namespaces/default/serviceaccounts/a/token', { body: { spec: {} } });
  expect(body.message).toBe(
    "policy 'p' with binding 'b' denied request: error applying patch: failed to convert patch object to typed object: no corresponding type for authentication.k8s.io/v1, Kind=TokenRequest",
  );
});

test.each([LABELS, '[JSONPatch{op: "add", path: "/metadata/labels", value: {"a": "b"}}]'])(
  'a built-in kind is changed in the version of the request alone: %s',
  async (expression) => {
    const { call } = await withMutation('autoscaling', 'horizontalpodautoscalers', expression, 'v1');
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'X', name: 'x' };
    const body = { metadata: { name: 'h' }, spec: { maxReplicas: 3, scaleTargetRef } };
    const post = (version: string) =>
      call(`POST /apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`, { body });
    expect((await post('v2')).body.message).toBe(
      "policy 'p' with binding 'b' denied request: converting (v1.HorizontalPodAutoscaler) to (v2.HorizontalPodAutoscaler): unknown conversion",
    );
    expect((await post('v1')).body).toMatchObject({ metadata: { labels: { a: 'b' } } });
  },
);

test('an expression that no program can be made of is an internal error', async () => {
  const { call } = await testApi();
  const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
  const validations = [{ expression: 'object.data[null] == 1' }];
  const body = { metadata: { name: 'p' }, spec: { matchConstraints: { resourceRules: [rule] }, validations } };
  const refused = await call(`POST ${ROOT}/validatingadmissionpolicies`, { body });
  expect([refused.status, refused.body.message]).toEqual([
    422,
    'ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.validations[0].expression: Internal error: program instantiation failed: invalid qualifier type: types.Null',
  ]);
});
