import { expect, test } from 'vitest';
import type { DefinitionSpec } from '../../../kube/kinds/apiextensions/types.ts';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { testApi } from '../testing/harness.ts';
import { APPLY, DEPLOYMENTS, deployment, MERGE, PODS, pod } from '../testing/objects.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const spec = { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods' } };

test('a review, which is not stored, drops the metadata that only the server may set', async () => {
  const { call } = await testApi();
  const metadata = { creationTimestamp: '2025-01-01T00:00:00Z', uid: 'u', namespace: 'default' };
  expect((await call(`POST ${REVIEWS}`, { body: { metadata, spec } })).status).toBe(201);
  const refused = await call(`POST ${REVIEWS}`, { body: { metadata: { name: 'a' }, spec } });
  expect([refused.status, refused.body.message]).toEqual([422, expect.stringContaining('metadata: Invalid value')]);
});

test('the answer about oneself repeats nothing, and one about a token keeps the status that was given', async () => {
  const { call } = await testApi();
  const path = '/apis/authentication.k8s.io/v1';
  const self = await call<KubeObject>(`POST ${path}/selfsubjectreviews`, { body: { metadata: { name: 'a' } } });
  expect(Object.keys(self.body.metadata)).toEqual(['creationTimestamp']);
  const status = { audiences: ['a'], user: { username: 'jane' }, authenticated: true };
  const review = await call<KubeObject>(`POST ${path}/tokenreviews`, { body: { spec: { token: 'x' }, status } });
  expect(review.body.status).toEqual({ audiences: ['a'], user: { username: 'jane' }, error: 'invalid bearer token' });
});

test('an eviction is read strictly, minds no kind of its options, and takes none that is not safe', async () => {
  const { call, create } = await testApi();
  await create(PODS, pod('p'));
  const evict = (deleteOptions: object, query = '') =>
    call(`POST ${PODS}/p/eviction?dryRun=All${query}`, { body: { metadata: { name: 'p' }, deleteOptions } });
  expect((await evict({ kind: 'Pod' })).status).toBe(201);
  expect((await evict({ preconditions: { unknown: 1 } }, '&fieldValidation=Strict')).body.message).toBe(
    'Eviction in version "v1" cannot be handled as a Eviction: strict decoding error: unknown field "deleteOptions.preconditions.unknown"',
  );
  expect((await evict({ ignoreStoreReadErrorWithClusterBreakingPotential: true })).body.message).toContain(
    'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value: true: can not be set for pod eviction, try after removing the option',
  );
  const body = { metadata: { name: 'p', namespace: 'x' } };
  const elsewhere = await call(`POST ${PODS}/p/eviction`, { body });
  expect([elsewhere.status, elsewhere.body.message]).toEqual([
    400,
    'the namespace of the provided object does not match the namespace sent on the request',
  ]);
});

test('the metadata of a Scale is judged, though nothing of it is kept', async () => {
  const { call, create } = await testApi();
  await create(DEPLOYMENTS, deployment('web'));
  const body = { metadata: { name: 'web', labels: { a: 'a b' } }, spec: { replicas: 2 } };
  const { status, body: answer } = await call(`PUT ${DEPLOYMENTS}/web/scale`, { body });
  expect([status, answer.message]).toEqual([
    422,
    expect.stringMatching(/^Scale.autoscaling "web" is invalid: metadata.labels: Invalid value: "a b": a valid label/),
  ]);
});

test('a patch of a custom resource is judged with the nulls that an apply gives', async () => {
  const { call, create, kinds } = await testApi();
  const openAPIV3Schema = {
    type: 'object',
    properties: {
      a: { type: 'string' },
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  const names = { plural: 'as', kind: 'A' };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  kinds.define('as.x.y', customKinds({ group: 'x.y', scope: 'Cluster', names, versions } as DefinitionSpec));
  const made = { apiVersion: 'x.y/v1', kind: 'A', metadata: { name: 'o' } };
  await create('/apis/x.y/v1/as', made);
  const apply = (more: object) =>
    call('PATCH /apis/x.y/v1/as/o?fieldManager=m', {
      body: { ...made, ...more },
      headers: APPLY,
    });
  expect((await apply({ a: null })).body.message).toContain('a in body must be of type string: "null"');
  const wrong = { inner: { apiVersion: 'v1', kind: 'B', metadata: { creationTimestamp: 7 } } };
  const { status, body: refusal } = await apply(wrong);
  expect([status, refusal.message]).toEqual([
    422,
    'A.x.y "o" is invalid: inner.metadata: Invalid value: {"creationTimestamp":7}: json: cannot unmarshal number into Go struct field ObjectMeta.creationTimestamp of type string',
  ]);
  const managedFields = [{ fieldsType: 'x', manager: '\u0001' }];
  const inner = { apiVersion: 'v1', kind: 'B', metadata: { managedFields } };
  const { body } = await call('PATCH /apis/x.y/v1/as/o', { body: { inner }, headers: MERGE });
  for (const text of ['operation: Invalid value: "": must be `Apply` or `Update`', 'must be `FieldsV1`', 'U+0001']) {
    expect(body.message).toContain(text);
  }
});
