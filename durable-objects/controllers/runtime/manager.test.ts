import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseKey } from '../../../kube/machinery/resource.ts';
import type { Deployment, Event, ReplicaSet } from '../../../kube/types.ts';
import { FAR_BEHIND } from '../../follow/cursor.ts';
import { deploymentController } from '../deployment-controller.ts';
import { replicaSetController } from '../replicaset-controller.ts';
import { defineController } from './controller.ts';
import { Harness } from './testing/harness.ts';
import { nginxDeployment, runPods, settleAll } from './testing/kubelet.ts';
import { Refusal } from './testing/memory-api.ts';

const DEPLOYMENTS = 'deployments.apps';
const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'owner' };

test('killed and brought back between any two steps, the controllers reach the same end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 }), async (kills) => {
      const harness = new Harness([deploymentController, replicaSetController]);
      const { api } = harness;
      const deeds = [
        () => api.apply(DEPLOYMENTS, nginxDeployment({ replicas: 6 })),
        () => api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { replicas: 4 } }),
        () =>
          api.patch(DEPLOYMENTS, 'default', 'nginx', {
            spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:2' }] } } },
          }),
      ];
      for (const deed of deeds) {
        await deed();
        for (const steps of kills) {
          for (let step = 0; step < steps; step++) await harness.step();
          await runPods(harness);
          harness.kill();
        }
      }
      await settleAll(harness);
      const sets = api.all<ReplicaSet>('replicasets.apps/').map((set) => set.spec?.replicas);
      expect(sets.filter((size) => size !== 0)).toEqual([4]);
      expect(api.all('pods/')).toHaveLength(4);
      expect(api.read<Deployment>(DEPLOYMENTS, 'default', 'nginx')?.status).toMatchObject({
        replicas: 4,
        updatedReplicas: 4,
        availableReplicas: 4,
        observedGeneration: 3,
      });
      expect(harness.errors).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('a key that fails comes back by a timer row, says why once, and holds nothing up', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  const { api } = harness;
  api.intercept = ({ method, path }) => {
    if (method === 'POST' && path.endsWith('/pods')) throw new Refusal('Forbidden', 'exceeded quota: pods=0');
  };
  const deployment = nginxDeployment();
  const annotations = { format: 'log format: {error} {name}' };
  await api.apply(DEPLOYMENTS, { ...deployment, metadata: { ...deployment.metadata, annotations } });
  await harness.settle(20_000);
  const rows = [...harness.timers.rows.keys()].filter((id) => id.includes('replicaset-controller/'));
  expect(rows).toHaveLength(1);
  const cursor = JSON.parse(harness.notes.read('controllers/cursor') ?? '{}');
  const missing = api.log({ after: cursor.revision, limit: 100 }).filter(({ key }) => !key.startsWith('events/'));
  expect(missing).toEqual([]);
  const failed = api.all<Event>('events/').filter(({ reason }) => reason === 'FailedCreate');
  expect(failed).toHaveLength(1);
  expect(failed[0]?.message).toBe('Error creating: exceeded quota: pods=0');
  expect(failed[0]?.count).toBeGreaterThan(5);
  expect(failed[0]?.metadata.name).toMatch(/^nginx-\w+\.[0-9a-f]{16}$/);
  const set = api.all<ReplicaSet>('replicasets.apps/')[0];
  expect(set?.status?.conditions?.[0]).toMatchObject({
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: 'exceeded quota: pods=0',
  });
  expect(set?.metadata.annotations).toMatchObject(annotations);

  api.intercept = () => {};
  harness.kill();
  await harness.settle(1_100_000);
  await settleAll(harness);
  expect(api.all('pods/')).toHaveLength(3);
  expect(api.all<ReplicaSet>('replicasets.apps/')[0]?.status?.conditions ?? []).toEqual([]);
  expect(harness.timers.rows.size).toBe(0);
});

test('an object that died with work under way is woken by its guard; one at rest has none', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await harness.step();
  expect(harness.timers.next()).toBe(harness.time.now() + 15_000);
  await settleAll(harness);
  expect(harness.timers.rows.size).toBe(0);
});

test('an object that wakes with nothing left to do reads nothing and writes nothing', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  const [revision, notes, timers] = [harness.api.revision, harness.notes.writes, harness.timers.writes];
  let lists = 0;
  const list = harness.api.list.bind(harness.api);
  harness.api.list = (query) => {
    lists++;
    return list(query);
  };
  harness.kill();
  await harness.settle(3_600_000);
  expect([harness.api.revision, harness.notes.writes, harness.timers.writes, lists]).toEqual([
    revision,
    notes,
    timers,
    0,
  ]);
});

test('a change that no controller acts on causes no read and no guard, and seldom moves the cursor', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  const { api, notes, timers } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  let lists = 0;
  const list = api.list.bind(api);
  api.list = (query) => {
    lists++;
    return list(query);
  };
  const configMap = (name: string, ownerReferences?: object[]) =>
    api.apply('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default', ownerReferences },
    });
  harness.kill();
  const before = [notes.writes, timers.writes];
  await configMap('asleep');
  await harness.settle(60_000);
  harness.kill();
  await harness.settle(60_000);
  expect([lists, notes.writes, timers.writes]).toEqual([0, ...before]);
  for (let count = 0; count < 2 * FAR_BEHIND; count++) await configMap(`c${count}`);
  await harness.settle(60_000);
  expect([lists, notes.writes - (before[0] ?? 0)]).toEqual([0, 2]);

  harness.kill();
  await api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { replicas: 5 } });
  await settleAll(harness);
  expect(api.all('pods/')).toHaveLength(5);
  expect(harness.errors).toEqual([]);
});

test('with the log compacted behind the cursor, everything is looked at anew', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  const { api } = harness;
  await api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  harness.kill();
  await api.patch(DEPLOYMENTS, 'default', 'nginx', { spec: { replicas: 5 } });
  harness.kill();
  api.compacted = api.revision;
  await settleAll(harness);
  expect(api.all('pods/')).toHaveLength(5);
});

test('watched objects that the view does not keep are looked at, too, when everything is', async () => {
  const looked: string[] = [];
  const passing = defineController({
    name: 'passing',
    for: '*',
    watches: [{ resource: 'configmaps', keysOnly: true, map: ({ key, after }) => (after ? [key] : []) }],
    reconcile: (key) => {
      looked.push(key);
      return { actions: [] };
    },
  });
  const harness = new Harness([passing]);
  for (let index = 0; index < 250; index++) {
    const metadata = { name: `c-${index}`, namespace: 'default', ownerReferences: index === 7 ? [OWNER] : undefined };
    await harness.api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  }
  harness.kill();
  await harness.settle();
  expect(new Set(looked).size).toBe(250);
  expect(looked).toHaveLength(250);
});

test('a timer that fired is not lost when the object dies before its key was answered', async () => {
  let runs = 0;
  const later = defineController({
    name: 'later',
    for: 'things.test',
    reconcile: () => ({ actions: [], ...(runs++ === 0 ? { requeueAfter: 60_000 } : {}) }),
  });
  const harness = new Harness([later]);
  await harness.api.apply('things.test', { apiVersion: 'test/v1', kind: 'Thing', metadata: { name: 'a' } });
  await harness.settle();
  harness.time.advance(60_000);
  await harness.step(harness.time.now());
  harness.kill();
  await harness.settle(120_000);
  expect(runs).toBeGreaterThanOrEqual(2);
  expect(harness.timers.rows.size).toBe(0);
});

test('a run that was asked for within a second is not lost with the object, however much is written meanwhile', async () => {
  let runs = 0;
  const soon = defineController({
    name: 'soon',
    for: 'things.test',
    watches: [{ resource: 'configmaps', map: () => [] }],
    reconcile: () => ({ actions: [], ...(runs++ === 0 ? { requeueAfter: 900 } : {}) }),
  });
  const harness = new Harness([soon]);
  await harness.api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
  await harness.settle();
  await harness.api.apply('things.test', { apiVersion: 'test/v1', kind: 'Thing', metadata: { name: 'a' } });
  while (await harness.step(harness.time.now())) {}
  expect(runs).toBe(1);
  // More than are taken in before the cursor is written.
  for (let count = 0; count < 2500; count++) {
    await harness.api.patch('configmaps', '', 'c', { data: { count: String(count) } });
  }
  while (await harness.step(harness.time.now())) {}
  expect(runs).toBe(1);
  harness.die();
  await harness.settle(20_000);
  expect(runs).toBe(2);
});

test('a set of a thousand pods starts slowly, and its pods’ changes are answered many at a time', async () => {
  const harness = new Harness([replicaSetController]);
  const { api } = harness;
  const deployment = nginxDeployment({ replicas: 1000 });
  await api.apply('replicasets.apps', { ...deployment, kind: 'ReplicaSet' });
  await harness.settle();
  expect(api.all('pods/')).toHaveLength(1000);
  // client-go lets 25 events of one source about one object through at once.
  expect(api.entries.filter(({ key }) => key.startsWith('events/')).length).toBeLessThanOrEqual(25);
  const before = api.revision;
  await runPods(harness);
  await harness.settle();
  const statuses = api.entries.filter(({ key, revision }) => key.startsWith('replicasets.apps/') && revision > before);
  expect(statuses.length).toBeLessThan(20);
});

test('an object that dies right after a commit is woken by its guard alone', async () => {
  const harness = new Harness([deploymentController, replicaSetController]);
  const { api } = harness;
  await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } });
  await harness.settle();
  await api.apply(DEPLOYMENTS, nginxDeployment());
  harness.die();
  await harness.settle(20_000);
  expect(api.all('pods/')).toHaveLength(3);
  expect(harness.errors).toEqual([]);
});

test('another build, or another setting, looks again at keys that the build before it had answered', async () => {
  const versioned = (version: string) =>
    defineController({
      name: 'versioned',
      for: 'configmaps',
      reconcile: (key, view) => {
        const { resource, namespace, name } = parseKey(key);
        const object = view.get(resource, namespace, name);
        if (!object || object.metadata.labels?.version === version) return { actions: [] };
        const { uid } = object.metadata;
        const patch = { metadata: { labels: { version } } };
        return { actions: [{ do: 'patch', target: { resource, namespace, name, uid }, patch }] };
      },
    });
  const harness = new Harness([versioned('1')]);
  await harness.api.apply('configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default' },
  });
  await harness.settle();
  harness.deploy('test', [versioned('2')]);
  await harness.settle();
  expect(harness.api.read('configmaps', 'default', 'c')?.metadata.labels).toEqual({ version: '1' });
  harness.deploy('next', [versioned('2')]);
  await harness.settle();
  expect(harness.api.read('configmaps', 'default', 'c')?.metadata.labels).toEqual({ version: '2' });
  const settled = { ...versioned('3'), settings: 'other' };
  harness.deploy('next', [settled]);
  await harness.settle();
  expect(harness.api.read('configmaps', 'default', 'c')?.metadata.labels).toEqual({ version: '3' });
});
