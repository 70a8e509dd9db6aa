import { expect, test } from 'vitest';
import { formatWhy, type SchedulingDecision } from './why.ts';

const NOW = 100_000;
const decision = (over: Partial<SchedulingDecision>): SchedulingDecision => ({
  at: NOW - 3000,
  outcome: 'unschedulable',
  nodes: 3,
  passed: over.verdicts?.filter(({ filter }) => filter === undefined).length ?? 0,
  verdicts: [],
  weights: {},
  preferences: {},
  ...over,
});
const FAILED = { code: 'failed', reason: '', message: '' } as const;
const pod = { namespace: 'default', name: 'web-0' };

test('a pod without a node: each node with the filter it failed, and what helps', () => {
  const text = formatWhy(
    {
      ...pod,
      state: 'unplaced',
      decision: decision({
        message: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.',
        verdicts: [
          { node: 'sim-0', filter: 'NodeResourcesFit', reasons: ['Insufficient cpu'] },
          { node: 'sim-1', filter: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] },
        ],
      }),
    },
    NOW,
  );
  expect(text).toMatch(/^pod default\/web-0 has no node \(decided 3 s ago\)\n0\/3 nodes are available/);
  expect(text).toMatch(/sim-0 {3}Insufficient cpu {13}NodeResourcesFit/);
  expect(text).toContain('(and 1 more nodes)');
  expect(text).toContain('What helps:\n  - sim-0: The pod asks for more than these nodes have free');
  expect(text).toContain('kubectl uncordon NODE');
});

test('a pod on its node: the scores of all that passed, the highest first', () => {
  const text = formatWhy(
    {
      ...pod,
      state: 'bound',
      node: 'sim-1',
      decision: decision({
        outcome: 'scheduled',
        node: 'sim-1',
        weights: { TaintToleration: 3, ImageLocality: 1 },
        preferences: { TaintToleration: 'taints', ImageLocality: 'images' },
        verdicts: [
          { node: 'sim-0', scores: { TaintToleration: 100, ImageLocality: 0 }, total: 300 },
          { node: 'sim-1', scores: { TaintToleration: 100, ImageLocality: 40 }, total: 340 },
          { node: 'sim-2', filter: 'NodePorts', reasons: ['node(s) didn’t have free ports'] },
        ],
      }),
    },
    NOW,
  );
  expect(text).toContain('is on sim-1: 2 of 3 nodes passed all filters, and it had the highest score');
  expect(text).toMatch(/NODE {6}TOTAL {3}TaintToleration ×3 {3}ImageLocality\nsim-1 \* {3}340 .*\nsim-0/);
  expect(text).toContain(
    '\n  TaintToleration: fewer taints that would rather keep the pod away (PreferNoSchedule)\n  ImageLocality: its images are there already\n',
  );
  const even = formatWhy(
    {
      ...pod,
      state: 'bound',
      node: 'b',
      decision: decision({
        outcome: 'scheduled',
        node: 'b',
        weights: { ImageLocality: 1 },
        verdicts: ['a', 'b'].map((node) => ({ node, scores: { ImageLocality: 5 }, total: 5 })),
      }),
    },
    NOW,
  );
  expect(even).toContain(
    '2 of 3 nodes passed all filters, 2 share the highest score, and one of those is taken by chance',
  );
  // A node that was not needed is no problem to be solved.
  expect(text).not.toContain('What helps');
});

test.each([
  [{ state: 'gated', gates: ['a/b'] }, 'waits at its scheduling gates: a/b'],
  [{ state: 'foreign', schedulerName: 'mine' }, 'is left to the scheduler "mine"'],
  [{ state: 'off' }, 'was created without one'],
  [{ state: 'unplaced' }, 'Ask again in a moment'],
  [{ state: 'bound', node: 'n', trouble: FAILED }, 'It has failed.\nA container ended with an error'],
  [{ state: 'unplaced', message: '0/3 nodes' }, 'pod default/web-0 has no node\n0/3 nodes\nThe decision is no longer'],
  [{ state: 'bound', node: 'n' }, 'is no longer kept'],
  [{ state: 'bound', node: 'n', named: true }, 'spec.nodeName said so'],
  [{ state: 'bound', node: 'n', named: true, missing: true }, 'is on n, which is not there'],
  [{ state: 'held', refusal: { filter: 'DynamicResources', reasons: ['object not found'] } }, 'What helps:'],
] as const)('%j', (why, words) => {
  expect(formatWhy({ ...pod, ...why }, NOW)).toContain(words);
});
