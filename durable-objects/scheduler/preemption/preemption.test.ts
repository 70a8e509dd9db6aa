import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Pod, PodSpec } from '../../../kube/types.ts';
import { type PodInfo, projectPod } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { CycleState } from '../framework/cycle-state.ts';
import { addPod, removePod, runFilters, runPreFilters } from '../framework/filters.ts';
import { DEFAULT_PROFILE } from '../plugins/index.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, requesting, snapshotOf } from '../testing/objects.ts';
import { pickOneNode } from './pick-node.ts';

const one = { cpu: '1', memory: '4Gi', pods: '110' };
const on = (name: string, nodeName: string, priority: number, spec: Partial<PodSpec> = requesting('1')): Pod =>
  pod(name, { ...spec, nodeName, priority });
const urgent = (spec: Partial<PodSpec> = requesting('1')): Pod => pod('urgent', { priority: 100, ...spec });
const namesOf = (victims: readonly PodInfo[] = []): string[] => victims.map(({ key }) => key.split('/')[2] ?? '');

function preempt(what: Pod, snapshot: Snapshot) {
  const outcome = schedule(what, snapshot, NO_CHANCE);
  if ('node' in outcome) return { bound: outcome.node.name };
  const { unschedulable, nominatedNodeName, victims } = outcome;
  return { message: unschedulable, node: nominatedNodeName, victims: namesOf(victims) };
}

test('the pods of the lowest priority go, and only as many as are needed', () => {
  const snapshot = snapshotOf(
    [node('a', {}, { ...one, cpu: '3' }), node('b', {}, one)],
    [on('low', 'a', 1), on('mid', 'a', 5), on('high', 'a', 50), on('other', 'b', 60)],
  );
  expect(preempt(urgent(), snapshot)).toEqual({
    message: '0/2 nodes are available: 2 Insufficient cpu.',
    node: 'a',
    victims: ['low'],
  });
  expect(preempt(urgent(requesting('2')), snapshot)).toMatchObject({ node: 'a', victims: ['mid', 'low'] });
});

test('a pod that its PodDisruptionBudget protects is spared where another node can do', () => {
  const budget = {
    metadata: { name: 'b', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } } },
    status: { disruptionsAllowed: 0 },
  } as unknown as KubeObject;
  const reader = { list: (prefix: string) => (prefix === 'poddisruptionbudgets.policy/' ? [budget] : []) };
  const free = pod('free', { ...requesting('1'), nodeName: 'b', priority: 50 }, { app: 'other' });
  const nodes = [node('a', {}, one), node('b', {}, one)];
  expect(preempt(urgent(), snapshotOf(nodes, [on('kept', 'a', 1), free], reader))).toMatchObject({ node: 'b' });
  // A budget is no reason to leave an urgent pod waiting.
  expect(preempt(urgent(), snapshotOf(nodes.slice(0, 1), [on('kept', 'a', 1)], reader))).toMatchObject({
    victims: ['kept'],
  });
  const disrupted = structuredClone(budget) as { status?: object };
  disrupted.status = { disruptionsAllowed: 0, disruptedPods: { kept: '2026-01-01T00:00:00Z' } };
  const counted = { list: () => [disrupted as KubeObject] };
  expect(preempt(urgent(), snapshotOf(nodes, [on('kept', 'a', 1), free], counted))).toMatchObject({ node: 'a' });
});

describe('the message says why nothing is preempted', () => {
  const full = (priority: number) => snapshotOf([node('a', {}, one)], [on('x', 'a', priority)]);
  const said = (what: string) => `0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ${what}`;

  test.each<[string, Pod, Snapshot, string]>([
    [
      'its policy forbids it',
      urgent({ ...requesting('1'), preemptionPolicy: 'Never' } as Partial<PodSpec>),
      full(1),
      said('preemption: not eligible due to preemptionPolicy=Never.'),
    ],
    [
      'no pod is less important',
      urgent(),
      full(100),
      said('preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.'),
    ],
    [
      'the node is too small for it',
      urgent(requesting('2')),
      full(1),
      said('preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'),
    ],
    [
      'what is left would still be too much',
      urgent(),
      snapshotOf([node('a', {}, one)], [on('x', 'a', 1, requesting('100m')), on('y', 'a', 200, requesting('500m'))]),
      said('preemption: 0/1 nodes are available: 1 Insufficient cpu.'),
    ],
  ])('%s', (_why, what, snapshot, message) => {
    expect(preempt(what, snapshot).message).toBe(message);
  });

  test('its victims are still terminating', () => {
    const victim = on('x', 'a', 1);
    victim.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    const disruption = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };
    victim.status = { conditions: [disruption] } as unknown as Pod['status'];
    const what = urgent();
    what.status = { nominatedNodeName: 'a' };
    expect(preempt(what, snapshotOf([node('a', {}, one)], [victim, on('y', 'a', 1)]))).toEqual({
      message: said('preemption: not eligible due to a terminating pod on the nominated node.'),
      node: undefined,
      victims: [],
    });
  });
});

test('anti-affinity, host ports, spreading and a claim for one pod are each freed by a preemption', () => {
  const nodes = [node('a', { labels: { zone: '1' } }, { ...one, cpu: '8' })];
  const web = { labelSelector: { matchLabels: { app: 'web' } }, topologyKey: 'zone' };
  const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [web] } } };
  const hostPort = { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] };
  const claiming = { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] };
  const lookup = (key: string) =>
    ({
      'persistentvolumeclaims/default/data': { spec: { volumeName: 'pv', accessModes: ['ReadWriteOncePod'] } },
      'persistentvolumes//pv': { spec: {} },
    })[key] &&
    ({
      metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { volumeName: 'pv', accessModes: ['ReadWriteOncePod'] },
    } as unknown as KubeObject);
  for (const [mine, theirs] of [
    [apart, {}],
    [{}, apart],
    [hostPort, hostPort],
    [claiming, claiming],
  ] as Partial<PodSpec>[][]) {
    const snapshot = snapshotOf(nodes, [on('x', 'a', 1, theirs), on('y', 'a', 200, requesting('1'))], { lookup });
    if (mine === apart) snapshot.removePod('pods/default/y');
    expect(preempt(urgent(mine), snapshot)).toMatchObject({ node: 'a', victims: ['x'] });
  }
  // Upstream counts the claim once, and the pods that use it each: the more important of two is left.
  const users = [on('x', 'a', 1, claiming), on('y', 'a', 2, claiming)];
  expect(preempt(urgent(claiming), snapshotOf(nodes, users, { lookup }))).toMatchObject({ node: 'a', victims: ['x'] });
  const spread = {
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: web.labelSelector },
    ],
  } as Partial<PodSpec>;
  const two = [...nodes, node('b', { labels: { zone: '2' } }, { ...one, pods: '0' })];
  expect(preempt(urgent(spread), snapshotOf(two, [on('x', 'a', 1)]))).toMatchObject({ node: 'a', victims: ['x'] });
});

test('room that is being made for a pod is left to it by pods that are not more important', () => {
  const snapshot = snapshotOf([node('a', {}, one)]);
  const nominated = projectPod('pods/default/first', pod('first', { ...requesting('1'), priority: 10 }), 1);
  snapshot.nominator.nominate(nominated, 'a');
  expect(preempt(pod('same', { ...requesting('1'), priority: 10 }), snapshot)).toMatchObject({ node: '' });
  expect(preempt(pod('first', { ...requesting('1'), priority: 10 }), snapshot)).toEqual({ bound: 'a' });
  expect(preempt(urgent(), snapshot)).toEqual({ bound: 'a' });
});

test('a pod goes to its nominated node, though others would do as well', () => {
  const what = pod('p', requesting('1'));
  what.status = { nominatedNodeName: 'full' };
  const snapshot = snapshotOf(
    [node('empty'), node('full'), node('tiny', {}, { ...one, cpu: '500m' })],
    [on('x', 'full', 1)],
  );
  expect(preempt(what, snapshot)).toEqual({ bound: 'full' });
  what.status = { nominatedNodeName: 'tiny' };
  expect(preempt(what, snapshot)).toEqual({ bound: 'empty' });
});

test('of several nodes, each rule decides among those that the one before it leaves', () => {
  const victim = (priority: number, startTime = 0) => ({ priority, startTime }) as PodInfo;
  const best = (...candidates: [violations: number, victims: PodInfo[]][]) =>
    pickOneNode(candidates.map(([violations, victims], i) => ({ node: String(i), violations, victims })))?.node;
  expect(best([1, [victim(1)]], [0, [victim(9), victim(9)]])).toBe('1');
  expect(best([0, [victim(9)]], [0, [victim(8), victim(8)]])).toBe('1');
  expect(best([0, [victim(9), victim(5)]], [0, [victim(9), victim(4)]])).toBe('1');
  expect(best([0, [victim(-5), victim(-5)]], [0, [victim(-5)]])).toBe('1');
  expect(best([0, [victim(9, 10)]], [0, [victim(9, 20)]])).toBe('1');
  expect(best([0, [victim(9, 10)]], [0, [victim(9, 10)]])).toBe('0');
});

test('a trial without some pods judges each node as a cluster without them does', () => {
  const label = fc.constantFrom('x', 'y', 'z');
  const selecting = (app: string) => ({ labelSelector: { matchLabels: { app } } });
  const term = fc.record({ app: label, topologyKey: fc.constantFrom('zone', 'kubernetes.io/hostname') });
  const spec = fc.record({
    affinity: fc.array(term, { maxLength: 1 }),
    anti: fc.array(term, { maxLength: 1 }),
    spread: fc.array(fc.record({ app: label, topologyKey: fc.constantFrom('zone', 'kubernetes.io/hostname') }), {
      maxLength: 2,
    }),
    cpu: fc.integer({ min: 1, max: 4 }),
    app: label,
  });
  type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;
  const make = (name: string, { affinity, anti, spread, cpu, app }: Spec, nodeName?: string): Pod => {
    const terms = (list: Spec['anti']) => ({
      requiredDuringSchedulingIgnoredDuringExecution: list.map((t) => ({
        ...selecting(t.app),
        topologyKey: t.topologyKey,
      })),
    });
    const topologySpreadConstraints = spread.map((s) => ({
      ...selecting(s.app),
      topologyKey: s.topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
    }));
    const rest = {
      affinity: { podAffinity: terms(affinity), podAntiAffinity: terms(anti) },
      topologySpreadConstraints,
    };
    return pod(name, { ...requesting(`${cpu}`), ...rest, ...(nodeName ? { nodeName } : {}) } as Partial<PodSpec>, {
      app,
    });
  };
  const script = fc.record({
    zones: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }),
    pods: fc.array(fc.record({ spec, node: fc.nat({ max: 3 }), away: fc.boolean() }), { maxLength: 8 }),
    incoming: spec,
  });
  fc.assert(
    fc.property(script, ({ zones, pods, incoming }) => {
      const nodes = zones.map((zone, i) => node(`n${i}`, zone === 2 ? {} : { labels: { zone: `${zone}` } }));
      const placed = pods.map((p, i) => ({ ...p, pod: make(`p${i}`, p.spec, `n${p.node % zones.length}`) }));
      const what = make('incoming', incoming);
      const start = (snapshot: Snapshot) => {
        const cycle = new CycleState(what, projectPod('pods/default/incoming', what, 1), snapshot);
        return { cycle, rejected: runPreFilters(cycle, DEFAULT_PROFILE.points).rejected };
      };
      const verdicts = (cycle: CycleState, of: (name: string) => ReturnType<Snapshot['node']>) =>
        nodes.map(({ metadata }) => {
          const info = of(metadata.name ?? '');
          const refused = info && runFilters(cycle, info);
          return (
            refused && { ...refused, rejection: { ...refused.rejection, details: refused.rejection.details?.(20) } }
          );
        });
      const all = snapshotOf(
        nodes,
        placed.map((p) => p.pod),
      );
      const fewer = snapshotOf(
        nodes,
        placed.filter((p) => !p.away).map((p) => p.pod),
      );
      const { cycle } = start(all);
      const before = verdicts(cycle, (name) => all.node(name));
      const trial = cycle.clone();
      const clones = new Map(all.nodes.map((info) => [info.name, info.clone()]));
      const away = [...all.pods.values()].filter(({ key }) =>
        placed.some((p) => p.away && key.endsWith(`/${p.pod.metadata.name}`)),
      );
      for (const info of away) removePod(trial, info, clones.get(info.node) as never);
      expect(verdicts(trial, (name) => clones.get(name))).toEqual(
        verdicts(start(fewer).cycle, (name) => fewer.node(name)),
      );
      for (const info of away) addPod(trial, info, clones.get(info.node) as never);
      expect(verdicts(trial, (name) => clones.get(name))).toEqual(before);
      expect(verdicts(cycle, (name) => all.node(name))).toEqual(before);
    }),
    { numRuns: 500 },
  );
});

test('an error of a plugin in the search for victims is told instead of what others said', () => {
  const expression = 'device.attributes["d.example.com"].none';
  const requests = [{ name: 'r', exactly: { deviceClassName: 'any', count: 1, selectors: [{ cel: { expression } }] } }];
  const objects: Record<string, object> = {
    'resourceclaims.resource.k8s.io/default/c': {
      metadata: { name: 'c', namespace: 'default' },
      spec: { devices: { requests } },
    },
    'deviceclasses.resource.k8s.io//any': { metadata: { name: 'any' } },
  };
  const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
  const slice = {
    metadata: { name: 's' },
    spec: { driver: 'd.example.com', pool, allNodes: true, devices: [{ name: 'x' }] },
  };
  for (const request of requests) Object.assign(request.exactly, { allocationMode: 'ExactCount' });
  const reader = {
    lookup: (key: string) => objects[key] as KubeObject | undefined,
    list: (prefix: string) => (prefix.startsWith('resourceslices') ? [slice as unknown as KubeObject] : []),
  };
  const what = urgent({ ...requesting('1'), resourceClaims: [{ name: 'd', resourceClaimName: 'c' }] });
  expect(preempt(what, snapshotOf([node('a', {}, one)], [on('low', 'a', 1)], reader)).message).toBe(
    '0/1 nodes are available: 1 Insufficient cpu. preemption: running "DynamicResources" filter plugin: ' +
      'claim default/c: selector #0: CEL runtime error: no such key: none',
  );
});
