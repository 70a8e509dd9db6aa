import { expect, test } from 'vitest';
import type { Pod, PodSpec } from '../../kube/types.ts';
import type { Decided } from './actions.ts';
import { likenessOf, projectPod } from './cache/projections.ts';
import { Decider } from './decider.ts';
import { DecisionLog } from './decision-log.ts';
import { Consultation } from './extenders/consultation.ts';
import type { Extender } from './extenders/extender.ts';
import { type Plugin, PluginError } from './framework/interface.ts';
import { profileOf } from './framework/profile.ts';
import { unschedulable } from './framework/rejection.ts';
import { NO_CHANCE, node, pod as podOf, snapshotOf } from './testing/objects.ts';

function deciding(nodes = [node('a'), node('b')]) {
  const snapshot = snapshotOf(nodes);
  let filtered = 0;
  const plugin: Plugin = {
    name: 'Names',
    queueSort: () => 0,
    filter({ pod }) {
      filtered++;
      if (pod.metadata.labels?.app === 'fails' && filtered % nodes.length === 0) throw new PluginError('failed');
      return pod.metadata.labels?.app === 'fits' ? undefined : unschedulable('no');
    },
  };
  const decider = new Decider(snapshot, NO_CHANCE, new DecisionLog());
  const profile = profileOf([plugin]);
  const decide = (pod: Pod, consultation?: Consultation) => {
    const key = `pods/default/${pod.metadata.name}`;
    const queued = { key, uid: key, deadline: Number.POSITIVE_INFINITY } as Decided['queued'];
    const info = projectPod(key, pod, 0);
    return decider.decide({ queued, pod, info, profile, begun: 0, extenders: [] }, consultation);
  };
  return { decider, snapshot, decide, filtered: () => filtered };
}

const pod = (name: string, app: string) => podOf(name, {}, { app });

test('pods that are alike are compared with the nodes once in a slice, as long as nothing changes', () => {
  const { decider, decide, filtered } = deciding();
  decider.begin();
  const first = decide(pod('x', 'none'));
  expect([decide(pod('y', 'none')), filtered()]).toEqual([first, 2]);
  decide(pod('z', 'other'));
  expect(filtered()).toBe(4);
  decide(pod('w', 'fits'));
  const before = filtered();
  decide(pod('v', 'none'));
  expect(filtered()).toBe(before + 2);
  decider.begin();
  decide(pod('u', 'none'));
  expect(filtered()).toBe(before + 4);
});

test('a decision that fails at the last of many nodes is work of the turn all the same', () => {
  const { decider, decide } = deciding(Array.from({ length: 3000 }, (_, i) => node(`n${i}`)));
  decider.begin();
  for (const name of ['x', 'y']) {
    expect(decider.slice.isOver).toBe(false);
    expect(() => decide(pod(name, 'fails'))).toThrow('failed');
  }
  expect(decider.slice.isOver).toBe(true);
});

test.each([
  [true, 4],
  [false, 1],
])(
  'nodes that an extender is asked about are work of the turn (nodeCacheCapable: %s)',
  (nodeCacheCapable, decisions) => {
    const { decider, decide } = deciding(Array.from({ length: 3000 }, (_, i) => node(`n${i}`)));
    const [urlPrefix, verbs] = ['http://e', { filter: 'filter' }];
    const rest = { weight: 1, timeoutMs: 1000, managedResources: new Set<string>(), ignorable: false, tls: {} };
    const extender: Extender = { urlPrefix, verbs, nodeCacheCapable, ...rest };
    decider.begin();
    let taken = 0;
    for (; !decider.slice.isOver && taken < 100; taken++) {
      const asking = pod(`p${taken}`, 'fits');
      expect(() => decide(asking, new Consultation([extender], asking))).toThrow(
        'the answers of extenders are missing',
      );
    }
    expect(taken).toBe(decisions);
  },
);

test('a pod that a node is kept for is compared by itself', () => {
  const { decider, snapshot, decide, filtered } = deciding();
  decider.begin();
  decide(pod('x', 'none'));
  const other = pod('y', 'none');
  snapshot.nominator.nominate(projectPod('pods/default/y', other, 0), 'a');
  decide(other);
  expect(filtered()).toBeGreaterThan(2);
});

test('what decides where a pod fits makes pods unlike, and the volume of its token does not', () => {
  const volumes = (name: string) => [{ name, projected: { sources: [] } }];
  const mounts = (name: string) => [{ name: 'c', image: 'i', volumeMounts: [{ name, mountPath: '/var' }] }];
  const of = (name: string, spec: object) =>
    likenessOf(podOf(name, { containers: mounts(name), ...spec } as Partial<PodSpec>));
  const plain = of('x', { volumes: volumes('x') });
  expect(of('y', { volumes: volumes('y') })).toBe(plain);
  expect(of('y', { volumes: [{ name: 'y', persistentVolumeClaim: { claimName: 'c' } }] })).not.toBe(plain);
  expect(of('y', { volumes: volumes('y'), nodeSelector: { a: 'b' } })).not.toBe(plain);
  expect(of('y', { volumes: [{ name: 'own', ephemeral: {} }] })).toBe('');
});
