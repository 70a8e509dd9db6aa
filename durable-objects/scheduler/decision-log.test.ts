import { expect, test } from 'vitest';
import { formatWhy } from '../../wire/why.ts';
import { DecisionLog } from './decision-log.ts';
import { DecisionTrace } from './framework/decision-trace.ts';
import type { Chosen } from './schedule.ts';

const KEY = 'pods/default/web';
const nodes = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `node-${at}` }));

function told(trace: DecisionTrace, node: string, nodes: number): string {
  const log = new DecisionLog();
  log.note({ key: KEY, uid: 'u' }, { node: { name: node } } as unknown as Chosen, { at: 0, nodes }, trace);
  const decision = log.find(KEY, 'u');
  return formatWhy({ namespace: 'default', name: 'web', state: 'bound', node, decision }, 0);
}

test('of many nodes the chosen one is told, and how many there were', () => {
  const trace = new DecisionTrace();
  trace.feasible(nodes(130));
  trace.scored({ name: 'NodeResourcesFit' }, 1, [...nodes(129).map((_, at) => at % 50), 90]);
  const text = told(trace, 'node-129', 1000);
  expect(text).toContain('on node-129: 130 of 1000 nodes passed all filters, and it had the highest score');
  expect(text).toMatch(/^node-129 \* +90/m);
  expect(text).toContain('(and 900 more nodes)');
});

test('a pod that goes where room was made for it was not compared with others', () => {
  const trace = new DecisionTrace();
  trace.nominated({ name: 'node-1' });
  expect(told(trace, 'node-1', 3)).toContain('on node-1: it was kept for this node');
});
