import { expect, test } from 'vitest';
import { kinds } from '../../../kube/kinds/index.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { testApi } from '../testing/harness.ts';
import { deployment, TABLE } from '../testing/objects.ts';
import { rowPrinter, tableRow } from './tables.ts';

interface Json {
  metadata: { annotations?: Record<string, string> };
  items?: Json[];
  rows?: { object: Json }[];
}

const kindOf = (name: string) => kinds.find(({ kind }) => kind === name) as (typeof kinds)[number];
const MANAGERS = [{ manager: '},"spec":', operation: 'Update', fieldsV1: { 'f:spec': { 'f:a': {} } } }];
const metadata = (more: object) => ({ name: 'a', creationTimestamp: '2026-01-02T03:04:05Z', ...more });
const tricky = { annotations: { a: '},"spec":{', spec: '"},\\"spec":', managedFields: ',"managedFields":[' } };
const objects: KubeObject[] = [
  metadata({ labels: { spec: 'x' }, ...tricky, managedFields: MANAGERS }),
  metadata({ ...tricky, managedFields: MANAGERS }),
  metadata({ managedFields: MANAGERS, labels: { a: 'b' } }),
  metadata(tricky),
].flatMap((metadata) => [
  { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'b', containers: [] }, status: { phase: 'Running' } },
  { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' }, spec: { containers: [] } },
  { apiVersion: 'v1', kind: 'Pod', metadata },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { managedFields: ',"managedFields":[', a: '},"data":' } },
  {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata,
    data: { metadata: { managedFields: MANAGERS } },
    revision: 3,
  },
]) as KubeObject[];

test.each(['None', 'Metadata', 'Object'] as const)(
  'a row that is cut from a text, with %s, is the one of its object',
  (include) => {
    for (const object of objects) {
      const { kind, apiVersion, ...rest } = object;
      const text = JSON.stringify({ kind, apiVersion, ...rest });
      const now = Date.parse('2026-01-03T03:04:05Z');
      const expected = tableRow(kindOf(kind), object, text, include, now, 'v1');
      expect(rowPrinter(kindOf(kind), include, now, 'v1')(text)).toBe(expected);
    }
  },
);

test('metadata alone, and rows, do not have the annotations that stand for fields', async () => {
  const { call, create } = await testApi();
  const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets';
  const autoscalers = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
  const web = deployment('web');
  const { replicas: _, ...spec } = web.spec;
  await create(daemonSets, { metadata: { name: 'a' }, spec });
  const metrics = '[{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":80}}]';
  const annotations = { 'autoscaling.alpha.kubernetes.io/metrics': metrics, x: 'y' };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  await create(autoscalers, { metadata: { name: 'a', annotations }, spec: { maxReplicas: 2, scaleTargetRef } });
  const partial = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
  const partials = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
  for (const [path, left, all] of [
    [daemonSets, undefined, ['deprecated.daemonset.template.generation']],
    [autoscalers, ['x'], ['x', 'autoscaling.alpha.kubernetes.io/metrics']],
  ] as const) {
    const seen = async (from: string, headers: Record<string, string>) => {
      const { body } = await call<Json>(`GET ${from}`, { headers });
      const { metadata } = body.rows?.[0]?.object ?? body.items?.[0] ?? body;
      return metadata.annotations && Object.keys(metadata.annotations);
    };
    expect(await seen(`${path}/a`, partial)).toEqual(left);
    expect(await seen(path, partials)).toEqual(left);
    expect(await seen(path, TABLE)).toEqual(left);
    expect(await seen(`${path}/a`, TABLE)).toEqual(left);
    expect(await seen(`${path}?includeObject=Object`, TABLE)).toEqual(all);
    expect(await seen(`${path}/a`, {})).toEqual(all);
  }
});

test('of some subresources there are no tables, which is said before the object is looked for', async () => {
  const { call } = await testApi();
  const headers = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
  for (const line of [
    'GET /api/v1/namespaces/default/pods/nope/resize',
    'POST /api/v1/namespaces/default/pods/nope/eviction',
    'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/nope/approval',
    'GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions/nope/status',
    'GET /apis/resource.k8s.io/v1/namespaces/default/resourceclaims/nope/status',
  ]) {
    const { status } = await call(line, { headers, ...(line.startsWith('GET') ? {} : { body: {} }) });
    expect([line, status]).toEqual([line, 406]);
  }
  expect((await call('GET /api/v1/namespaces/default/pods/nope/status', { headers })).status).toBe(404);
});
