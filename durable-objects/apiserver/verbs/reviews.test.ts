import { expect, test } from 'vitest';
import { testApi } from '../testing/harness.ts';

const GROUP = '/apis/authorization.k8s.io/v1';

/** The answers of kube-apiserver 1.36 to questions that are none. */
test.each([
  [
    'selfsubjectaccessreviews',
    {},
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ],
  [
    'subjectaccessreviews',
    {},
    '[spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified, spec.user: Invalid value: "": at least one of user or group must be specified]',
  ],
  [
    'subjectaccessreviews',
    { user: 'a', resourceAttributes: {}, nonResourceAttributes: {} },
    'spec.nonResourceAttributes: Invalid value: {"Path":"","Verb":""}: cannot be specified in combination with resourceAttributes',
  ],
  [
    'namespaces/default/localsubjectaccessreviews',
    { user: 'a', resourceAttributes: { namespace: 'x' } },
    'spec.resourceAttributes.namespace: Invalid value: "x": must match metadata.namespace',
  ],
])('%s of %j is refused', async (path, spec, why) => {
  const { call } = await testApi();
  const { status, body } = await call(`POST ${GROUP}/${path}`, { body: { spec } });
  expect([status, body.message]).toEqual([422, `.authorization.k8s.io "" is invalid: ${why}`]);
  expect(Object.keys(body.details ?? {})).toEqual(['group', 'causes']);
});

test('rules are asked of a namespace', async () => {
  const { call } = await testApi();
  const ask = (spec: object) => call(`POST ${GROUP}/selfsubjectrulesreviews`, { body: { spec } });
  const without = await ask({});
  expect([without.status, without.body.message]).toEqual([400, 'no namespace on request']);
  expect((await ask({ namespace: 'default' })).status).toBe(201);
});

test('a question about one namespace is asked there', async () => {
  const { call } = await testApi();
  const spec = { user: 'a', groups: ['system:masters'], resourceAttributes: { namespace: 'default', verb: 'get' } };
  const { status, body } = await call<{ status: unknown; metadata: unknown }>(
    `POST ${GROUP}/namespaces/default/localsubjectaccessreviews`,
    { body: { spec } },
  );
  expect([status, body.status]).toEqual([201, { allowed: true }]);
  expect(body.metadata).toMatchObject({ namespace: 'default', managedFields: [{ operation: 'Update' }] });
});

test('a kind that can only be created has no path of one object, and no kind is created at the path of one object', async () => {
  const { call } = await testApi();
  const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
  const bindings = '/api/v1/namespaces/default/bindings';
  for (const line of [`PATCH ${reviews}/a`, `POST ${bindings}/a`, `GET ${bindings}/a`]) {
    const { status, body } = await call(line);
    expect([status, body.message]).toEqual([404, 'the server could not find the requested resource']);
  }
  expect((await call(`GET ${bindings}`)).status).toBe(405);
  const { status, headers } = await call('POST /api/v1/namespaces/default/endpoints/a', { body: {} });
  expect([status, headers.warning]).toEqual([405, undefined]);
});
