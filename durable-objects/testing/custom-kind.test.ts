/** A kind that is known as data alone is served while its definition is there, as a built-in one is. */
import { expect, test } from 'vitest';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import type { KubeObject } from '../../kube/machinery/object.ts';
import { TestCluster } from './cluster.ts';
import { ROOT, WIDGET_SPEC, WIDGETS, WIDGETS_CRD, type Widget, widget } from './widgets.ts';

interface Table {
  columnDefinitions: { name: string; description: string }[];
  rows: { cells: unknown[] }[];
}

const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const MERGE = 'application/merge-patch+json';

async function started(): Promise<TestCluster> {
  const cluster = await TestCluster.start({ simulatedNodes: 0 });
  expect((await cluster.send(`GET ${WIDGETS}`)).status).toBe(404);
  cluster.kinds.define(WIDGETS_CRD, customKinds(WIDGET_SPEC));
  return cluster;
}

test('a default of the status is there from the create on, which drops the status that was sent', async () => {
  const cluster = await started();
  const [version] = structuredClone(WIDGET_SPEC.versions);
  if (version?.schema?.openAPIV3Schema?.properties?.status) {
    version.schema.openAPIV3Schema.properties.status.default = { ready: false };
  }
  cluster.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, versions: version ? [version] : [] }));
  const sent = { ...widget('a', {}), status: { ready: true } };
  expect((await cluster.must<Widget>(`POST ${WIDGETS}`, sent)).status).toEqual({ ready: false });
  await cluster.must(`PATCH ${WIDGETS}/a/status`, { status: { ready: true } }, MERGE);
  const patched = await cluster.must<Widget>(`PATCH ${WIDGETS}/a`, { spec: { size: 9 } }, MERGE);
  expect([patched.status, patched.spec?.size]).toEqual([{ ready: true }, 9]);
});

test('objects are created, defaulted, pruned, read, replaced, patched and deleted', async () => {
  const cluster = await started();
  const unknown = await cluster.send<Widget>(`POST ${WIDGETS}`, {
    ...widget('a', { color: 'red', parts: [{ name: 'p' }], free: { any: [1, { x: null }] } }),
    spec: { color: 'red', parts: [{ name: 'p' }], free: { any: [1] }, colour: 'red' },
    status: { ready: true },
  });
  expect([unknown.status, unknown.headers.warning]).toEqual([201, '299 - "unknown field \\"spec.colour\\""']);
  const { metadata, ...content } = unknown.body;
  expect(content).toEqual({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    spec: { color: 'red', parts: [{ name: 'p', weight: 1 }], free: { any: [1] }, size: 3 },
  });
  expect(metadata).toMatchObject({ generation: 1, namespace: 'default', resourceVersion: expect.any(String) });
  expect((await cluster.send(`POST ${WIDGETS}`, widget('a'))).body).toMatchObject({
    message: 'widgets.example.com "a" already exists',
  });
  const wrong = await cluster.send<{ message: string }>(`POST ${WIDGETS}`, widget('b', { size: 'big' as never }));
  expect([wrong.status, wrong.body.message]).toEqual([
    422,
    expect.stringContaining('spec.size in body must be of type integer'),
  ]);

  const read = await cluster.must<Widget>(`GET ${WIDGETS}/a`);
  expect(await cluster.list(WIDGETS)).toEqual([read]);
  expect(read).toEqual(unknown.body);
  const stale = { ...read, metadata: { ...read.metadata, resourceVersion: undefined } };
  expect((await cluster.send(`PUT ${WIDGETS}/a`, stale)).body).toMatchObject({
    message:
      'widgets.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
  });
  expect((await cluster.send(`PUT ${WIDGETS}/none`, widget('none'))).status).toBe(404);
  const replaced = await cluster.must<Widget>(`PUT ${WIDGETS}/a`, { ...read, spec: { ...read.spec, size: 4 } });
  expect([replaced.spec?.size, replaced.metadata.generation]).toEqual([4, 2]);
  const merged = await cluster.must<Widget>(`PATCH ${WIDGETS}/a`, { spec: { color: 'blue' } }, MERGE);
  expect(merged.spec).toMatchObject({ color: 'blue', size: 4 });
  const steps = [{ op: 'add', path: '/spec/parts/-', value: { name: 'q' } }];
  const patched = await cluster.must<Widget>(`PATCH ${WIDGETS}/a`, steps, 'application/json-patch+json');
  expect(patched.spec?.parts).toEqual([
    { name: 'p', weight: 1 },
    { name: 'q', weight: 1 },
  ]);
  const strategic = 'application/strategic-merge-patch+json';
  expect(await cluster.send(`PATCH ${WIDGETS}/a`, {}, strategic)).toMatchObject({
    status: 415,
    body: { message: expect.not.stringContaining('strategic') },
  });
  const [{ fieldsV1 } = { fieldsV1: {} }] = patched.metadata.managedFields ?? [];
  expect(fieldsV1).toMatchObject({ 'f:spec': { 'f:parts': { 'k:{"name":"p"}': { 'f:weight': {} } } } });

  expect(await cluster.must(`DELETE ${WIDGETS}/a`)).toMatchObject({
    status: 'Success',
    details: { name: 'a', group: 'example.com', kind: 'widgets' },
  });
  expect((await cluster.send(`GET ${WIDGETS}/a`)).body).toMatchObject({ message: 'widgets.example.com "a" not found' });
  expect(cluster.reported).toEqual([]);
});

test('the status has an endpoint of its own, and a Scale stands for the size', async () => {
  const cluster = await started();
  await cluster.must(`POST ${WIDGETS}`, widget('a', { color: 'red' }));
  const reported = await cluster.must<Widget>(
    `PATCH ${WIDGETS}/a/status`,
    { spec: { color: 'none' }, status: { ready: true } },
    MERGE,
  );
  expect([reported.spec?.color, reported.status, reported.metadata.generation]).toEqual(['red', { ready: true }, 1]);
  const kept = await cluster.must<Widget>(`PATCH ${WIDGETS}/a`, { status: { ready: false } }, MERGE);
  expect([kept.status, kept.metadata.generation]).toEqual([{ ready: true }, 1]);
  await cluster.must(`PATCH ${WIDGETS}/a/scale`, { spec: { replicas: 7 } }, MERGE);
  expect(await cluster.must(`GET ${WIDGETS}/a/scale`)).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
  expect((await cluster.must<Widget>(`GET ${WIDGETS}/a`)).spec?.size).toBe(7);
});

test('lists and watches select by label and by the fields that the definition names, and print its columns', async () => {
  const cluster = await started();
  const red = await cluster.watch(`${WIDGETS}?fieldSelector=spec.color%3Dred`);
  const labelled = await cluster.watch(`${ROOT}/widgets?labelSelector=app%3Dweb`);
  await cluster.must(`POST ${WIDGETS}`, widget('a', { color: 'red' }, { labels: { app: 'web' } }));
  await cluster.must(`POST ${WIDGETS}`, widget('b', { color: 'blue' }));
  await cluster.must(`PATCH ${WIDGETS}/a`, { spec: { color: 'green' } }, MERGE);
  await cluster.must(
    `PATCH ${WIDGETS}/b/status`,
    { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    MERGE,
  );
  const names = (list: KubeObject[]) => list.map(({ metadata }) => metadata.name);
  expect(names(await cluster.list(`${WIDGETS}?fieldSelector=spec.color%3Dgreen`))).toEqual(['a']);
  expect(names(await cluster.list(`${ROOT}/widgets?labelSelector=!app`))).toEqual(['b']);
  expect((await cluster.send(`GET ${WIDGETS}?fieldSelector=spec.size%3D3`)).body).toMatchObject({
    code: 400,
    message: 'field label not supported: spec.size',
  });
  const types = (lines: string[]) => lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect([types(red.lines), types(labelled.lines)]).toEqual([
    ['ADDED', 'DELETED'],
    ['ADDED', 'MODIFIED'],
  ]);

  await cluster.advance(61_000);
  const table = await cluster.must<Table>(`GET ${WIDGETS}`, undefined, undefined, TABLE);
  expect(table.columnDefinitions.map(({ name, description }) => [name, description])).toEqual([
    ['Name', 'Name of the object, unique within its kind (and namespace).'],
    ['Color', 'Custom resource definition column (in JSONPath format): .spec.color'],
    ['Ready', expect.stringContaining('status.conditions')],
    ['Age', expect.stringContaining('.metadata.creationTimestamp')],
  ]);
  expect(table.rows.map(({ cells }) => cells)).toEqual([
    ['a', 'green', null, '61s'],
    ['b', 'blue', 'True', '61s'],
  ]);
});

test('an object owns others, is owned, and goes with its namespace', async () => {
  const cluster = await started();
  const owner = await cluster.must(`POST ${WIDGETS}`, widget('owner'));
  const reference = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'owner', uid: owner.metadata.uid };
  const map = { metadata: { name: 'owned', ownerReferences: [reference] } };
  await cluster.must('POST /api/v1/namespaces/default/configmaps', map);
  await cluster.must(`POST ${WIDGETS}`, widget('owned', {}, { ownerReferences: [reference] }));
  await cluster.settle();
  await cluster.must(`DELETE ${WIDGETS}/owner?propagationPolicy=Foreground`);
  await cluster.settle();
  expect((await cluster.send('GET /api/v1/namespaces/default/configmaps/owned')).status).toBe(404);
  expect(await cluster.list(WIDGETS)).toEqual([]);

  await cluster.must('POST /api/v1/namespaces', { metadata: { name: 'brief' } });
  await cluster.must(`POST ${ROOT}/namespaces/brief/widgets`, widget('a'));
  await cluster.must('DELETE /api/v1/namespaces/brief');
  await cluster.advance(10_000);
  expect((await cluster.send('GET /api/v1/namespaces/brief')).status).toBe(404);
  expect(await cluster.list(`${ROOT}/widgets`)).toEqual([]);
});

test('a definition that is removed takes no new objects, loses those it has, ends its watches, and is forgotten', async () => {
  const cluster = await started();
  await cluster.must(`POST ${WIDGETS}`, widget('a'));
  await cluster.must(`POST ${WIDGETS}`, widget('held', {}, { finalizers: ['example.com/hold'] }));
  const watch = await cluster.watch(WIDGETS);
  const other = await cluster.watch('/api/v1/namespaces/default/configmaps');
  cluster.kinds.terminate(WIDGETS_CRD);
  expect(await cluster.send(`POST ${WIDGETS}`, widget('late'))).toMatchObject({
    status: 403,
    body: {
      message:
        'widgets.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
    },
  });
  await cluster.must(`DELETE ${WIDGETS}`);
  expect(watch.lines.at(-1)).not.toBe('end');
  await cluster.must(`PATCH ${WIDGETS}/held`, { metadata: { finalizers: null } }, MERGE);
  expect(await cluster.list(WIDGETS)).toEqual([]);

  cluster.kinds.remove(WIDGETS_CRD);
  expect(watch.lines.at(-1)).toBe('end');
  expect(other.lines.at(-1)).not.toBe('end');
  for (const line of [
    `GET ${WIDGETS}`,
    `POST ${WIDGETS}`,
    `GET ${ROOT}`,
    'GET /apis/example.com/v1',
    `GET ${WIDGETS}?watch=1`,
  ]) {
    expect((await cluster.send(line, widget('late'))).body, line).toMatchObject({
      code: 404,
      message: '404 page not found',
    });
  }
  const found = cluster.kinds.findResource('example.com', 'v1', 'widgets');
  expect(found).toBeUndefined();
  expect(cluster.reported).toEqual([]);
});

test('a definition that changes ends its watches, and what was stored is read by it from then on', async () => {
  const cluster = await started();
  await cluster.must(`POST ${WIDGETS}`, widget('a', { color: 'red' }));
  const watch = await cluster.watch(WIDGETS);
  const [v1] = WIDGET_SPEC.versions;
  if (!v1) throw new Error('no version');
  const versions = [
    { ...v1, storage: false, deprecated: true },
    { ...v1, name: 'v2' },
  ];
  cluster.kinds.define(WIDGETS_CRD, customKinds({ ...WIDGET_SPEC, versions }));
  expect(watch.lines.at(-1)).toBe('end');
  const read = await cluster.send<Widget>('GET /apis/example.com/v2/namespaces/default/widgets/a');
  expect([read.body.apiVersion, read.body.spec?.color, read.headers.warning]).toEqual([
    'example.com/v2',
    'red',
    undefined,
  ]);
  const old = await cluster.send<Widget>(`GET ${WIDGETS}/a`);
  expect([old.body.apiVersion, old.headers.warning]).toEqual([
    'example.com/v1',
    '299 - "example.com/v1 Widget is deprecated; use example.com/v2 Widget"',
  ]);
  const [event] = (await cluster.watch('/apis/example.com/v2/widgets')).lines;
  expect(JSON.parse(event ?? '').object.apiVersion).toBe('example.com/v2');
});

test('discovery lists what is defined, in both forms, behind the built-in groups', async () => {
  const cluster = await started();
  const { groups } = await cluster.must<{ groups: { name: string }[] }>('GET /apis');
  expect(groups.at(-1)).toEqual({
    name: 'example.com',
    versions: [{ groupVersion: 'example.com/v1', version: 'v1' }],
    preferredVersion: { groupVersion: 'example.com/v1', version: 'v1' },
  });
  const { resources } = await cluster.must<{ resources: { name: string; shortNames?: string[] }[] }>(`GET ${ROOT}`);
  // Upstream lists the status of a custom resource first, and sorts the subresources of built-in kinds.
  expect(resources.map(({ name }) => name)).toEqual(['widgets', 'widgets/status', 'widgets/scale']);
  expect(resources[0]?.shortNames).toEqual(['wd']);
  const found = await cluster.must<{ items: { metadata: { name: string } }[] }>(
    'GET /apis',
    undefined,
    undefined,
    AGGREGATED,
  );
  expect(found.items.at(-1)?.metadata.name).toBe('example.com');
  const openApi = await cluster.must<{ paths: object }>('GET /openapi/v3');
  expect(Object.keys(openApi.paths)).toEqual(['apis/example.com/v1']);
  const path = '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/status';
  const document = await cluster.send('GET /openapi/v3/apis/example.com/v1');
  expect(document.body).toMatchObject({ paths: { [path]: {} } });
  expect(JSON.stringify(openApi)).toContain(`hash=${JSON.parse(document.headers.etag ?? '')}`);
  cluster.kinds.remove(WIDGETS_CRD);
  expect(await cluster.must('GET /openapi/v3')).toEqual({ paths: {} });
});
