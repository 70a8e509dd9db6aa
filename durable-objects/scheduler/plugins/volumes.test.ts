import { expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, snapshotOf } from '../testing/objects.ts';

const inZone = (zone: string) => ({ labels: { 'topology.kubernetes.io/zone': zone } });
const nodes = [node('a', inZone('1')), node('b', inZone('2')), node('c', inZone('2'))];
const on = (name: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }],
    },
  },
});
const using = (claimName: string) => pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] });

function place(what: ReturnType<typeof pod>, objects: Record<string, object>): string {
  const lookup = (key: string) => objects[key] && ({ metadata: {}, ...objects[key] } as KubeObject);
  const outcome = schedule(what, snapshotOf(nodes, [], { lookup }), NO_CHANCE);
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

const complete = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } };
const bound = { metadata: complete, spec: { volumeName: 'pv' }, status: { phase: 'Bound' } };
const CLAIM = 'persistentvolumeclaims/default/data';
const VOLUME = 'persistentvolumes//pv';
const only = (reason: string) => expect.stringContaining(`0/3 nodes are available: ${reason}. `);

test('a bound volume decides on which node its pod runs', () => {
  expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: { spec: on('b') } })).toBe('b');
  expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: { spec: on('nowhere') } })).toEqual(
    only("3 node(s) didn't match PersistentVolume's node affinity"),
  );
});

test('a volume that is labelled with zones is reached from their nodes alone', () => {
  const labelled = (zones: string, label = 'topology.kubernetes.io/zone') => ({
    metadata: { labels: { [label]: zones } },
  });
  expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: labelled('0__1') })).toBe('a');
  const older = labelled('1', 'failure-domain.beta.kubernetes.io/zone');
  expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: older })).toBe('a');
  for (const saysNothing of ['', '3____4']) {
    expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: labelled(saysNothing) })).toMatch(/^[abc]$/);
  }
  expect(place(using('data'), { [CLAIM]: bound, [VOLUME]: labelled('3') })).toEqual(
    only('3 node(s) had no available volume zone'),
  );
});

test.each<[string, Record<string, object>, string]>([
  ['that does not exist', {}, 'persistentvolumeclaim "data" not found'],
  ['without a volume', { [CLAIM]: { spec: {} } }, 'pod has unbound immediate PersistentVolumeClaims'],
  ['whose volume is gone', { [CLAIM]: bound }, 'persistentvolume "pv" not found'],
  [
    'that lost its volume',
    { [CLAIM]: { ...bound, status: { phase: 'Lost' } } },
    'persistentvolumeclaim "data" bound to non-existent persistentvolume "pv"',
  ],
  [
    'that is being deleted',
    { [CLAIM]: { ...bound, metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } } },
    'persistentvolumeclaim "data" is being deleted',
  ],
])('a claim %s leaves its pod pending with upstream’s reason', (_name, objects, reason) => {
  expect(place(using('data'), objects)).toEqual(only(reason));
});

test('a claim of the pod’s own whose volume is gone leaves it pending on every node', () => {
  const what = pod('p', { volumes: [{ name: 'v', ephemeral: {} }] });
  const own = { ...complete, ownerReferences: [{ controller: true, uid: what.metadata.uid }] };
  expect(place(what, { 'persistentvolumeclaims/default/p-v': { ...bound, metadata: own } })).toEqual(
    only('3 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
  );
});

test('a claim that is still to be made for a volume of the pod is waited for', () => {
  const what = pod('p', { volumes: [{ name: 'v', ephemeral: {} }] });
  expect(place(what, {})).toEqual(
    only('waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"'),
  );
});

const image = (readOnly: boolean, ...monitors: string[]) => ({ rbd: { monitors, image: 'i', pool: 'p', readOnly } });

test.each<[string, object, object, boolean]>([
  ['a disk of EC2', { awsElasticBlockStore: { volumeID: 'v' } }, { awsElasticBlockStore: { volumeID: 'v' } }, true],
  ['another one', { awsElasticBlockStore: { volumeID: 'v' } }, { awsElasticBlockStore: { volumeID: 'w' } }, false],
  [
    'a disk of GCE',
    { gcePersistentDisk: { pdName: 'd' } },
    { gcePersistentDisk: { pdName: 'd', readOnly: true } },
    true,
  ],
  [
    'a disk that both only read',
    { iscsi: { iqn: 'q', readOnly: true } },
    { iscsi: { iqn: 'q', readOnly: true } },
    false,
  ],
  ['an image of Ceph', image(false, 'a', 'b'), image(true, 'b', 'c'), true],
  ['an image of another Ceph', image(false, 'a'), image(false, 'c'), false],
])('pods of one node share %s or do not', (_, wanted, taken, clash) => {
  const using = (name: string, source: object, spec: object = {}) =>
    pod(name, { volumes: [{ name: 'v', ...source }], ...spec } as object);
  const snapshot = snapshotOf([node('a')], [using('x', taken, { nodeName: 'a' })]);
  const outcome = schedule(using('p', wanted), snapshot, NO_CHANCE);
  const said = 'node' in outcome ? outcome.node.name : outcome.unschedulable;
  expect(said).toEqual(clash ? expect.stringContaining('1 node(s) had no available disk') : 'a');
});

test('where the pod as a whole is rejected before devices were asked about, no room is made, in the words of upstream', () => {
  expect(place(using('none'), {})).toBe('0/3 nodes are available: persistentvolumeclaim "none" not found. not found');
});
