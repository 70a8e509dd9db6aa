import { expect, test } from 'vitest';
import type { Pod } from '../../../kube/types.ts';
import { projectNode, projectPod } from '../cache/projections.ts';
import { Snapshot } from '../cache/snapshot.ts';
import { DEFAULT_PROFILE } from '../plugins/index.ts';
import { schedule } from '../schedule.ts';
import { Generated } from '../testing/generate.ts';
import { chance, node, pod as podOf, snapshotOf } from '../testing/objects.ts';
import { DecisionTrace } from './decision-trace.ts';
import type { Plugin } from './interface.ts';
import { profileOf } from './profile.ts';
import { AnswersOfProfile } from './profile-answers.ts';

const STEPS = 120;

test.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
  'remembered answers decide as those that are given anew, whatever changes in between (seed %i)',
  (seed) => {
    const generated = new Generated(chance(seed).next);
    const snapshot = new Snapshot();
    const answers = new AnswersOfProfile(DEFAULT_PROFILE, snapshot.slots);
    const sorts = Array.from({ length: 3 }, (_, i) => generated.pod(`sort-${i}`));
    const placed: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const name = `node-${generated.below(8)}`;
      if (step < 6 || generated.often(10)) snapshot.setNode(projectNode(generated.node(name)));
      else if (generated.often(3)) snapshot.removeNode(name);
      else if (generated.often(15)) snapshot.removePod(placed.splice(generated.below(placed.length), 1)[0] ?? '');
      const pod = named(generated.one(sorts), `pod-${step}`);
      const key = `pods/${pod.metadata.namespace}/${pod.metadata.name}`;
      const info = projectPod(key, pod, step);
      const decide = (known = answers.of(pod, info)) => {
        const trace = new DecisionTrace();
        const options = { info, trace, ...(known ? { answers: known } : {}) };
        const outcome = schedule(pod, snapshot, chance(step), options);
        trace.settle('node' in outcome ? outcome.node : undefined);
        return { outcome, told: [trace.verdicts(), trace.weights] };
      };
      const anew = schedule(pod, snapshot, chance(step), { info, trace: new DecisionTrace() });
      const { outcome, told } = decide();
      expect(decide().told).toEqual(told);
      expect(said(outcome)).toEqual(said(anew));
      if (!('node' in outcome)) continue;
      snapshot.setPod({ ...info, node: outcome.node.name });
      placed.push(key);
    }
  },
);

test('a node is asked about once for pods that are alike, and again once it has changed', () => {
  let asked = 0;
  const local: Plugin = {
    name: 'Local',
    sign: ({ spec }) => spec?.nodeSelector ?? {},
    filter: () => void asked++,
    score: () => asked++,
  };
  const profile = profileOf([local]);
  const snapshot = snapshotOf([node('a'), node('b')]);
  const answers = new AnswersOfProfile(profile, snapshot.slots);
  const decide = (pod: Pod) => {
    asked = 0;
    const info = projectPod('pods/default/x', pod, 0);
    schedule(pod, snapshot, { next: () => 0 }, { profile, info, answers: answers.of(pod, info) });
    return asked;
  };
  expect([decide(podOf('x')), decide(podOf('x')), decide(podOf('y'))]).toEqual([4, 0, 0]);
  expect(decide(podOf('x', { nodeSelector: { a: 'b' } }))).toBe(4);
  snapshot.setPod({ ...projectPod('pods/default/z', podOf('z'), 0), node: 'a' });
  expect(decide(podOf('x'))).toBe(2);
  snapshot.removeNode('b');
  snapshot.setNode(projectNode(node('c')));
  expect(decide(podOf('x'))).toBe(2);
});

test('a filter after one that does not sign is asked each time', () => {
  const asked: string[] = [];
  const named = (name: string, sign?: Plugin['sign']): Plugin => ({
    name,
    ...(sign ? { sign } : {}),
    filter: () => void asked.push(name),
  });
  const profile = profileOf([named('first', () => 1), named('unsigned'), named('last', () => 1)]);
  const snapshot = snapshotOf([node('a')]);
  const answers = new AnswersOfProfile(profile, snapshot.slots);
  for (const name of ['x', 'y']) {
    const info = projectPod(`pods/default/${name}`, podOf(name), 0);
    schedule(podOf(name), snapshot, { next: () => 0 }, { profile, info, answers: answers.of(podOf(name), info) });
  }
  expect(asked).toEqual(['first', 'unsigned', 'last', 'unsigned', 'last']);
});

function named(pod: Pod, name: string): Pod {
  return { ...pod, metadata: { ...pod.metadata, name, uid: `uid-${name}` } };
}

function said(outcome: ReturnType<typeof schedule>): unknown {
  return 'node' in outcome ? outcome.node.name : [outcome.unschedulable, [...outcome.plugins].sort()];
}
