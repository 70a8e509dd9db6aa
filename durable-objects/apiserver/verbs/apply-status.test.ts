/** Applies to the status of what has none and of what does not exist, and those that hold next to nothing. */
import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import { WIDGET_SPEC, WIDGETS_CRD } from '../../testing/widgets.ts';
import { testApi } from '../testing/harness.ts';
import { apply } from '../testing/objects.ts';

test('a status of null that is applied to a custom resource without one is owned, and leaves it without', async () => {
  const api = await testApi();
  api.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  const path = '/apis/example.com/v1/namespaces/default/widgets/w';
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } };
  await apply(api, path, { ...widget, spec: {} });
  const { status, body } = await apply(api, `${path}/status`, { ...widget, status: null }, 'fieldManager=s');
  expect([status, Object.hasOwn(body, 'status')]).toEqual([200, false]);
  expect(body.metadata.managedFields?.[1]).toMatchObject({ manager: 's', fieldsV1: { 'f:status': {} } });
  const bad = await apply(api, `${path}/status`, { ...widget, status: { ready: null } }, 'fieldManager=s');
  expect([bad.status, bad.body.message]).toEqual([422, expect.stringContaining('status.ready: Invalid value: "null"')]);
});

test('what is applied to a status in one version drops the rest also where it is owned in another', async () => {
  const api = await testApi();
  const [v1] = WIDGET_SPEC.versions;
  const versions = v1 ? [v1, { ...v1, name: 'v2', storage: false }] : [];
  api.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, versions }));
  const widget = (version: string, size: number) => ({
    apiVersion: `example.com/${version}`,
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size },
  });
  const path = (version: string) => `/apis/example.com/${version}/namespaces/default/widgets/w`;
  await apply(api, path('v1'), widget('v1', 1));
  const answer = await apply(api, `${path('v2')}/status`, { ...widget('v2', 2), status: {} }, 'fieldManager=s');
  expect([answer.status, answer.body.spec]).toEqual([200, { size: 1 }]);
  expect(answer.body.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
    ['m', { 'f:spec': { 'f:size': {} } }],
    ['s', { 'f:status': {} }],
  ]);
});

test('an apply to the status of a policy that does not exist creates it without one; that of others finds nothing', async () => {
  const api = await testApi();
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p/status';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p', labels: { a: 'b' } },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] },
    status: { conditions: [{ type: 'A', status: 'True', reason: 'x', message: '', lastTransitionTime: null }] },
  };
  const { status, body } = await apply(api, path, policy);
  expect([status, body]).toMatchObject([201, { metadata: { generation: 1, labels: { a: 'b' } }, status: {} }]);
  expect(body.metadata.managedFields).toMatchObject([
    { manager: 'm', subresource: 'status', fieldsV1: { 'f:status': { 'f:conditions': {} } } },
  ]);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
  expect((await apply(api, '/api/v1/namespaces/n/status', namespace)).status).toBe(404);
});

test.each([{}, { metadata: null }, { metadata: 5 }, { metadata: [] }])('%j is no custom resource', async (body) => {
  const api = await testApi();
  api.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  const answer = await apply(api, '/apis/example.com/v1/namespaces/default/widgets/w', body);
  expect([answer.status, answer.body.message]).toEqual([400, 'invalid object type: /, Kind=']);
});
