/** Why nothing is measured. */
import type { Node, Pod } from '../../../kube/types.ts';
import { nodeStatus } from '../kinds/node.ts';
import type { Problem } from './meter.ts';
import type { Subject } from './subject.ts';

/** `said`: the server's words. */
export type Reason =
  | { why: 'noNodes' | 'noPods' | 'notRunning' | 'notYet' }
  | { why: 'silent'; node: string }
  | { why: 'forbidden' | 'failed'; said: string };

/** `pods`, `nodes`: those that the subject is about. */
export function reasonFor(subject: Subject, problem: Problem, pods: readonly Pod[], nodes: readonly Node[]): Reason {
  if (problem !== 'none') {
    const { code = 0 } = problem as Error & { code?: number };
    if (code === 403) return { why: 'forbidden', said: problem.message };
    if (code !== 404) return { why: 'failed', said: problem.message };
  }
  const isOfNodes = subject.of === 'nodes' || subject.of === 'node';
  if (isOfNodes && nodes.length === 0) return { why: 'noNodes' };
  const running = pods.filter(({ status }) => status?.phase === 'Running');
  if (!isOfNodes && pods.length === 0) return { why: 'noPods' };
  if (!isOfNodes && running.length === 0) return { why: 'notRunning' };
  const homes = new Set(running.map(({ spec }) => spec?.nodeName));
  const asked = isOfNodes ? nodes : nodes.filter(({ metadata }) => homes.has(metadata.name));
  const silent = asked.find((node) => nodeStatus(node).tone === 'bad');
  return silent ? { why: 'silent', node: silent.metadata.name ?? '' } : { why: 'notYet' };
}
