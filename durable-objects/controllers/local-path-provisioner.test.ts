import { expect, test } from 'vitest';
import { LOCAL_PATH } from '../../kube/volumes/local-path.ts';
import { localPathEffects, localPathProvisioner } from './local-path-provisioner.ts';
import { TestVolumes } from './persistent-volume-binder/testing/volumes.ts';
import { persistentVolumeBinder } from './persistent-volume-binder.ts';

const LATE = { volumeBindingMode: 'WaitForFirstConsumer' };
const SELECTED = 'volume.kubernetes.io/selected-node';

interface Options {
  claim?: object;
  storageClass?: object;
  node?: object;
  selected?: string;
  remove?(node: string, path: string): Promise<void>;
}

async function started({ claim = {}, storageClass = LATE, node, selected, remove }: Options = {}) {
  const effects = localPathEffects(remove ?? (() => Promise.resolve()));
  const cluster = new TestVolumes([persistentVolumeBinder, localPathProvisioner], effects);
  if (node) await cluster.harness.api.apply('nodes', { apiVersion: 'v1', kind: 'Node', metadata: node });
  await cluster.storageClass('standard', LOCAL_PATH, storageClass);
  const annotations = selected === undefined ? {} : { annotations: { [SELECTED]: selected } };
  await cluster.claim('data', { storageClassName: 'standard', ...claim }, annotations);
  return cluster.settle();
}

const REAL = { name: 'n', labels: { 'kubernetes.io/hostname': 'host-n' } };
const volumeOf = (cluster: TestVolumes) => cluster.readVolume(cluster.readClaim('data')?.spec?.volumeName ?? '');

test('a volume is a folder of the chosen node, with what the claim and the class ask for', async () => {
  const storageClass = { ...LATE, reclaimPolicy: 'Retain', parameters: { path: '/srv/volumes/' } };
  const cluster = await started({ node: REAL, selected: 'n', storageClass });
  const { metadata, spec, status } = volumeOf(cluster) ?? {};
  const uid = cluster.readClaim('data')?.metadata.uid;
  expect(metadata).toMatchObject({
    name: `pvc-${uid}`,
    annotations: { 'pv.kubernetes.io/provisioned-by': LOCAL_PATH },
  });
  expect(spec).toMatchObject({
    capacity: { storage: '1Gi' },
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'standard',
    hostPath: { path: `/srv/volumes/pvc-${uid}_default_data` },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['host-n'] }] },
        ],
      },
    },
  });
  expect([status?.phase, cluster.state('data')]).toEqual(['Bound', `Bound to pvc-${uid}`]);
  expect(cluster.events.slice(1)).toEqual([
    'Normal Provisioning data: External provisioner is provisioning volume for claim "default/data"',
    `Normal ProvisioningSucceeded data: Successfully provisioned volume pvc-${uid}`,
  ]);
});

const FAILED = 'Warning ProvisioningFailed data: failed to provision volume with StorageClass "standard": ';

test.each<[string, Options, string]>([
  [
    'a class that does not wait for a consumer',
    { storageClass: {} },
    'a folder is made on the node of a consumer: its volumeBindingMode must be WaitForFirstConsumer',
  ],
  ['a block device', { selected: 'n', claim: { volumeMode: 'Block' } }, 'a folder of a node is no block device'],
  [
    'a mode of many nodes',
    { selected: 'n', claim: { accessModes: ['ReadWriteMany'] } },
    'a folder of a node cannot be had with the access mode ReadWriteMany',
  ],
  [
    'a claim to data that is elsewhere',
    { selected: 'n', claim: { dataSource: { kind: 'PersistentVolumeClaim', name: 'old' } } },
    'a folder of a node is made empty: it has no data source',
  ],
  [
    'a claim that selects its volume',
    { selected: 'n', claim: { selector: { matchLabels: { a: 'b' } } } },
    'claim.Spec.Selector is not supported',
  ],
  [
    'a claim to attributes',
    { selected: 'n', claim: { volumeAttributesClassName: 'fast' } },
    'a folder of a node has no attributes: volumeAttributesClassName',
  ],
  ['a node that is gone', { selected: 'm' }, 'node "m" not found'],
])('%s is told of, and makes nothing', async (_name, options, why) => {
  const cluster = await started({ node: REAL, ...options });
  expect(cluster.events).toContain(FAILED + why);
  expect(cluster.state('data')).toBe('Pending');
});

test('of a node that is gone the scheduler chooses another', async () => {
  const cluster = await started({ selected: 'm' });
  expect(cluster.readClaim('data')?.metadata.annotations).not.toHaveProperty(SELECTED);
});

test('nothing is made before a node is chosen', async () => {
  const cluster = await started({ node: REAL });
  expect(cluster.events).toEqual([
    'Normal WaitForFirstConsumer data: waiting for first consumer to be created before binding',
  ]);
});

test('the node’s agent removes the folder, and is asked again until it has', async () => {
  const asked: string[] = [];
  let isConnected = false;
  const remove = async (node: string, path: string): Promise<void> => {
    asked.push(`${node} ${path}`);
    if (!isConnected) throw new Error('the agent of node n is not connected');
  };
  const cluster = await started({ node: { ...REAL, name: 'host-n' }, selected: 'host-n', remove });
  const volume = volumeOf(cluster);
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect(cluster.phase(volume?.metadata.name ?? '')).toBe('Released');
  expect(asked[0]).toBe(`host-n ${volume?.spec?.hostPath?.path}`);
  isConnected = true;
  await cluster.later(2_000_000);
  expect(cluster.readVolume(volume?.metadata.name ?? '')).toBeUndefined();
});

test('a volume that is deleted before its claim goes with its folder, once the claim is gone', async () => {
  const asked: string[] = [];
  const remove = (node: string): Promise<void> => Promise.resolve(void asked.push(node));
  const cluster = await started({ node: { ...REAL, name: 'host-n' }, selected: 'host-n', remove });
  const name = volumeOf(cluster)?.metadata.name ?? '';
  expect(cluster.readVolume(name)?.metadata.finalizers).toEqual([
    'external-provisioner.volume.kubernetes.io/finalizer',
  ]);
  await cluster.remove('volume', name);
  await cluster.settle();
  expect([cluster.phase(name), asked]).toEqual(['Bound', []]);
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect([cluster.readVolume(name), asked]).toEqual([undefined, ['host-n']]);
});

test('a volume whose policy changes is held, or let go, as the policy says', async () => {
  const asked: string[] = [];
  const remove = (node: string): Promise<void> => Promise.resolve(void asked.push(node));
  const cluster = await started({ node: { ...REAL, name: 'host-n' }, selected: 'host-n', remove });
  const name = volumeOf(cluster)?.metadata.name ?? '';
  const set = async (policy: string) => {
    await cluster.change('volume', name, { spec: { persistentVolumeReclaimPolicy: policy } });
    await cluster.settle();
    return cluster.readVolume(name)?.metadata.finalizers?.length ?? 0;
  };
  expect([await set('Retain'), await set('Delete'), await set('Retain')]).toEqual([0, 1, 0]);
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect([cluster.phase(name), asked]).toEqual(['Released', []]);
  await set('Delete');
  expect([cluster.readVolume(name), asked]).toEqual([undefined, ['host-n']]);
});

test('a retained volume, or one of another provisioner, is left alone', async () => {
  const cluster = await started({ node: REAL, selected: 'n', storageClass: { ...LATE, reclaimPolicy: 'Retain' } });
  const name = volumeOf(cluster)?.metadata.name ?? '';
  await cluster.remove('claim', 'data');
  await cluster.settle();
  expect(cluster.phase(name)).toBe('Released');
});
