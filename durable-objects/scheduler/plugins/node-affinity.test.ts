import { expect, test } from 'vitest';
import type { PodSpec } from '../../../kube/types.ts';
import { schedule } from '../schedule.ts';
import { NO_CHANCE, node, pod, snapshotOf } from '../testing/objects.ts';

/** As the DaemonSet controller names the node of each of its pods. */
const named = (...terms: string[][]) =>
  ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: terms.map((names) => ({
            matchFields: names.map((name) => ({ key: 'metadata.name', operator: 'In', values: [name] })),
          })),
        },
      },
    },
  }) as Partial<PodSpec>;

const nodes = [node('a', { unschedulable: true }), node('b'), node('c')];

function place(spec: Partial<PodSpec>): string {
  const outcome = schedule(pod('p', spec), snapshotOf(nodes), NO_CHANCE);
  return 'node' in outcome ? outcome.node.name : outcome.unschedulable;
}

test('only the nodes that the terms name are looked at, and the message says so', () => {
  expect(place(named(['c']))).toBe('c');
  expect(place(named(['a'], ['c']))).toBe('c');
  expect(place(named(['a']))).toContain(
    "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ",
  );
  expect(place(named(['gone']))).toContain("3 node(s) didn't satisfy plugin(s) [NodeAffinity]. ");
});

test('terms that contradict themselves reject the pod as a whole', () => {
  expect(place(named(['a', 'b']))).toContain('0/3 nodes are available: pod affinity terms conflict. ');
});
