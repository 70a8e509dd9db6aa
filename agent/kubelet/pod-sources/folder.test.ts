import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NodeRig } from '../../testing/node-rig.ts';
import { CONFIG_MIRROR, staticPod } from './static-pod.ts';

const manifest = (image: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: { name: proxy, labels: { app: proxy } }
spec:
  terminationGracePeriodSeconds: 7
  containers: [{ name: c, image: ${image} }]
${more}`;

const write = (rig: NodeRig, text: string, name = 'proxy.yaml') =>
  writeFileSync(join(rig.folders.manifests, name), text);
const images = (rig: NodeRig) => rig.runtime.running().map(({ image }) => image);
const mirror = (rig: NodeRig) => rig.cluster.pod('proxy-n1');

async function running(): Promise<NodeRig> {
  const rig = new NodeRig();
  write(rig, manifest('run'));
  rig.startAgent();
  await rig.untilReady('proxy-n1');
  return rig;
}

test('A pod of the folder runs without the cluster, and is shown there once that can be reached', async () => {
  await using rig = new NodeRig();
  rig.cluster.reachable = false;
  write(rig, manifest('run'));
  const run = rig.startAgent();
  await rig.until('running', () => images(rig).length === 1, 10);
  rig.cluster.reachable = true;
  run.reconnect();
  await rig.untilReady('proxy-n1');
  expect(mirror(rig)?.metadata).toMatchObject({
    labels: { app: 'proxy' },
    annotations: { [CONFIG_MIRROR]: expect.any(String), 'kubernetes.io/config.source': 'file' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'uid-of-n1', controller: true }],
  });
  expect(mirror(rig)?.spec?.tolerations).toContainEqual({ operator: 'Exists', effect: 'NoExecute' });
  const { uid = '', name = '' } = mirror(rig)?.metadata ?? {};
  expect(run.kubelet.find('default', name, uid)?.metadata.name).toBe(name);
});

test('To delete the object that shows it ends nothing; it is made anew, with the status', async () => {
  await using rig = await running();
  const [before] = rig.runtime.running();
  const { uid } = mirror(rig)?.metadata ?? {};
  rig.cluster.delete('proxy-n1');
  await rig.until('made anew', () => mirror(rig) !== undefined && mirror(rig)?.metadata.uid !== uid, 10);
  await rig.untilReady('proxy-n1');
  rig.cluster.remove('proxy-n1');
  await rig.untilReady('proxy-n1');
  expect(rig.runtime.running().map(({ id }) => id)).toEqual([before?.id]);
});

test('A manifest that changes ends its pod, and only then begins the other', async () => {
  await using rig = await running();
  const before = mirror(rig)?.metadata.annotations?.[CONFIG_MIRROR];
  write(rig, manifest('other'));
  let most = 0;
  await rig.until('the other', () => {
    most = Math.max(most, rig.runtime.running().length);
    return images(rig).includes('other');
  });
  await rig.until('shown', () => mirror(rig)?.metadata.annotations?.[CONFIG_MIRROR] !== before);
  await rig.untilReady('proxy-n1');
  expect(most).toBe(1);
  expect(rig.acts()).toContain('stopContainer c 7');
});

test('A pod whose manifest was removed ends within its grace period, and is shown no more', async () => {
  await using rig = await running();
  rmSync(join(rig.folders.manifests, 'proxy.yaml'));
  await rig.untilGone('proxy-n1');
  expect(rig.acts()).toContain('stopContainer c 7');
  // The removal counts also when no agent ran at that time.
  write(rig, manifest('run'));
  await rig.untilReady('proxy-n1');
  rig.agent.stop();
  rmSync(join(rig.folders.manifests, 'proxy.yaml'));
  rig.startAgent();
  await rig.untilGone('proxy-n1');
});

test('A manifest that cannot be read leaves its pod as it is, and is told once', async () => {
  await using rig = await running();
  write(rig, 'kind: Po');
  write(rig, manifest('run', '  serviceAccountName: builder\n').replace('proxy', 'second'), 'second.yaml');
  await rig.clock.advance(20_000);
  expect(images(rig)).toEqual(['run']);
  const told = rig.agent.logged.filter((text) => text.includes('the manifest'));
  expect(told).toHaveLength(2);
  expect(told[1]).toContain('static pods may not reference a service account');
});

test('A manifest is defaulted and checked as the API would', () => {
  const made = staticPod(manifest('run'), '/m/proxy.yaml', 'n1');
  expect(made).toMatchObject({
    metadata: { name: 'proxy-n1', namespace: 'default' },
    spec: { restartPolicy: 'Always', nodeName: 'n1', containers: [{ imagePullPolicy: 'Always' }] },
  });
  expect(staticPod(manifest('run'), '/m/proxy.yaml', 'n1').metadata.uid).toBe(made.metadata.uid);
  expect(staticPod(manifest('run'), '/m/other.yaml', 'n1').metadata.uid).not.toBe(made.metadata.uid);
  expect(() => staticPod(manifest('""'), '/m', 'n')).toThrow('spec.containers[0].image: Required value');
  expect(() => staticPod('kind: Job', '/m', 'n')).toThrow('Job');
});
