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

type Kept = [key: string, uid: string, decision: { verdicts: unknown[] }];

/** A log that is kept in a note. */
function noted(): { log: DecisionLog; note: () => Kept[] } {
  const written: string[] = [];
  const due: (() => void)[] = [];
  const notes = { read: () => undefined, write: (_: string, text: string) => void written.push(text) };
  const log = new DecisionLog({ notes, defer: (work) => void due.push(work) });
  const note = (): Kept[] => {
    for (const work of due) work();
    return JSON.parse(written[0] ?? '[]');
  };
  return { log, note };
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

test('a decision with long reasons is kept in short, and takes no other out of the note', () => {
  const { log, note } = noted();
  for (const name of ['first', 'last']) {
    const trace = new DecisionTrace();
    const reason = 'x'.repeat(name === 'last' ? 100_000 : 10);
    for (const { name: node } of nodes(100)) {
      trace.rejected(node, { plugin: 'Extender', rejection: { reasons: [reason], unresolvable: false } });
    }
    const chosen = { unschedulable: `0/100 nodes are available: 100 ${reason}.`, plugins: new Set<string>() };
    log.note({ key: `pods/default/${name}`, uid: name }, chosen, { at: 0, nodes: 100 }, trace);
  }
  expect(note().map(([key]) => key)).toEqual(['pods/default/first', 'pods/default/last']);
  expect(log.find('pods/default/last', 'last')?.message).toHaveLength(1024);
});

test('a decision with many long reasons is kept with fewer nodes, and takes no other out of the note', () => {
  const { log, note } = noted();
  for (const name of ['first', 'last']) {
    const trace = new DecisionTrace();
    const reasons = Array.from({ length: name === 'last' ? 5000 : 1 }, (_, at) => `Insufficient example.com/${at}`);
    const rejection = { reasons, unresolvable: false, details: () => reasons };
    for (const { name: node } of nodes(100)) trace.rejected(node, { plugin: 'NodeResourcesFit', rejection });
    const chosen = { unschedulable: '0/100 nodes are available.', plugins: new Set<string>() };
    log.note({ key: `pods/default/${name}`, uid: name }, chosen, { at: 0, nodes: 100 }, trace);
  }
  const kept = note();
  expect(kept.map(([key]) => key)).toEqual(['pods/default/first', 'pods/default/last']);
  expect(kept[1]?.[2].verdicts.length).toBeGreaterThan(0);
  expect(JSON.stringify(log.find('pods/default/last', 'last')).length).toBeLessThan(256 * 1024);
});

test('a decision whose scorers have long names is kept with fewer nodes', () => {
  const { log, note } = noted();
  const trace = new DecisionTrace();
  trace.feasible(nodes(100));
  trace.scored(
    { name: `http://${'e'.repeat(3000)}` },
    1,
    nodes(100).map((_, at) => at),
  );
  log.note({ key: KEY, uid: 'u' }, { node: { name: 'node-99' } } as unknown as Chosen, { at: 0, nodes: 100 }, trace);
  const kept = note();
  expect(kept[0]?.[2].verdicts.length).toBeGreaterThan(0);
});

test('a decision that came to no end is told with what went wrong, and nothing of an earlier one', () => {
  const log = new DecisionLog();
  const pod = { key: KEY, uid: 'u' };
  const trace = new DecisionTrace();
  trace.rejected('node-0', { plugin: 'NodeName', rejection: { reasons: ['no'], unresolvable: true } });
  log.note(pod, { unschedulable: 'no', plugins: new Set() }, { at: 1, nodes: 1 }, trace);
  log.failed(pod, 'connection refused', { at: 2, nodes: 1 });
  const decision = log.find(KEY, 'u');
  expect(decision).toMatchObject({ at: 2, outcome: 'failed', message: 'connection refused', verdicts: [] });
  const text = formatWhy({ namespace: 'default', name: 'web', state: 'unplaced', decision }, 2);
  expect(text).toMatch(/^pod default\/web has no node \(decided 0 s ago\)\nconnection refused\n\nWhat helps:/);
});
