import { expect, test } from 'vitest';
import { TestVolumes } from './persistent-volume-binder/testing/volumes.ts';

const sized = (storage: string): object => ({ capacity: { storage } });
const asking = (storage: string): object => ({ resources: { requests: { storage } } });
const MANY = { accessModes: ['ReadWriteOnce', 'ReadWriteMany'] };

test('a claim gets the smallest volume that fits, and both say so', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('large', sized('10Gi'));
  await cluster.volume('middle', sized('5Gi'));
  await cluster.volume('small', sized('1Gi'));
  await cluster.settle();
  const { metadata } = await cluster.claim('data', asking('2Gi'));
  await cluster.settle();
  expect(['large', 'middle', 'small'].map((name) => cluster.phase(name))).toEqual(['Available', 'Bound', 'Available']);
  expect(cluster.readVolume('middle')).toMatchObject({
    metadata: { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
    spec: {
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: 'default',
        name: 'data',
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
    },
  });
  expect(cluster.readClaim('data')).toMatchObject({
    metadata: {
      annotations: { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' },
    },
    spec: { volumeName: 'middle' },
    status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' } },
  });
  expect([cluster.events, cluster.harness.errors]).toEqual([[], []]);
});

test.each<[string, object, object]>([
  ['size', sized('1Gi'), asking('2Gi')],
  ['access modes', {}, MANY],
  ['class', {}, { storageClassName: 'fast' }],
  ['class of the volume', { storageClassName: 'fast' }, {}],
  ['mode', { volumeMode: 'Block' }, {}],
  ['attributes', {}, { volumeAttributesClassName: 'gold' }],
  ['labels', {}, { selector: { matchLabels: { tier: 'a' } } }],
])('a volume of another %s is left alone', async (_what, volume, claim) => {
  const cluster = new TestVolumes();
  await cluster.volume('v', volume);
  await cluster.claim('data', claim);
  await cluster.settle();
  expect([cluster.phase('v'), cluster.state('data')]).toEqual(['Available', 'Pending']);
});

test('of volumes with more access modes than are asked for, those with the fewest come first', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('shared', MANY);
  await cluster.volume('plain', sized('9Gi'));
  await cluster.claim('data');
  await cluster.claim('other');
  await cluster.settle();
  expect([cluster.state('data'), cluster.state('other')]).toEqual(['Bound to plain', 'Bound to shared']);
});

test('a claim that nothing fits says so, and is bound once something does', async () => {
  const cluster = new TestVolumes();
  await cluster.claim('data', { selector: { matchLabels: { tier: 'a' } } });
  await cluster.settle();
  expect(cluster.events).toEqual([
    'Normal FailedBinding data: no persistent volumes available for this claim and no storage class is set',
  ]);
  await cluster.volume('v', {}, { labels: { tier: 'b' } });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Pending');
  await cluster.change('volume', 'v', { metadata: { labels: { tier: 'a' } } });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Bound to v');
});

test('two claims never get one volume', async () => {
  const cluster = new TestVolumes();
  for (const name of ['a', 'b', 'c']) await cluster.claim(name);
  await cluster.volume('v');
  await cluster.volume('w');
  await cluster.settle();
  const states = ['a', 'b', 'c'].map((name) => cluster.state(name));
  expect(states.sort()).toEqual(['Bound to v', 'Bound to w', 'Pending']);
});

test('a volume that is kept for a claim is given to it, whatever its class, and to no other', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('kept', { claimRef: { namespace: 'default', name: 'data' }, storageClassName: 'slow' });
  await cluster.claim('other', { storageClassName: 'slow' });
  await cluster.settle();
  expect(cluster.phase('kept')).toBe('Available');
  await cluster.claim('data');
  await cluster.settle();
  expect([cluster.state('data'), cluster.state('other')]).toEqual(['Bound to kept', 'Pending']);
  expect(cluster.readVolume('kept')?.metadata.annotations).toBeUndefined();
});

test('a claim that names its volume gets that one, or is told why not', async () => {
  const cluster = new TestVolumes();
  await cluster.claim('data', { volumeName: 'v', ...asking('2Gi') });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Pending');
  await cluster.volume('v');
  await cluster.settle();
  expect(cluster.events).toEqual([
    'Warning VolumeMismatch data: Cannot bind to requested volume "v": requested PV is too small',
  ]);
  await cluster.change('volume', 'v', { spec: { capacity: { storage: '3Gi' } } });
  await cluster.claim('late', { volumeName: 'v' });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Bound to v');
  expect(cluster.readClaim('data')?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' });
  expect(cluster.state('late')).toBe('Pending');
  expect(cluster.events.at(-1)).toBe('Warning FailedBinding late: volume "v" already bound to a different claim.');
});

test('a claim whose volume goes is lost', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('v');
  await cluster.settle();
  await cluster.claim('data');
  await cluster.settle();
  await cluster.remove('volume', 'v');
  await cluster.settle();
  expect(cluster.readClaim('data')?.status).toEqual({ phase: 'Lost' });
  expect(cluster.events).toEqual([
    'Warning ClaimLost data: Bound claim has lost its PersistentVolume. Data on the volume is lost!',
  ]);
});

test('a volume of another mode that is kept for a claim is told of on both', async () => {
  const cluster = new TestVolumes();
  const { metadata } = await cluster.claim('data');
  const claimRef = { namespace: 'default', name: 'data', uid: metadata.uid };
  await cluster.volume('v', { volumeMode: 'Block', claimRef });
  await cluster.settle();
  expect(cluster.state('data')).toBe('Pending');
  expect(cluster.events).toEqual(
    expect.arrayContaining([
      'Warning VolumeMismatch v: Cannot bind PersistentVolume to requested PersistentVolumeClaim "data" due to incompatible volumeMode.',
      'Warning VolumeMismatch data: Cannot bind PersistentVolume "v" to requested PersistentVolumeClaim due to incompatible volumeMode.',
    ]),
  );
});

test('a volume that was tied to a claim which has another one is free again', async () => {
  const cluster = new TestVolumes();
  await cluster.volume('v');
  const { metadata } = await cluster.claim('data');
  await cluster.settle();
  const claimRef = { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'data', uid: metadata.uid };
  await cluster.volume('w', { claimRef }, { annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } });
  await cluster.volume('x', { claimRef });
  await cluster.settle();
  expect(cluster.readVolume('w')).toMatchObject({ status: { phase: 'Available' } });
  expect(cluster.readVolume('w')?.spec?.claimRef).toBeUndefined();
  expect(cluster.readVolume('x')?.spec?.claimRef).toEqual({
    kind: 'PersistentVolumeClaim',
    namespace: 'default',
    name: 'data',
  });
});

test('all of it survives an object that dies at every step', async () => {
  for (let step = 1; step < 40; step++) {
    const cluster = new TestVolumes();
    await cluster.volume('v');
    await cluster.claim('data');
    for (let done = 0; done < step; done++) await cluster.harness.step(cluster.harness.time.now() + 900);
    cluster.harness.kill();
    await cluster.settle();
    expect([cluster.state('data'), cluster.phase('v')]).toEqual(['Bound to v', 'Bound']);
  }
});
