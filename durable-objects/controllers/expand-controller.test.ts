import { expect, test } from 'vitest';
import { expandController } from './expand-controller.ts';
import { TestVolumes } from './persistent-volume-binder/testing/volumes.ts';
import { persistentVolumeBinder } from './persistent-volume-binder.ts';

/** A claim that is bound to a volume of 1Gi, and then asks for 2Gi. */
async function grown(source: object = {}): Promise<TestVolumes> {
  const cluster = new TestVolumes([persistentVolumeBinder, expandController]);
  await cluster.volume('v', source);
  await cluster.settle();
  await cluster.claim('data');
  await cluster.settle();
  expect([cluster.state('data'), cluster.events]).toEqual(['Bound to v', []]);
  await cluster.change('claim', 'data', { spec: { resources: { requests: { storage: '2Gi' } } } });
  return cluster.settle();
}

const EXTERNAL = 'Normal ExternalExpanding data: waiting for an external controller to expand this PVC';

test('a claim that asks for more waits for its driver, and is told once', async () => {
  const cluster = await grown();
  expect(cluster.events).toEqual([EXTERNAL]);
  await cluster.change('claim', 'data', { metadata: { labels: { a: 'b' } } });
  await cluster.change('claim', 'data', { status: { capacity: { storage: '2Gi' } } }, true);
  await cluster.settle();
  expect(cluster.events).toEqual([EXTERNAL]);
  expect(cluster.readClaim('data')?.metadata.annotations).not.toHaveProperty('volume.kubernetes.io/storage-resizer');
});

test('the driver that has taken a plugin’s place is named on the claim', async () => {
  const cluster = await grown({ hostPath: undefined, gcePersistentDisk: { pdName: 'd' } });
  expect(cluster.events).toEqual([
    'Normal ExternalExpanding data: CSI migration enabled for kubernetes.io/gce-pd; waiting for external resizer to expand the pvc',
  ]);
  expect(cluster.readClaim('data')?.metadata.annotations).toMatchObject({
    'volume.kubernetes.io/storage-resizer': 'pd.csi.storage.gke.io',
  });
});

test('a claim that has all it asks for is told so while its volume is still being resized', async () => {
  for (const annotations of [{}, { 'volume.alpha.kubernetes.io/pre-resize-capacity': '1Gi' }]) {
    const cluster = new TestVolumes([persistentVolumeBinder, expandController]);
    await cluster.volume('v');
    await cluster.settle();
    await cluster.claim('data');
    await cluster.settle();
    await cluster.change('volume', 'v', { metadata: { annotations } });
    await cluster.change('claim', 'data', { status: { capacity: { storage: '2Gi' } } }, true);
    await cluster.settle();
    expect(cluster.events).toEqual('volume.alpha.kubernetes.io/pre-resize-capacity' in annotations ? [EXTERNAL] : []);
  }
});
