import { expect, test } from 'vitest';
import { defineKind } from '../../../../kube/kinds/define.ts';
import { KindRegistry } from '../../../../kube/kinds/registry.ts';
import { MemoryApi } from '../testing/memory-api.ts';
import { defineIndex } from './projection.ts';
import { isProjected, ViewCache } from './view-cache.ts';
import { ViewSchema } from './view-schema.ts';

const CRONTABS = 'crontabs.stable.example.com';
const cronTabKind = {
  ...defineKind({
    group: 'stable.example.com',
    version: 'v1beta1',
    kind: 'CronTab',
    plural: 'crontabs',
    scope: 'Namespaced',
    support: 'acted-on',
    columns: [],
  }),
  schema: { type: 'any' as const },
};
const thing = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { app: name }, ...metadata },
});
const cronTab = (name: string, namespace: string, uid: string) => ({
  apiVersion: 'stable.example.com/v1beta1',
  kind: 'CronTab',
  metadata: { name, namespace, uid },
});
const reference = (name: string, uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid });

/** A view of the API's objects, kept up as the controllers' is. */
async function viewOf(api: MemoryApi, follows: string[] = [], kinds = new KindRegistry()): Promise<ViewCache> {
  const view = new ViewCache(api, new ViewSchema([{ for: '*', owns: follows }]), kinds);
  await view.rebuild(() => Promise.resolve());
  api.onCommit((changes) => {
    for (const { key, revision, change, text } of changes.filter((one) => isProjected(one.key))) {
      if (change === 'delete') view.remove(key, revision, JSON.parse(text));
      else view.put(key, revision, JSON.parse(text));
    }
  });
  return view;
}

const kept = (view: ViewCache) => [...view.all()].map(({ key }) => key).sort();

test('only objects that are followed, owned or being deleted are kept, before and after a scan', async () => {
  const api = new MemoryApi(() => 0);
  await api.apply('configmaps', thing('free'));
  await api.apply('configmaps', thing('owned', { ownerReferences: [reference('free', 'uid-1')] }));
  await api.apply('configmaps', thing('ending', { finalizers: ['example.com/hold'] }));
  await api.apply('configmaps', thing('held', { finalizers: ['example.com/hold'] }));
  await api.remove('configmaps', 'default', 'ending');
  await api.apply('services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' } });
  const expected = ['configmaps/default/ending', 'configmaps/default/owned', 'services/default/s'];
  const view = await viewOf(api, ['services']);
  expect(kept(view)).toEqual(expected);
  expect(view.dependents('uid-1').map(({ name }) => name)).toEqual(['owned']);

  await api.patch('configmaps', 'default', 'owned', { metadata: { ownerReferences: null } });
  await api.patch('configmaps', 'default', 'free', { metadata: { ownerReferences: [reference('held', 'uid-4')] } });
  await api.patch('configmaps', 'default', 'ending', { metadata: { finalizers: null } });
  expect(kept(view)).toEqual(['configmaps/default/free', 'services/default/s']);
  expect(kept(await viewOf(api, ['services']))).toEqual(kept(view));
  expect(view.dependents('uid-1')).toEqual([]);
  // An object that is not kept is read from the store by key.
  expect(view.projection('configmaps/default/held')).toMatchObject({ finalizers: ['example.com/hold'], uid: 'uid-4' });
  expect(() => view.projections('configmaps', 'default')).toThrow('no controller follows configmaps');
});

test('an owner is found by kind, name and uid, wherever it lies, once its kind is served', async () => {
  const api = new MemoryApi(() => 0);
  for (const name of ['default', 'elsewhere']) {
    await api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await api.apply('configmaps', thing('here', { uid: 'a' }));
  await api.apply('configmaps', thing('there', { uid: 'b', namespace: 'elsewhere' }));
  await api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'c' } });
  const kinds = new KindRegistry();
  const view = await viewOf(api, [], kinds);
  const found = (owner: object, namespace = 'default') =>
    view.owner({ ...reference('here', 'a'), ...owner }, namespace)?.key;
  expect(found({})).toBe('configmaps/default/here');
  expect(found({ uid: 'other' })).toBeUndefined();
  expect(found({ name: 'other' })).toBeUndefined();
  expect(found({ kind: 'Secret' })).toBeUndefined();
  expect(found({ apiVersion: 'v2' })).toBeUndefined();
  expect(found({ apiVersion: 'apps/v1' })).toBeUndefined();
  expect(found({ name: 'there', uid: 'b' })).toBe('configmaps/elsewhere/there');
  expect(found({ kind: 'Node', name: 'n', uid: 'c' })).toBe('nodes//n');

  const tab = { apiVersion: 'stable.example.com/v1beta1', kind: 'CronTab', name: 'tab', uid: 't' };
  expect(found(tab)).toBeUndefined();
  await api.apply(CRONTABS, cronTab('tab', 'default', 't'));
  expect(found(tab)).toBeUndefined();
  kinds.define(CRONTABS, [cronTabKind]);
  expect(found(tab)).toBe(`${CRONTABS}/default/tab`);
  await api.remove(CRONTABS, 'default', 'tab');
  expect(found(tab)).toBeUndefined();
});

test('a namespace holds what the store counts in it, Events aside', async () => {
  const api = new MemoryApi(() => 0);
  await api.apply('configmaps', thing('a'));
  await api.apply('configmaps', thing('b', { finalizers: ['example.com/hold'] }));
  await api.apply('configmaps', thing('c', { namespace: 'elsewhere' }));
  const kinds = new KindRegistry();
  kinds.define(CRONTABS, [cronTabKind]);
  const view = await viewOf(api, [], kinds);
  await api.apply('events', { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'default' } });
  await api.apply(CRONTABS, cronTab('tab', 'default', 't'));
  await api.remove('configmaps', 'default', 'b');
  expect(
    view
      .contents('default')
      .map(({ resource, count, terminating }) => [resource, count, terminating.map(({ name }) => name)]),
  ).toEqual([
    ['configmaps', 2, ['b']],
    [CRONTABS, 1, []],
  ]);
});

test('an index that throws lacks the object alone, which all else finds and lets go', async () => {
  const api = new MemoryApi(() => 0);
  let breaks = true;
  const broken = defineIndex({
    name: 'broken',
    resource: 'configmaps',
    values: () => {
      if (breaks) throw new Error('no');
      return ['x'];
    },
  });
  const sound = defineIndex({ name: 'sound', resource: 'configmaps', values: ({ name }) => [name] });
  const told: string[] = [];
  const schema = new ViewSchema([{ for: 'configmaps', indexes: [broken, sound] }]);
  const view = new ViewCache(api, schema, new KindRegistry(), (_error, about) => told.push(about));
  const object = await api.apply('configmaps', thing('a', { ownerReferences: [reference('o', 'u')] }));
  view.put('configmaps/default/a', 1, object);
  expect([...view.index(sound, 'a')].length).toBe(1);
  expect([...view.index(broken, 'x')].length).toBe(0);
  expect(view.dependents('u').length).toBe(1);
  expect(told).toEqual(['broken of configmaps/default/a']);
  breaks = false;
  view.put('configmaps/default/a', 2, object);
  expect([...view.index(broken, 'x')].length).toBe(1);
  breaks = true;
  view.remove('configmaps/default/a', 3, object);
  expect([[...view.index(sound, 'a')], view.dependents('u'), kept(view)]).toEqual([[], [], []]);
});

test('an object that cannot be read is told of, and keeps no other out of the view', async () => {
  const api = new MemoryApi(() => 0);
  for (const name of ['a', 'b', 'c']) await api.apply('configmaps', thing(name));
  const entry = api.current.get('configmaps/default/b');
  if (entry) entry.text = '{"garbled';
  const told: string[] = [];
  const schema = new ViewSchema([{ for: 'configmaps' }]);
  const view = new ViewCache(api, schema, new KindRegistry(), (_error, about) => told.push(about));
  await view.rebuild(() => Promise.resolve());
  expect(kept(view)).toEqual(['configmaps/default/a', 'configmaps/default/c']);
  expect(told).toEqual(['configmaps/default/b']);
});
