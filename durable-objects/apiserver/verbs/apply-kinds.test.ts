/** Applies to other endpoints, in other versions, and of kinds that have rules of their own. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { WIDGET_SPEC, WIDGETS_CRD } from '../../testing/widgets.ts';
import { testApi } from '../testing/harness.ts';
import { apply, bareDeployment, DEPLOYMENTS } from '../testing/objects.ts';

test('the status is applied through its endpoint, to an object that is there', async () => {
  const api = await testApi();
  const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, status: { replicas: 2 } };
  const missing = await apply(api, `${DEPLOYMENTS}/d/status`, status);
  expect([missing.status, missing.body.message]).toEqual([404, 'deployments.apps "d" not found']);
  await apply(api, `${DEPLOYMENTS}/d`, { ...bareDeployment(), status: { replicas: 9 } });
  const given = { ...status, spec: { replicas: 7 }, metadata: { name: 'd', labels: { l: '1' } } };
  const { body } = await apply(api, `${DEPLOYMENTS}/d/status`, given, 'fieldManager=s');
  expect([body.status, body.spec]).toMatchObject([{ replicas: 2 }, { replicas: 1 }]);
  expect(body.metadata.labels).toBeUndefined();
  expect(
    body.metadata.managedFields?.map(({ manager, subresource, fieldsV1 }) => [
      manager,
      subresource,
      Object.keys(fieldsV1 ?? {}),
    ]),
  ).toEqual([
    ['m', undefined, ['f:spec']],
    ['s', 'status', ['f:status']],
  ]);
});

test('a Scale is applied, and its manager owns the replicas of the object', async () => {
  const api = await testApi();
  const scale = (replicas: number) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'd' },
    spec: { replicas },
  });
  await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 1 }));
  const refused = await apply(api, `${DEPLOYMENTS}/d/scale`, scale(3), 'fieldManager=s');
  expect(refused.body.message).toBe('Apply failed with 1 conflict: conflict with "m": .spec.replicas');
  const forced = await apply(api, `${DEPLOYMENTS}/d/scale`, scale(3), 'fieldManager=s&force=true');
  expect([forced.status, forced.body.spec]).toEqual([200, { replicas: 3 }]);
  const { body } = await api.call(`GET ${DEPLOYMENTS}/d`);
  expect([body.spec, body.metadata.managedFields]).toMatchObject([
    { replicas: 3 },
    [
      {
        manager: 's',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
      { manager: 'm', fieldsV1: { 'f:spec': { 'f:selector': {} } } },
    ],
  ]);
  const back = await apply(api, `${DEPLOYMENTS}/d`, bareDeployment({ replicas: 1 }));
  expect(back.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "s" with subresource "scale": .spec.replicas',
  );
});

test('fields are owned in the version that they were set in', async () => {
  const api = await testApi();
  const hpas = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  const hpa = (version: string, spec: object) => ({
    apiVersion: `autoscaling/${version}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { maxReplicas: 3, scaleTargetRef, ...spec },
  });
  const cpu = (averageUtilization: number) => [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } },
  ];
  await apply(api, `${hpas('v1')}/h`, hpa('v1', { targetCPUUtilizationPercentage: 50 }), 'fieldManager=old');
  const refused = await apply(api, `${hpas('v2')}/h`, hpa('v2', { metrics: cpu(60) }), 'fieldManager=new');
  expect(refused.body.message).toBe(
    'Apply failed with 1 conflict: conflict with "old": .spec.targetCPUUtilizationPercentage',
  );
  const forced = await apply(api, `${hpas('v2')}/h`, hpa('v2', { metrics: cpu(60) }), 'fieldManager=new&force=true');
  expect(forced.body.metadata.managedFields?.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
    ['new', 'autoscaling/v2'],
    ['old', 'autoscaling/v1'],
  ]);
  // In the other version, its applier drops what it gave in this one; the metric is what v1's conversion always makes.
  await api.call(`DELETE ${hpas('v2')}/h`);
  await apply(api, `${hpas('v1')}/h`, hpa('v1', { minReplicas: 3, targetCPUUtilizationPercentage: 50 }));
  const { status, body } = await apply(api, `${hpas('v2')}/h`, hpa('v2', {}));
  expect([status, body.spec]).toMatchObject([200, { minReplicas: 1, maxReplicas: 3, metrics: cpu(50) }]);
  expect(body.metadata.managedFields).toMatchObject([{ manager: 'm', apiVersion: 'autoscaling/v2' }]);
  await apply(
    api,
    `${hpas('v2')}/h`,
    hpa('v2', { minReplicas: 2, behavior: { scaleDown: { stabilizationWindowSeconds: 3 } } }),
  );
  const back = await apply(api, `${hpas('v1')}/h`, hpa('v1', {}));
  expect([back.body.spec, back.body.metadata.annotations]).toEqual([
    { minReplicas: 1, maxReplicas: 3, scaleTargetRef, targetCPUUtilizationPercentage: 50 },
    undefined,
  ]);
});

test('an Event of one group forgets its managers of the other, as upstream', async () => {
  const api = await testApi();
  const event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'x.io/c',
    reportingInstance: 'i',
    action: 'A',
    reason: 'R',
    type: 'Normal',
    regarding: { kind: 'Pod', name: 'x', namespace: 'default' },
  };
  await apply(api, '/apis/events.k8s.io/v1/namespaces/default/events/e', event);
  const headers = { 'content-type': 'application/merge-patch+json', 'user-agent': 'kubectl' };
  const { body } = await api.call('PATCH /api/v1/namespaces/default/events/e', { body: { count: 2 }, headers });
  expect(body.metadata.managedFields).toMatchObject([{ manager: 'kubectl', fieldsV1: { 'f:count': {} } }]);
});

test('a custom resource is applied in its versions, and a field that is taken back has its default again', async () => {
  const api = await testApi();
  const [v1] = WIDGET_SPEC.versions;
  const versions = v1 ? [v1, { ...v1, name: 'v2', storage: false }] : [];
  api.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, versions }));
  const at = (version: string) => `/apis/example.com/${version}/namespaces/default/widgets/w`;
  const widget = (version: string, spec: object) => ({
    apiVersion: `example.com/${version}`,
    kind: 'Widget',
    metadata: { name: 'w', annotations: {} },
    spec,
  });
  await apply(api, at('v2'), widget('v2', { size: 7, parts: [{ name: 'p' }], free: { a: { b: 1 }, c: 1 } }));
  const { status, body } = await apply(api, at('v1'), widget('v1', { parts: [{ name: 'q' }], free: { a: { b: 1 } } }));
  expect([status, body.spec]).toEqual([200, { size: 3, parts: [{ name: 'q', weight: 1 }], free: { a: { b: 1 } } }]);
  const ready = { ...widget('v1', {}), status: { ready: true } };
  const { body: withStatus } = await apply(api, `${at('v1')}/status`, ready, 'fieldManager=s');
  expect(withStatus.metadata.managedFields).toMatchObject([
    { manager: 'm', apiVersion: 'example.com/v1' },
    { manager: 's', subresource: 'status', fieldsV1: { 'f:status': { 'f:ready': {} } } },
  ]);
  expect(withStatus.metadata.managedFields?.[1]?.fieldsV1).not.toHaveProperty('f:metadata');
});

test('a time in the metadata of a custom resource that cannot be read is none', async () => {
  const api = await testApi();
  api.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  for (const creationTimestamp of [5, 'x', null]) {
    const given = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', creationTimestamp } };
    const { status, body } = await apply(api, '/apis/example.com/v1/namespaces/default/widgets/w', given);
    expect([status, body.metadata.creationTimestamp]).toEqual([status, expect.stringMatching(/^20/)]);
    expect(status).toBeLessThan(300);
  }
});

test('a manager keeps its fields of an older version of a custom resource while the object can be converted to it, served or not', async () => {
  const api = await testApi();
  const [v1] = WIDGET_SPEC.versions;
  const path = (version: string) => `/apis/example.com/${version}/namespaces/default/widgets/w`;
  const widget = (version: string, spec: object) => ({
    apiVersion: `example.com/${version}`,
    kind: 'Widget',
    metadata: { name: 'w' },
    spec,
  });
  const give = (version: string, manager: string, spec: object) =>
    apply(api, path(version), widget(version, spec), `fieldManager=${manager}`);
  const label = async (text: string) => {
    const body = { metadata: { labels: { l: text } } };
    const headers = { 'content-type': 'application/merge-patch+json' };
    const answer = await api.call(`PATCH ${path('v2')}?fieldManager=p`, { body, headers });
    return (answer.body as KubeObject).metadata.managedFields?.map(({ manager, apiVersion }) => [manager, apiVersion]);
  };
  const older = [v1, v2Of(v1, { size: { type: 'integer' }, color: { type: 'string' } })];
  const defined = (versions: unknown[]) =>
    api.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, versions: versions as (typeof v1 & object)[] }));
  defined(older);
  await give('v1', 'one', { color: 'red' });

  const unserved = { ...v1, served: false };
  defined([unserved, older[1]]);
  await give('v2', 'two', { color: 'red' });
  expect(await label('a')).toEqual([
    ['two', 'example.com/v2'],
    ['one', 'example.com/v1'],
    ['p', 'example.com/v2'],
  ]);

  defined([
    { ...unserved, storage: false },
    v2Of(v1, { color: { type: 'string' }, shape: { type: 'string', default: 'round' } }, true),
  ]);
  const unknown = await give('v2', 'two', { color: 'red' });
  expect([unknown.status, unknown.body.message]).toEqual([500, '.spec.shape: field not declared in schema']);
  expect(await label('b')).toBeUndefined();

  defined(older);
  await give('v1', 'one', { color: 'red' });
  defined([{ ...older[1], storage: true }]);
  const gone = await give('v2', 'two', { color: 'red' });
  expect([gone.status, gone.body.message]).toEqual([
    500,
    'request to convert CR to an invalid group/version: example.com/v1',
  ]);
  expect(await label('c')).toBeUndefined();
});

/** A second version, whose spec has these fields. */
function v2Of(v1: unknown, properties: object, storage = false) {
  const schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  return { ...(v1 as object), name: 'v2', storage, schema: { openAPIV3Schema: schema } };
}

test('an empty list is not what was never given', async () => {
  const api = await testApi();
  const role = (rules?: object[]) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'r' },
    rules,
  });
  const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/r';
  await apply(api, path, role([]));
  expect((await apply(api, path, role([]), 'fieldManager=other')).body.message).toBe(
    'Apply failed with 1 conflict: conflict with "m": .rules',
  );
});

test('ports that an applier takes back, and the type that it leaves, take their node ports along', async () => {
  const api = await testApi();
  const service = (spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec });
  const [a, b] = [
    { name: 'a', port: 80 },
    { name: 'b', port: 80, protocol: 'UDP' },
  ];
  const path = '/api/v1/namespaces/default/services/s';
  expect((await apply(api, path, service({ type: 'NodePort', ports: [a, b] }))).status).toBe(201);
  const { status, body } = await apply(api, path, service({ type: 'ClusterIP', ports: [a] }));
  expect([status, body.spec]).toMatchObject([200, { type: 'ClusterIP' }]);
  expect((body.spec as { ports: object[] }).ports).toEqual([{ ...a, protocol: 'TCP', targetPort: 80 }]);
});

test('no body makes an apply fail otherwise than by a client’s error', async () => {
  const api = await testApi();
  await apply(api, `${DEPLOYMENTS}/d`, bareDeployment());
  const json = fc.json({ maxDepth: 5 });
  const parts = fc
    .object({ maxDepth: 4 })
    .map((spec) => JSON.stringify({ ...bareDeployment(), spec: { ...bareDeployment().spec, ...spec } }));
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, parts, fc.string()), async (body) => {
      const reply = await apply(api, `${DEPLOYMENTS}/d`, body, 'fieldManager=x&force=true');
      // A configuration that does not fit its kind is a 500 upstream, too.
      if (reply.status >= 500)
        expect(reply.body.message).toMatch(/^failed to (create typed patch object|convert new object)/);
      expect(api.reported).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect((await api.call<KubeObject>(`GET ${DEPLOYMENTS}/d`)).status).toBe(200);
});

test('an apply of a custom resource that has no metadata is refused, also where one is there', async () => {
  const api = await testApi();
  api.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, scope: 'Cluster' }));
  const path = '/apis/example.com/v1/widgets/w';
  const bare = { apiVersion: 'example.com/v1', kind: 'Widget' };
  await apply(api, path, { ...bare, metadata: { name: 'w', labels: { a: 'b' } } });
  const { status, body } = await apply(api, path, bare);
  expect([status, body.message]).toEqual([
    400,
    'the name of the object (w based on URL) was undeterminable: name must be provided',
  ]);
});
