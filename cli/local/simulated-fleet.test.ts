import { expect, test } from 'vitest';
import type { Node } from '../../kube/types.ts';
import {
  changed,
  changeOf,
  consequence,
  freeNames,
  isEmpty,
  labelsText,
  type NodeOptions,
  namesText,
  newNode,
  steeringText,
  taintsText,
} from './simulated-fleet.ts';

const node = (name: string, more: object = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'islet.dev/simulated': 'true' } },
  ...more,
});
const change = (options: Partial<NodeOptions>) => changeOf({ label: [], taint: [], ...options });

test('new nodes get the lowest names that are free, and a range for pods that is', () => {
  const nodes = [node('sim-0'), node('sim-2', { spec: { podCIDR: '10.245.3.0/24' } }), node('worker')];
  expect(freeNames(nodes, 3)).toEqual(['sim-1', 'sim-3', 'sim-4']);
  expect(() => freeNames(nodes, 2816)).toThrow('only 2814 more simulated nodes can be made');
  expect(newNode('sim-1', change({}), nodes).spec?.podCIDR).toBe('10.245.1.0/24');
  expect(newNode('sim-3', change({}), nodes).spec?.podCIDR).toBeUndefined();
});

test('options are labels, taints and annotations of a node', () => {
  const made = newNode(
    'sim-1',
    change({
      zone: 'a',
      region: 'r',
      label: ['disk=ssd'],
      taint: ['k=v:NoSchedule'],
      capacity: 'cpu=4',
      unreachable: true,
    }),
    [],
  );
  expect(made.metadata.labels).toEqual({
    'islet.dev/simulated': 'true',
    'topology.kubernetes.io/zone': 'a',
    'topology.kubernetes.io/region': 'r',
    disk: 'ssd',
  });
  expect(made.spec?.taints).toEqual([{ key: 'k', value: 'v', effect: 'NoSchedule' }]);
  expect(steeringText(made)).toBe('capacity=cpu=4 unreachable=true');
  expect(taintsText(made)).toBe('k=v:NoSchedule');
  expect(labelsText(made)).toBe('topology.kubernetes.io/region=r disk=ssd');
  const back = changed(
    made,
    change({ zone: 'none', label: ['disk-'], taint: ['k-'], capacity: 'none', unreachable: false }),
  );
  expect(Object.keys(back.metadata.labels ?? {})).toEqual(['islet.dev/simulated', 'topology.kubernetes.io/region']);
  expect([back.spec?.taints, steeringText(back)]).toEqual([[], '']);
  expect(isEmpty(change({}))).toBe(true);
});

test('a node is listed with the labels that its kubelet does not give each node', () => {
  const labels = {
    'kubernetes.io/hostname': 'sim-0',
    'beta.kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/db': '',
  };
  const one = node('sim-0', { metadata: { labels }, spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } });
  expect([labelsText(one), taintsText(one)]).toEqual(['node-role.kubernetes.io/db', 'a:NoExecute']);
  expect([labelsText(node('sim-1')), taintsText(node('sim-1'))]).toEqual(['', '']);
});

test('a taint takes the place of one with its key and effect, and others stay', () => {
  const taints = [
    { key: 'k', value: 'v', effect: 'NoSchedule' },
    { key: 'k', effect: 'NoExecute' },
  ];
  const after = (...taint: string[]) => changed(node('sim-0', { spec: { taints } }), change({ taint })).spec?.taints;
  expect(after('k=w:NoSchedule')).toEqual([taints[1], { key: 'k', value: 'w', effect: 'NoSchedule' }]);
  expect(after('k:NoExecute-')).toEqual([taints[0]]);
  expect(after('k-')).toEqual([]);
});

test.each<[Partial<NodeOptions>, string]>([
  [
    { capacity: 'cpu=lots' },
    '--capacity must be amounts of resources, like "cpu=4,memory=8Gi,example.com/gpu=2", not "cpu=lots"',
  ],
  [{ images: '=' }, '--images must be images and their sizes'],
  [{ label: ['disk'] }, '--label disk: expected KEY=VALUE, or KEY- to take it away'],
  [{ taint: ['k=v'] }, '--taint k=v: expected KEY[=VALUE]:EFFECT, or KEY[:EFFECT]- to take it away'],
  [{ taint: ['k:Never'] }, 'EFFECT is NoSchedule, PreferNoSchedule, NoExecute'],
])('%j is refused', (options, words) => {
  expect(() => change(options)).toThrow(words);
});

test('what follows is said, with the command that ends it', () => {
  const silent = changed(node('sim-1'), change({ unreachable: true }));
  expect(consequence(change({ unreachable: true }), ['sim-1'], [node('sim-0'), silent])).toEqual([
    'sim-1: silent from now on; NotReady in 50 seconds, and the pods are evicted 5 minutes later',
    '`kubectl get nodes -w` shows it; `islet nodes set sim-1 --no-unreachable` ends it',
  ]);
  expect(consequence(change({ ready: false }), ['sim-1'], [silent]).at(-1)).toContain('no pod is evicted, as upstream');
  expect(consequence(change({ pidPressure: true }), ['sim-1'], [])[0]).toBe(
    'sim-1: under PID pressure: new pods are kept off, and one that is there is evicted every 10 seconds',
  );
  expect(consequence(change({ unreachable: false }), ['sim-1'], [])).toEqual([
    'sim-1: heard from again: pods are let in again; `kubectl get nodes` shows it',
  ]);
  expect(consequence(change({ diskPressure: false }), ['sim-1'], [])).toEqual([
    'sim-1: no longer under disk pressure: pods are let in again; `kubectl describe node sim-1` shows it',
  ]);
  expect(consequence(change({ zone: 'b' }), ['sim-1'], [])).toEqual([
    'sim-1: changed; `kubectl describe node sim-1` shows it',
  ]);
});

test('many names are a range or cut short', () => {
  expect(namesText(['sim-3', 'sim-4', 'sim-5'])).toBe('sim-3 to sim-5');
  expect(namesText(['sim-3', 'sim-5'])).toBe('sim-3, sim-5');
  expect(namesText(Array.from({ length: 10 }, (_, index) => `sim-${2 * index}`))).toMatch(
    /^sim-0, .*sim-14 and 2 more$/,
  );
});

test.each(['k=v=w:NoSchedule', 'k:NoSchedule:x', 'k=v-', 'k=v', ':NoSchedule', 'k:Nope'])(
  'a taint that kubectl would not take (%s) is refused, and no part of it is dropped',
  (taint) => {
    expect(() => change({ taint: [taint] })).toThrow(`--taint ${taint}: expected KEY[=VALUE]:EFFECT`);
  },
);
