/** Objects of a definition with several versions, or one that changes. */
import { expect, test } from 'vitest';
import { TestCluster } from './cluster.ts';
import { WIDGET_SPEC, WIDGETS, WIDGETS_CRD, type Widget, widget, widgetDefinition } from './widgets.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MERGE = 'application/merge-patch+json';

async function started(): Promise<TestCluster> {
  return TestCluster.start({ simulatedNodes: 0 });
}

test('a write through another version takes what that version has not, though it changes nothing else', async () => {
  const cluster = await started();
  const [v1] = WIDGET_SPEC.versions;
  const spec = { type: 'object', properties: { size: { type: 'integer' } } };
  const small = {
    name: 'v1beta1',
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
  };
  await cluster.must(`POST ${CRDS}`, widgetDefinition({ versions: [v1, small] }));
  const made = await cluster.must<Widget>(`POST ${WIDGETS}`, widget('a', { color: 'red' }));
  const other = WIDGETS.replace('/v1/', '/v1beta1/');
  const change = async () =>
    (await cluster.must<Widget>(`PUT ${other}/a`, await cluster.must(`GET ${other}/a`))).metadata;
  const { resourceVersion } = await change();
  expect(resourceVersion).not.toBe(made.metadata.resourceVersion);
  expect((await cluster.must<Widget>(`GET ${WIDGETS}/a`)).spec).toEqual({ size: 3 });
  expect((await change()).resourceVersion).toBe(resourceVersion);
  // A new schema alone stores no object anew, where it would be stored alike.
  await cluster.must(`PATCH ${CRDS}/${WIDGETS_CRD}`, { spec: { names: { shortNames: ['w'] } } }, MERGE);
  expect((await change()).resourceVersion).toBe(resourceVersion);
});

test('a status that one version sets with the rest is in conflict with an apply through a version that drops it', async () => {
  const cluster = await started();
  const [v1] = WIDGET_SPEC.versions;
  const { subresources: _, ...whole } = { ...v1, name: 'v2', storage: false };
  await cluster.must(`POST ${CRDS}`, widgetDefinition({ versions: [v1, whole] }));
  const body = { ...widget('a'), status: { ready: true } };
  const v2 = { ...body, apiVersion: 'example.com/v2' };
  await cluster.must(`POST ${WIDGETS.replace('/v1/', '/v2/')}`, v2);
  const applied = { ...body, status: { ready: false } };
  const line = `PATCH ${WIDGETS}/a?fieldManager=one`;
  const { status, body: said } = await cluster.send<{ message: string }>(line, applied, 'application/apply-patch+yaml');
  expect([status, said.message]).toEqual([409, expect.stringContaining('using example.com/v2: .status.ready')]);
});

test('fields are tracked for no manager once the definition does not fit the object, or its status', async () => {
  const cluster = await started();
  const schema = (size: string) => {
    const [version] = structuredClone(WIDGET_SPEC.versions) as unknown as [Json];
    version.schema.openAPIV3Schema.properties.spec.properties.size = { type: size };
    return { versions: [version] };
  };
  await cluster.must(`POST ${CRDS}`, widgetDefinition(schema('integer')));
  const managers = ({ metadata }: Widget) => metadata.managedFields?.length;
  const unfit = { ...widget('b'), status: { ready: 'no' } };
  expect(managers(await cluster.must<Widget>(`POST ${WIDGETS}`, unfit))).toBeUndefined();
  expect(managers(await cluster.must<Widget>(`POST ${WIDGETS}`, widget('a', { size: 1 })))).toBe(1);
  await cluster.must(`PATCH ${CRDS}/${WIDGETS_CRD}`, { spec: schema('string') }, MERGE);
  const labelled = await cluster.must<Widget>(`PATCH ${WIDGETS}/a/status`, { status: { ready: true } }, MERGE);
  expect(managers(labelled)).toBeUndefined();
});

// biome-ignore lint/suspicious/noExplicitAny: a definition, of which a part is exchanged.
type Json = any;
