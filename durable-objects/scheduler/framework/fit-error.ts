/** The words of FailedScheduling (`framework/types.go`, FitError). */
import type { Rejection } from './rejection.ts';

/** `1 node(s) had untolerated taint(s), 2 Insufficient cpu`, in upstream's order: that of the texts. */
function histogram(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

export interface Failure {
  nodes: number;
  /** The pod as a whole was rejected before any node was looked at. */
  preFilter?: string;
  rejected: ReadonlyMap<string, Rejection>;
  /** The status of the nodes that were not looked at. */
  absent?: Rejection;
  /** Messages of the PostFilter plugins, in order. */
  postFilter: readonly string[];
}

export function failureMessage({ nodes, preFilter, rejected, absent, postFilter }: Failure): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  let message = `0/${nodes} nodes are available:`;
  if (preFilter) message += ` ${preFilter}.`;
  else {
    const reasons = [...rejected.values()].flatMap((rejection) => rejection.reasons);
    for (let i = rejected.size; absent && i < nodes; i++) reasons.push(...absent.reasons);
    const text = histogram(reasons);
    if (text) message += ` ${text}.`;
  }
  if (postFilter.length > 0) message += ` ${postFilter.join(', ')}`;
  return message;
}
