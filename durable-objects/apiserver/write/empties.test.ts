import { expect, test } from 'vitest';
import { customKinds } from '../../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { testApi } from '../testing/harness.ts';
import { APPLY, MERGE, PODS, pod } from '../testing/objects.ts';

const POLICIES = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
const HPAS = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
const TEMPLATES = '/apis/resource.k8s.io/v1/namespaces/default/resourceclaimtemplates';
const DEVICES = '/apis/resource.k8s.io/v1/resourceslices';

test('a list that is given empty is another than none where upstream compares so', async () => {
  const { call, create } = await testApi();
  const policy = { metadata: { name: 'p' }, spec: { podSelector: {}, policyTypes: ['Egress'] } };
  await create(POLICIES, policy);
  const update = async (more: object): Promise<number | undefined> => {
    const { body } = await call<KubeObject>(`PUT ${POLICIES}/p`, { body: { ...policy, ...more } });
    return body.metadata.generation;
  };
  expect(await update({})).toBe(1);
  expect(await update({ spec: { ...policy.spec, egress: [] } })).toBe(2);
  expect(await update({ metadata: { ...policy.metadata, finalizers: [] } })).toBe(2);
  const other = { metadata: { name: 'q' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
  await create(POLICIES, other);
  // A default is in the place of this one by then.
  const spec = { podSelector: {}, policyTypes: [] };
  const { body } = await call<KubeObject>(`PUT ${POLICIES}/q`, { body: { ...other, spec } });
  expect(body.metadata.generation).toBe(1);
});

test('a field that upstream drops after it has compared the objects counts as a change', async () => {
  const { call, create } = await testApi();
  const slice = { metadata: { name: 's' }, addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] };
  await create(SLICES, slice);
  const endpoints = [{ addresses: ['10.0.0.1'], deprecatedTopology: { a: 'b' } }];
  const { body } = await call<KubeObject>(`PUT ${SLICES}/s`, { body: { ...slice, endpoints } });
  expect([body.metadata.generation, body.endpoints]).toEqual([2, [{ addresses: ['10.0.0.1'], conditions: {} }]]);
});

test.each<[string, string, object, string]>([
  [
    'policies of an autoscaler',
    HPAS,
    {
      metadata: { name: 'x' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 2,
        behavior: { scaleUp: { policies: [] } },
      },
    },
    'spec.behavior.scaleUp.policies: Required value: must specify at least one Policy',
  ],
  [
    'metadata of a template',
    TEMPLATES,
    { metadata: { name: 'x' }, spec: { metadata: { ownerReferences: [] }, spec: {} } },
    'spec.metadata.ownerReferences: Forbidden: cannot be set',
  ],
  [
    'counters beside devices',
    DEVICES,
    {
      metadata: { name: 'x' },
      spec: {
        driver: 'a.b',
        nodeName: 'n',
        pool: { name: 'p', resourceSliceCount: 1 },
        devices: [{ name: 'd' }],
        sharedCounters: [],
      },
    },
    'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
  ],
])('an empty list is refused among %s', async (_, path, body, why) => {
  const { call } = await testApi();
  const reply = await call(`POST ${path}`, { body });
  expect([reply.status, reply.body.message]).toEqual([422, expect.stringContaining(why)]);
});

test('an empty list is refused in a container that is added to a pod', async () => {
  const { call, create } = await testApi();
  const made = await create<KubeObject>(PODS, pod('p'));
  const ephemeralContainers = [{ name: 'debug', image: 'x', resizePolicy: [], resources: { claims: [] } }];
  const body = { ...made, spec: { ...(made.spec as object), ephemeralContainers } };
  const reply = await call(`PUT ${PODS}/p/ephemeralcontainers`, { body });
  for (const name of ['resources', 'resizePolicy']) {
    expect(reply.body.message).toContain(
      `spec.ephemeralContainers[0].${name}: Forbidden: cannot be set for an Ephemeral Container`,
    );
  }
});

test('the claims of a pod as a whole, and the parts of a schema that has a status, may not be given empty', async () => {
  const { call } = await testApi();
  const made = pod('p');
  const spec = { ...(made.spec as object), resources: { claims: [] } };
  expect((await call(`POST ${PODS}`, { body: { ...made, spec } })).body.message).toContain(
    'spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level',
  );
  const openAPIV3Schema = { type: 'object', definitions: {} };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    subresources: { status: {} },
    schema: { openAPIV3Schema },
  };
  const definition = {
    metadata: { name: 'as.x.y' },
    spec: { group: 'x.y', scope: 'Cluster', names: { plural: 'as', kind: 'A' }, versions: [version] },
  };
  const { body } = await call('POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: definition });
  expect(body.message).toContain('fields are allowed at the root of the schema if the status subresource is enabled');
});

test('an object that is called by its address gets no other name', async () => {
  const { call } = await testApi();
  const spec = { parentRef: { resource: 'services', namespace: 'default', name: 's' } };
  const path = '/apis/networking.k8s.io/v1/ipaddresses';
  const { body } = await call<KubeObject>(`POST ${path}`, { body: { metadata: { generateName: '10.9.8.7' }, spec } });
  expect(body.metadata.name).toBe('10.9.8.7');
});

test('metrics of an autoscaler that a status gives empty are stored as none', async () => {
  const { call, create } = await testApi();
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 2 };
  await create(HPAS, { metadata: { name: 'x' }, spec });
  const put = async (currentMetrics: unknown) => {
    const status = { desiredReplicas: 1, currentMetrics };
    return (await call<KubeObject>(`PUT ${HPAS}/x/status`, { body: { metadata: { name: 'x' }, spec, status } })).body;
  };
  const first = await put([]);
  expect(first.status).toEqual({ desiredReplicas: 1, currentMetrics: null });
  expect((await put(null)).metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test('a null that an apply leaves where the schema allows none is neither stored nor shown', async () => {
  const { call, create, kinds } = await testApi();
  const open = { 'x-kubernetes-preserve-unknown-fields': true };
  const properties = { extra: open, free: { ...open, nullable: true } };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties } },
  };
  const definition = {
    metadata: { name: 'foos.x.io' },
    spec: { group: 'x.io', scope: 'Namespaced', names: { plural: 'foos', kind: 'Foo' }, versions: [version] },
  };
  const made = await create<{ spec: never }>('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  kinds.define('foos.x.io', customKinds(made.spec));
  const path = '/apis/x.io/v1/namespaces/default/foos/a';
  const patch = async (type: Record<string, string>, given: object) =>
    (await call<KubeObject>(`PATCH ${path}?fieldManager=m`, { body: given, headers: type })).body;
  const foo = { apiVersion: 'x.io/v1', kind: 'Foo', metadata: { name: 'a' } };
  await patch(APPLY, { ...foo, extra: { a: 1 }, free: { a: 1 } });
  // An apply that takes the last key of a map away leaves null in its place.
  const emptied = await patch(APPLY, { ...foo, extra: {}, free: {} });
  expect([emptied.extra, emptied.free, emptied.metadata.generation]).toEqual([undefined, null, 2]);
  const { resourceVersion } = emptied.metadata;
  expect((await patch(MERGE, {})).metadata).toMatchObject({ resourceVersion, generation: 2 });
});
