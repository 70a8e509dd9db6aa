import { expect, test } from 'vitest';
import { deploymentController } from './deployment-controller.ts';
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

test('orphaned, the set stays with its pods and belongs to nobody', async () => {
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
  await api.apply('configmaps', thing('owner', { uid: 'u1', namespace: 'elsewhere' }));
  await api.apply('configmaps', thing('child', { ownerReferences: [reference('owner', 'u1')] }));
  await harness.settle();
  expect(left(harness)).toEqual(['configmaps/elsewhere/owner']);
  expect(api.all('events/')[0]).toMatchObject({
    reason: 'OwnerRefInvalidNamespace',
    type: 'Warning',
    message: 'ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: u1] does not exist in namespace "default"',
    source: { component: 'garbage-collector-controller' },
  });
});

test('what lost its owner while the object slept is collected on wake', async () => {
  const harness = await running();
  harness.kill();
  await harness.api.remove(DEPLOYMENTS, 'default', 'nginx');
  harness.kill();
  await harness.settle();
  expect(left(harness)).toEqual([]);
});
