import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, snapshotOf } from '../testing/objects.ts';

const using = (name: string, claims: string[], spec: object = {}): Pod =>
  pod(name, {
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    ...spec,
  });
const on = (name: string, claims: string[]): Pod => using(name, claims, { nodeName: 'a' });

function objects(limit: number, more: Record<string, object> = {}): Record<string, object> {
  const found: Record<string, object> = {
    'csinodes.storage.k8s.io//a': {
      metadata: { name: 'a' },
      spec: { drivers: [{ name: 'disk', allocatable: { count: limit } }] },
    },
    ...more,
  };
  for (const name of ['x', 'y', 'z']) {
    found[`persistentvolumeclaims/default/${name}`] = {
      metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { volumeName: name },
    };
    found[`persistentvolumes//${name}`] = { metadata: { name }, spec: { csi: { driver: 'disk', volumeHandle: name } } };
  }
  return found;
}

function place(what: Pod, running: Pod[], known: Record<string, object>): string {
  const reader = {
    lookup: (key: string) => known[key],
    list: (prefix: string) => Object.keys(known).flatMap((key) => (key.startsWith(prefix) ? [known[key]] : [])),
  };
  const outcome = schedule(what, snapshotOf([node('a')], running, reader), NO_CHANCE);
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

const FULL = expect.stringContaining('1 node(s) exceed max volume count');

test('a node takes as many volumes of a driver as its CSINode says, one that pods share counting once', () => {
  expect(place(using('p', ['y']), [on('r', ['x'])], objects(2))).toBe('a');
  expect(place(using('p', ['y']), [on('r', ['x'])], objects(1))).toEqual(FULL);
  expect(place(using('p', ['x']), [on('r', ['x'])], objects(1))).toBe('a');
  expect(place(using('p', []), [on('r', ['x'])], objects(0))).toBe('a');
});

test('volumes that are attached count without a pod, but not twice', () => {
  const attachment = (name: string) => ({
    [`volumeattachments.storage.k8s.io//${name}`]: {
      metadata: { name },
      spec: { attacher: 'disk', nodeName: 'a', source: { persistentVolumeName: name } },
    },
  });
  expect(place(using('p', ['y']), [], objects(1, attachment('x')))).toEqual(FULL);
  expect(place(using('p', ['y']), [on('r', ['x'])], objects(2, attachment('x')))).toBe('a');
});

test('disks that pods name themselves count for the driver in the place of their plugin', () => {
  const ebs = (name: string, spec: object = {}): Pod =>
    pod(name, {
      volumes: [{ name: 'v', awsElasticBlockStore: { volumeID: `aws://zone/${name}` } }],
      ...spec,
    } as object);
  const csiNode = {
    metadata: { name: 'a' },
    spec: { drivers: [{ name: 'ebs.csi.aws.com', allocatable: { count: 1 } }] },
  };
  const known = { 'csinodes.storage.k8s.io//a': csiNode };
  expect(place(ebs('p'), [], known)).toBe('a');
  expect(place(ebs('p'), [ebs('q', { nodeName: 'a' })], known)).toEqual(FULL);
});
test('of many attachments a node looks at its own', () => {
  let reads = 0;
  const nodes = Array.from({ length: 50 }, (_, i) => `n${i}`);
  const attachments = nodes.map((nodeName) => ({
    metadata: { name: nodeName },
    get spec() {
      reads++;
      return { attacher: 'disk', nodeName, source: { persistentVolumeName: 'x' } };
    },
  }));
  const known: Record<string, object> = objects(1);
  for (const name of nodes) {
    const drivers = [{ name: 'disk', allocatable: { count: 1 } }];
    known[`csinodes.storage.k8s.io//${name}`] = { metadata: { name }, spec: { drivers } };
  }
  const reader = {
    lookup: (key: string) => known[key],
    list: (prefix: string) => (prefix.startsWith('volumeattachments') ? attachments : []),
  };
  const snapshot = snapshotOf(
    nodes.map((name) => node(name)),
    [],
    reader,
  );
  expect(schedule(using('p', ['y']), snapshot, NO_CHANCE)).toMatchObject({
    unschedulable: expect.stringContaining('50 node(s) exceed max volume count'),
  });
  expect(reads).toBeLessThanOrEqual(2 * nodes.length);
});
