import { expect, test } from 'vitest';
import { keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import { type Controller, defineController } from './controller.ts';
import { Harness } from './testing/harness.ts';
import { defineIndex, defineProjection } from './view/projection.ts';

/** Facts of Jobs that no other controller keeps, and an index over them. */
const jobFacts = defineProjection<{ queue: string; parallelism: number }>({
  field: 'queued',
  resource: 'jobs.batch',
  compute({ metadata, spec }, intern) {
    const queue = metadata.labels?.queue;
    if (queue === undefined) return undefined;
    return { queue: intern.text(queue), parallelism: (spec as { parallelism?: number }).parallelism ?? 1 };
  },
});
const jobsByQueue = defineIndex({
  name: 'jobs by queue',
  resource: 'jobs.batch',
  values: (job) => {
    const facts = jobFacts.of(job);
    return facts ? [keyOf('configmaps', job.namespace, facts.queue)] : [];
  },
});

/** Counts in a ConfigMap how many pods the Jobs of its queue want at a time. */
const queueController: Controller = defineController({
  name: 'queue-controller',
  for: 'configmaps',
  projections: [jobFacts],
  indexes: [jobsByQueue],
  watches: [
    {
      resource: 'jobs.batch',
      map: ({ before, after }) => [before, after].flatMap((job) => (job ? [...jobsByQueue.values(job)] : [])),
    },
  ],
  reconcile(key, view) {
    const { resource, namespace, name } = parseKey(key);
    const queue = view.get(resource, namespace, name);
    if (!queue) return { actions: [] };
    let wanted = 0;
    for (const job of view.index(jobsByQueue, key)) wanted += jobFacts.of(job)?.parallelism ?? 0;
    const { uid } = queue.metadata;
    const patch = { data: { wanted: String(wanted) } };
    return { actions: [{ do: 'patch', target: { resource, namespace, name, uid }, patch }] };
  },
});

const job = (name: string, queue: string, parallelism: number) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default', labels: { queue } },
  spec: { parallelism },
});

test('a controller brings a projection and an index of its own, and touches no other file', async () => {
  const harness = new Harness([queueController]);
  const { api } = harness;
  const wanted = () => (api.read('configmaps', 'default', 'night') as { data?: { wanted: string } }).data?.wanted;
  await api.apply('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'night', namespace: 'default' },
  });
  for (const [name, many] of Object.entries({ a: 2, b: 3 })) await api.apply('jobs.batch', job(name, 'night', many));
  await api.apply('jobs.batch', job('c', 'day', 5));
  await harness.settle();
  expect(wanted()).toBe('5');
  harness.kill();
  await api.patch('jobs.batch', 'default', 'c', { metadata: { labels: { queue: 'night' } } });
  await harness.settle();
  expect(wanted()).toBe('10');
  await api.remove('jobs.batch', 'default', 'a');
  await api.patch('jobs.batch', 'default', 'b', { metadata: { labels: { queue: 'day' } } });
  await harness.settle();
  expect(wanted()).toBe('5');
  expect(harness.errors).toEqual([]);
});

test('two definitions may not share a field of one resource', () => {
  const other = defineProjection({ field: 'queued', resource: 'jobs.batch', compute: () => 1 });
  const rival = defineController({ ...queueController, name: 'rival', projections: [other], indexes: [] });
  expect(() => new Harness([queueController, rival])).toThrow('two projections of jobs.batch are called queued');
});

test('a projection that throws is absent, and reported', async () => {
  const fragile = defineProjection({
    field: 'first',
    resource: 'configmaps',
    compute: (object) => (object as unknown as { data: { list: string } }).data.list.split(',')[0],
  });
  const seen: unknown[] = [];
  const harness = new Harness([
    defineController({
      name: 'fragile',
      for: 'configmaps',
      projections: [fragile],
      reconcile: (key, view) => {
        seen.push(fragile.of(view.projection(key)));
        return { actions: [] };
      },
    }),
  ]);
  const configMap = (name: string, data?: object) =>
    harness.api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' }, data });
  await configMap('a');
  await configMap('b', { list: 'x,y' });
  await harness.settle();
  expect(seen).toEqual([undefined, 'x']);
  expect(harness.errors).not.toEqual([]);
});
