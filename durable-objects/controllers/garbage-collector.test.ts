import { expect, test } from 'vitest';
import { customKinds } from '../../kube/kinds/custom/custom-kind.ts';
import { deploymentController } from './deployment-controller.ts';
import { WIDGET, WIDGETS } from './garbage-collector/testing/widget.ts';
import { garbageCollector } from './garbage-collector.ts';
import { replicaSetController } from './replicaset-controller.ts';
import { Harness } from './runtime/testing/harness.ts';
import { nginxDeployment, settleAll } from './runtime/testing/kubelet.ts';

const DEPLOYMENTS = 'deployments.apps';

async function running(): Promise<Harness> {
  const harness = new Harness([deploymentController, replicaSetController, garbageCollector]);
  await harness.api.apply(DEPLOYMENTS, nginxDeployment());
  await settleAll(harness);
  return harness;
}

const left = ({ api }: Harness) => [...api.current.keys()].filter((key) => !key.startsWith('events/'));

test('deleting a Deployment takes its sets and their pods with it', async () => {
  const harness = await running();
  await harness.api.remove(DEPLOYMENTS, 'default', 'nginx');
  await harness.settle();
  expect(left(harness)).toEqual([]);
  expect(harness.errors).toEqual([]);
});

test('in the foreground the pods go first, then the set, then the Deployment', async () => {
  const harness = await running();
  const gone: string[] = [];
  harness.api.onCommit((changes) => {
    for (const { key, change } of changes) if (change === 'delete') gone.push(key.slice(0, key.indexOf('/')));
  });
  await harness.api.remove(DEPLOYMENTS, 'default', 'nginx', 'Foreground');
  await harness.settle();
  expect(gone).toEqual(['pods', 'pods', 'pods', 'replicasets.apps', DEPLOYMENTS]);
});

test('orphaned, the set stays with its pods and has no owner', async () => {
  const harness = await running();
  await harness.api.remove(DEPLOYMENTS, 'default', 'nginx', 'Orphan');
  await harness.settle();
  expect(
    left(harness)
      .map((key) => key.split('/')[0])
      .sort(),
  ).toEqual(['pods', 'pods', 'pods', 'replicasets.apps']);
  expect(harness.api.all('replicasets.apps/')[0]?.metadata.ownerReferences).toBeUndefined();
});

const thing = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
});
const reference = (name: string, uid: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid });

test('an owner of the same name with another uid is no owner; one owner that is there is enough', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  await api.apply('configmaps', thing('owner', { uid: 'new' }));
  await api.apply('configmaps', thing('lost', { ownerReferences: [reference('owner', 'old')] }));
  await api.apply(
    'configmaps',
    thing('held', { ownerReferences: [reference('owner', 'old'), reference('owner', 'new')] }),
  );
  await api.apply('configmaps', thing('misnamed', { ownerReferences: [reference('other', 'new')] }));
  await harness.settle();
  expect(left(harness)).toEqual(['configmaps/default/owner', 'configmaps/default/held']);
  expect(api.read('configmaps', 'default', 'held')?.metadata.ownerReferences).toEqual([reference('owner', 'new')]);
});

test('an owner in another namespace is refused with an event, and its dependent is collected', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  await api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } });
  await api.apply('configmaps', thing('owner', { uid: 'u1', namespace: 'elsewhere' }));
  await api.apply('configmaps', thing('child', { ownerReferences: [reference('owner', 'u1')] }));
  await harness.settle();
  expect(left(harness)).toEqual(['namespaces//elsewhere', 'configmaps/elsewhere/owner']);
  expect(api.all('events/')[0]).toMatchObject({
    reason: 'OwnerRefInvalidNamespace',
    type: 'Warning',
    message: 'ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: u1] does not exist in namespace "default"',
    source: { component: 'garbage-collector-controller' },
  });
});

test('an owner in a namespace is refused with an event to an object that lies in none, which stays', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  await api.apply('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  await api.apply('configmaps', thing('owner', { uid: 'u1' }));
  const metadata = { name: 'child', ownerReferences: [reference('owner', 'u1')] };
  await api.apply('persistentvolumes', { apiVersion: 'v1', kind: 'PersistentVolume', metadata });
  await harness.settle();
  expect(left(harness).sort()).toEqual(['configmaps/default/owner', 'namespaces//default', 'persistentvolumes//child']);
  expect(api.all('events/')).toMatchObject([
    { message: 'ownerRef [v1/ConfigMap, namespace: , name: owner, uid: u1] does not exist in namespace ""' },
  ]);
});

test('an owner of a kind or version that is not served is neither present nor absent: its dependent stays', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'a', uid: 'u1' };
  const unserved = { apiVersion: 'v2', kind: 'ConfigMap', name: 'a', uid: 'u2' };
  await api.apply('configmaps', thing('restored', { ownerReferences: [application] }));
  await api.apply('configmaps', thing('odd', { ownerReferences: [unserved] }));
  await api.apply('configmaps', thing('both', { ownerReferences: [application, reference('gone', 'u3')] }));
  await harness.settle(3_600_000);
  expect(left(harness).sort()).toEqual(['both', 'odd', 'restored'].map((name) => `configmaps/default/${name}`));
  expect(api.read('configmaps', 'default', 'both')?.metadata.ownerReferences).toEqual([
    application,
    reference('gone', 'u3'),
  ]);
});

test('a dependent whose owner went while the object slept is collected on wake', async () => {
  const harness = await running();
  harness.kill();
  await harness.api.remove(DEPLOYMENTS, 'default', 'nginx');
  harness.kill();
  await harness.settle();
  expect(left(harness)).toEqual([]);
});

test('a cluster-scoped dependent is never collected for a namespaced owner, and is for a cluster-scoped one', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  const role = (name: string, owner: object) =>
    api.apply('clusterroles.rbac.authorization.k8s.io', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, ownerReferences: [{ ...reference('gone', 'gone'), ...owner }] },
    });
  await role('of-namespaced', {});
  await role('of-unknown', { apiVersion: 'stable.example.com/v1', kind: 'CronTab' });
  await role('of-cluster', { kind: 'Node' });
  await harness.settle();
  expect(left(harness).map((key) => key.split('/').at(-1))).toEqual(['of-namespaced', 'of-unknown']);
});

test('an owner that cannot be opened holds the dependents that refer to its name, and no others', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  await api.apply('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sealed', namespace: 'default' } });
  const get = api.get.bind(api);
  api.get = (key) => {
    if (key === 'secrets/default/sealed') throw Object.assign(new Error('lost key'), { code: 'unreadable' });
    return get(key);
  };
  for (const name of ['sealed', 'other']) {
    const ownerReferences = [{ ...reference(name, 'uid-1'), kind: 'Secret' }];
    await api.apply('configmaps', thing(`of-${name}`, { ownerReferences }));
  }
  await harness.settle();
  expect(left(harness)).toEqual(['secrets/default/sealed', 'configmaps/default/of-sealed']);
  expect(harness.errors).toEqual([]);
});

test('an owner that waits for a dependent goes when that has no owners any more, asleep or not', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  await api.apply('configmaps', thing('owner', { uid: 'v1' }));
  const of = (apiVersion: string) => ({ ...reference('owner', apiVersion), apiVersion, blockOwnerDeletion: true });
  await api.apply('configmaps', thing('dependent', { ownerReferences: [of('v1'), of('v2')] }));
  await api.remove('configmaps', 'default', 'owner', 'Foreground');
  await harness.settle();
  harness.kill();
  // What concerns no controller moves the cursor on.
  await api.apply('configmaps', thing('other'));
  for (let n = 0; n < 1_100; n++) await api.patch('configmaps', 'default', 'other', { data: { n: String(n) } });
  await harness.settle();
  harness.kill();
  expect(left(harness)).toHaveLength(3);
  await api.patch('configmaps', 'default', 'dependent', { metadata: { ownerReferences: null } });
  await harness.settle();
  expect(left(harness)).toEqual(['configmaps/default/dependent', 'configmaps/default/other']);
});

test('owners that wait for each other all go, also where one of them is held', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  const by = (name: string) => ({ ownerReferences: [{ ...reference(name, name), blockOwnerDeletion: true }] });
  await api.apply('configmaps', thing('a', { uid: 'a', finalizers: ['example.com/held'] }));
  await api.apply('configmaps', thing('b', { uid: 'b', ...by('a') }));
  await api.patch('configmaps', 'default', 'a', { metadata: by('b') });
  await api.remove('configmaps', 'default', 'a', 'Foreground');
  await harness.settle();
  expect(api.read('configmaps', 'default', 'b')?.metadata.deletionTimestamp).toBeDefined();
  await api.patch('configmaps', 'default', 'a', { metadata: { finalizers: null } });
  await harness.settle();
  expect(left(harness)).toEqual([]);
});

test.each([[['a', 'b']], [['a', 'b', 'c']]])(
  'owners of a circle that are deleted at once all go (%o)',
  async (names) => {
    const harness = new Harness([garbageCollector]);
    const { api } = harness;
    for (const name of names) await api.apply('configmaps', thing(name, { uid: name }));
    const held = { ...reference('a', 'a'), blockOwnerDeletion: true };
    await api.apply('configmaps', thing('held', { ownerReferences: [held], finalizers: ['example.com/held'] }));
    for (const [index, name] of names.entries()) {
      const owner = names[(index + 1) % names.length] ?? '';
      const ownerReferences = [{ ...reference(owner, owner), blockOwnerDeletion: true }];
      await api.patch('configmaps', 'default', name, { metadata: { ownerReferences } });
    }
    for (const name of names) await api.remove('configmaps', 'default', name, 'Foreground');
    await harness.settle();
    // They wait for what is no part of the circle.
    expect(left(harness)).toHaveLength(names.length + 1);
    await api.patch('configmaps', 'default', 'held', { metadata: { finalizers: null } });
    await harness.settle();
    expect(left(harness)).toEqual([]);
  },
);

test('an owner learns of the last dependent that went while the view was being built', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  // More than a page, so that the scan pauses before it comes to the dependent.
  for (let index = 0; index < 250; index++) await api.apply('configmaps', thing(`a-${index}`));
  await api.apply('configmaps', thing('owner', { uid: 'u' }));
  await api.apply(
    'configmaps',
    thing('z', {
      ownerReferences: [{ ...reference('owner', 'u'), blockOwnerDeletion: true }],
      finalizers: ['example.com/hold'],
    }),
  );
  await api.remove('configmaps', 'default', 'owner', 'Foreground');
  await harness.settle();
  expect(api.read('configmaps', 'default', 'owner')).toBeDefined();
  harness.kill();
  await api.apply('configmaps', thing('b'));
  await harness.step();
  await api.patch('configmaps', 'default', 'z', { metadata: { finalizers: null } });
  expect(api.read('configmaps', 'default', 'z')).toBeUndefined();
  await harness.settle();
  expect(api.read('configmaps', 'default', 'owner')).toBeUndefined();
});

test('an Event owns what says so, though none is kept in memory', async () => {
  const harness = new Harness([garbageCollector]);
  const { api } = harness;
  const apiVersion = 'events.k8s.io/v1';
  const metadata = { name: 'e', namespace: 'default', uid: 'e' };
  await api.apply('events', { apiVersion, kind: 'Event', metadata });
  for (const uid of ['e', 'gone']) {
    const ownerReferences = [{ apiVersion, kind: 'Event', name: 'e', uid }];
    await api.apply('configmaps', thing(`of-${uid}`, { ownerReferences }));
  }
  await harness.settle();
  expect(left(harness)).toEqual(['configmaps/default/of-e']);
});

test('a dependent of a kind that comes to be served is looked at then, asleep or not', async () => {
  const harness = new Harness([garbageCollector]);
  const { api, kinds } = harness;
  const owned = (name: string, uid: string) => {
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'w', uid }];
    return api.apply('configmaps', thing(name, { ownerReferences }));
  };
  await owned('kept', 'w');
  await owned('left-over', 'gone');
  const metadata = { name: 'w', namespace: 'default', uid: 'w' };
  await api.apply(WIDGETS, { apiVersion: 'example.com/v1', kind: 'Widget', metadata });
  await harness.settle(3_600_000);
  const left = () => ['kept', 'left-over'].filter((name) => api.read('configmaps', 'default', name));
  expect(left()).toEqual(['kept', 'left-over']);
  for (const life of ['awake', 'asleep']) {
    if (life === 'asleep') {
      await owned('left-over', 'gone');
      await harness.settle();
      harness.kill();
    }
    kinds.define(WIDGETS, customKinds(WIDGET));
    await harness.settle();
    expect(left(), life).toEqual(['kept']);
    kinds.remove(WIDGETS);
    await harness.settle();
  }
  expect(harness.errors).toEqual([]);
});
