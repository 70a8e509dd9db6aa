import { expect, test } from 'vitest';
import { TestCluster } from '../testing/cluster.ts';
import { WIDGET_SPEC, WIDGETS, WIDGETS_CRD } from '../testing/widgets.ts';
import { customResourceDefinitionFinalizer } from './custom-resource-definition-finalizer.ts';
import { planFor } from './runtime/testing/plan-for.ts';

const KEY = `customresourcedefinitions.apiextensions.k8s.io//${WIDGETS_CRD}`;
const NOW = Date.parse('2026-01-01T00:01:00Z');
const GOES = { deletionTimestamp: '2026-01-01T00:00:30Z' };
const FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';
const established = { type: 'Established', status: 'True' };
const told = { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress' };

const definition = (metadata: object, conditions: object[] = [established], spec: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: WIDGETS_CRD, finalizers: ['example.com/other', FINALIZER], ...metadata },
  spec: { ...WIDGET_SPEC, ...spec },
  status: { conditions },
});
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const widget = (space: string, name: string, metadata: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: WIDGETS_CRD,
  metadata: { ...(space ? { namespace: space } : {}), name, ...metadata },
});
const plan = (...objects: object[]) => planFor(customResourceDefinitionFinalizer, KEY, objects, NOW);
const spaces = ['a', 'b', 'c'].map(namespace);
const collection = (space: string) => ({
  do: 'delete-collection',
  resource: WIDGETS_CRD,
  namespace: space,
  version: 'v1',
});

test('a definition that is not being deleted, or that another has let go, is left alone', () => {
  expect(plan(definition({}), widget('a', 'w'))).toEqual({ actions: [] });
  expect(plan(definition({ ...GOES, finalizers: ['example.com/other'] }))).toEqual({ actions: [] });
  expect(plan(widget('a', 'w'))).toEqual({ actions: [] });
});

test('objects are deleted where some are not being deleted yet, after the definition says so', () => {
  const objects = [widget('a', 'w'), widget('a', 'held', GOES), widget('b', 'held', GOES)];
  const { actions, ...others } = plan(definition(GOES), ...spaces, ...objects);
  expect(actions).toMatchObject([
    { do: 'update-status', object: { status: { conditions: [{}, told] } } },
    collection('a'),
  ]);
  expect(others).toEqual({ parallel: true });
  expect(plan(definition(GOES, [established, told]), ...spaces, ...objects).actions).toEqual([collection('a')]);
  const one = definition(GOES, [established, told], { scope: 'Cluster' });
  expect(plan(one, widget('', 'w')).actions).toEqual([collection('')]);
});

test('the definition ends once its objects are gone, and at once where it never had any', () => {
  const end = (reason: string, status = 'False') => [
    {
      do: 'update-status',
      object: {
        metadata: { finalizers: ['example.com/other'] },
        status: {
          conditions: expect.arrayContaining([expect.objectContaining({ type: 'Terminating', status, reason })]),
        },
      },
    },
  ];
  expect(plan(definition(GOES, [established, told]), ...spaces).actions).toMatchObject(
    end('InstanceDeletionCompleted'),
  );
  expect(plan(definition(GOES, []), widget('a', 'w')).actions).toMatchObject(end('NeverEstablished'));
});

test.each(['apiservices.apiregistration.k8s.io', 'customresourcedefinitions.apiextensions.k8s.io'])(
  'a definition with the name of %s ends, and leaves the built-in objects alone',
  (name) => {
    const key = `customresourcedefinitions.apiextensions.k8s.io//${name}`;
    const object = definition({ ...GOES, name });
    expect(planFor(customResourceDefinitionFinalizer, key, [object], NOW).actions).toMatchObject([
      {
        do: 'update-status',
        object: {
          metadata: { finalizers: ['example.com/other'] },
          status: {
            conditions: [
              established,
              {
                type: 'Terminating',
                status: 'False',
                reason: 'OverlappingBuiltInResource',
                message: 'instances overlap with built-in resources in storage',
              },
            ],
          },
        },
      },
    ]);
  },
);

test('a definition that waits for an object sets no timer, and ends when the object goes', async () => {
  const cluster = await TestCluster.start();
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { metadata, spec } = definition({ finalizers: [] });
  await cluster.must(`POST ${crds}`, { metadata, spec });
  await cluster.settle();
  await cluster.must(`POST ${WIDGETS}`, {
    ...widget('default', 'held', { finalizers: ['example.com/hold'] }),
    kind: 'Widget',
  });
  await cluster.must(`DELETE ${crds}/${WIDGETS_CRD}`);
  await cluster.advance(60_000);
  const timers = cluster.database.prepare("SELECT id FROM timers WHERE id LIKE '%definition%'").all();
  expect(timers).toEqual([]);
  cluster.evict();
  await cluster.must(`PATCH ${WIDGETS}/held`, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  await cluster.settle();
  expect((await cluster.send(`GET ${crds}/${WIDGETS_CRD}`)).status).toBe(404);
  expect(cluster.reported).toEqual([]);
});
