import { expect, test } from 'vitest';
import { Harness } from './runtime/testing/harness.ts';
import { systemObjectsController } from './system-objects-controller.ts';

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
});
const kept = ({ api }: Harness) =>
  [...api.current.keys()]
    .filter((key) => /^(services|namespaces|priorityclasses\.scheduling\.k8s\.io|configmaps\/kube-system)\//.test(key))
    .sort();

/** A cluster of an earlier build, which kept no system objects, and has slept since. */
async function slept(): Promise<Harness> {
  const harness = new Harness([]);
  await harness.api.apply('configmaps', configMap('first'));
  await harness.settle();
  return harness;
}

test('system objects that an earlier build did not keep come back with the next one, each as late as upstream might', async () => {
  const harness = await slept();
  harness.deploy('next', [systemObjectsController]);
  await harness.settle(5_000);
  expect(kept(harness)).toEqual([]);
  harness.kill();
  await harness.settle(10_000);
  expect(kept(harness)).toEqual(['services/default/kubernetes']);
  await harness.settle(60_000);
  expect(kept(harness)).toEqual([
    'namespaces//default',
    'namespaces//kube-node-lease',
    'namespaces//kube-public',
    'namespaces//kube-system',
    'priorityclasses.scheduling.k8s.io//system-cluster-critical',
    'priorityclasses.scheduling.k8s.io//system-node-critical',
    'services/default/kubernetes',
  ]);
  await harness.settle(3_600_000);
  expect(kept(harness)).toContain('configmaps/kube-system/kube-apiserver-legacy-service-account-token-tracking');
  expect(harness.timers.rows.size).toBe(0);
  expect(harness.errors).toEqual([]);
});

test('an object that came back in the meantime is left alone', async () => {
  const harness = await slept();
  harness.deploy('next', [systemObjectsController]);
  await harness.settle(1_000);
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-public', labels: { mine: 'yes' } } };
  const { metadata } = await harness.api.apply('namespaces', own);
  await harness.settle(120_000);
  expect(harness.api.read('namespaces', '', 'kube-public')?.metadata.resourceVersion).toBe(metadata.resourceVersion);
});

test('a new cluster is left alone: it is being made', async () => {
  const harness = new Harness([systemObjectsController]);
  await harness.settle(3_600_000);
  expect(kept(harness)).toEqual([]);
});
