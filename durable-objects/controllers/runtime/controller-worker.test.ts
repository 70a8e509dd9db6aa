import { expect, test } from 'vitest';
import { parseKey } from '../../../kube/machinery/resource.ts';
import { replicaSetController } from '../replicaset-controller.ts';
import { defineController } from './controller.ts';
import { Harness } from './testing/harness.ts';
import { nginxDeployment } from './testing/kubelet.ts';

test('a mapper that throws is asked again, loses no change, and holds up no other controller', async () => {
  const looked: string[] = [];
  let broken = true;
  const controller = (name: string, map: (key: string) => string[]) =>
    defineController({
      name,
      for: '*',
      watches: [{ resource: 'configmaps', map: ({ key }) => map(key) }],
      reconcile: (key) => {
        looked.push(`${name} ${key}`);
        return { actions: [] };
      },
    });
  const harness = new Harness([
    controller('broken', (key) => {
      if (broken && key.endsWith('/a')) throw new Error('cannot map');
      return [key];
    }),
    controller('sound', (key) => [key]),
  ]);
  for (const name of ['a', 'b']) {
    await harness.api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } });
  }
  await harness.settle(20_000);
  expect([...new Set(looked)].sort()).toEqual([
    'broken configmaps/n/b',
    'sound configmaps/n/a',
    'sound configmaps/n/b',
  ]);
  broken = false;
  harness.kill();
  await harness.settle(1_100_000);
  expect(looked).toContain('broken configmaps/n/a');
  expect(harness.timers.rows.size).toBe(0);
  expect(harness.errors.map(String)).toContain('Error: cannot map');
});

test('a controller whose requests hang takes no slot of another one', async () => {
  const harness = new Harness([
    defineController({
      name: 'hanging',
      for: 'configmaps',
      concurrency: 2,
      reconcile: (key) => ({
        actions: [{ do: 'delete', target: { ...parseKey(key), resource: 'configmaps' } }],
      }),
    }),
    replicaSetController,
  ]);
  const { api } = harness;
  const request = api.request.bind(api);
  let asked = 0;
  api.request = (sent) => {
    if (!sent.path.includes('/configmaps/')) return request(sent);
    asked++;
    return new Promise(() => {});
  };
  for (let index = 0; index < 50; index++) {
    const metadata = { name: `c-${index}`, namespace: 'default' };
    await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  }
  await api.apply('replicasets.apps', { ...nginxDeployment(), kind: 'ReplicaSet' });
  await harness.settle(1_000);
  expect([asked, api.all('pods/').length]).toEqual([2, 3]);
});

test('a run’s memo is handed to the next one, evictions in between or not', async () => {
  const memos: (string | undefined)[] = [];
  const remembering = defineController({
    name: 'remembering',
    for: 'configmaps',
    reconcile: (_key, _view, now, memo) => {
      memos.push(memo);
      return memos.length < 4 ? { actions: [], requeueAfter: 60_000, memo: memo ?? String(now) } : { actions: [] };
    },
  });
  const harness = new Harness([remembering]);
  const start = String(harness.time.now());
  const { api } = harness;
  await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' } });
  await harness.settle(1_000);
  harness.kill();
  harness.time.advance(30_000);
  await api.patch('configmaps', 'default', 'c', { data: { a: 'b' } });
  await harness.settle(5_000);
  harness.kill();
  await harness.settle(29_000);
  // Asked for by the change in between, the second run has not put off the third.
  expect(memos).toEqual([undefined, start, start]);
  await harness.settle(600_000);
  expect(memos).toEqual([undefined, start, start, start]);
  expect(harness.timers.rows.size).toBe(0);
});

test('a delay that is asked for while its key is in work is not lost with the answer', async () => {
  let runs = 0;
  const delaying = defineController({
    name: 'delaying',
    for: '*',
    watches: [{ resource: 'configmaps', map: () => [{ key: 'things//t', after: 40_000 }] }],
    reconcile: () => {
      runs++;
      return { actions: [{ do: 'delete', target: { resource: 'things', namespace: '', name: 't' } }] };
    },
  });
  const harness = new Harness([delaying]);
  const { api, time } = harness;
  const request = api.request.bind(api);
  api.request = async (sent) => {
    await new Promise<void>((resolve) => time.defer(resolve, 500));
    return request(sent);
  };
  const create = (name: string) =>
    api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } });
  await create('a');
  await harness.settle();
  const due = time.now() + 45_000;
  while (runs === 0 && (await harness.step(due))) {}
  await create('b');
  await harness.settle();
  expect(runs).toBe(1);
  await harness.settle(45_000);
  expect(runs).toBe(2);
  expect(harness.timers.rows.size).toBe(0);
});

test('a delay that is asked for while its key is in work is kept also when the run fails', async () => {
  const runs: number[] = [];
  const delaying = defineController({
    name: 'delaying',
    for: '*',
    watches: [
      { resource: 'secrets', map: () => ['things//t'] },
      { resource: 'configmaps', map: () => [{ key: 'things//t', after: 40_000 }] },
    ],
    reconcile: (_key, _view, now) => {
      runs.push(now);
      return { actions: [{ do: 'delete', target: { resource: 'things', namespace: '', name: 't' } }] };
    },
  });
  const harness = new Harness([delaying]);
  const { api, time } = harness;
  api.request = async () => {
    await new Promise<void>((resolve) => time.defer(resolve, 500));
    throw new Error('refused');
  };
  const create = (resource: string, kind: string) =>
    api.apply(resource, { apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'n' } });
  await create('secrets', 'Secret');
  // Until the waits are longer than the delay.
  while (runs.length < 16) await harness.step(time.now() + 1_000_000);
  await create('configmaps', 'ConfigMap');
  const asked = time.now();
  while (runs.length < 17) await harness.step(time.now() + 1_000_000);
  expect((runs.at(-1) ?? 0) - asked).toBeLessThanOrEqual(41_000);
});

test('an object that cannot be read keeps a change whose text is lost from no other', async () => {
  const looked = new Set<string>();
  let isUp = false;
  const harness = new Harness([
    defineController({
      name: 'reading',
      for: 'configmaps',
      filter: ({ object }) => {
        if (!isUp) throw new Error('not yet');
        return object.kind === 'ConfigMap';
      },
      reconcile: (key) => {
        looked.add(key);
        return { actions: [] };
      },
    }),
  ]);
  const { api } = harness;
  for (const name of ['a', 'garbled', 'z']) {
    await api.apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } });
  }
  await harness.settle(1_000);
  isUp = true;
  api.at = () => undefined;
  const get = api.get.bind(api);
  api.get = (key) => (key.endsWith('/garbled') ? { text: '{"garbled', revision: 2 } : get(key));
  await harness.settle(60_000);
  expect([...looked]).toEqual(['configmaps/n/a', 'configmaps/n/z']);
});
