/** The order of deletion when a ReplicaSet shrinks (upstream `controller_utils.go`, ActivePodsWithRanks). */
import type { PodProjection } from '../common/pods.ts';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Pods in the order in which they are to be deleted. `related` are the active pods of all ReplicaSets of the same
 * owner: a node that holds many of them gives one up before others do. `now` in milliseconds.
 */
export function deletionOrder(
  pods: readonly PodProjection[],
  related: Iterable<PodProjection>,
  now: number,
): PodProjection[] {
  const onNode = new Map<string, number>();
  for (const { pod } of related) onNode.set(pod.node, (onNode.get(pod.node) ?? 0) + 1);
  const crowd = (item: PodProjection) => onNode.get(item.pod.node) ?? 0;
  return [...pods].sort((a, b) => compare(a, b, crowd, now));
}

function compare(a: PodProjection, b: PodProjection, crowd: (item: PodProjection) => number, now: number): number {
  if ((a.pod.node === '') !== (b.pod.node === '')) return a.pod.node === '' ? -1 : 1;
  const phase = (PHASES[a.pod.phase] ?? 0) - (PHASES[b.pod.phase] ?? 0);
  if (phase !== 0) return phase;
  if (a.pod.ready !== b.pod.ready) return a.pod.ready ? 1 : -1;
  if (a.pod.cost !== b.pod.cost) return a.pod.cost - b.pod.cost;
  if (crowd(a) !== crowd(b)) return crowd(b) - crowd(a);
  if (a.pod.ready && a.pod.readySince !== b.pod.readySince) {
    return youngerFirst(a, b, a.pod.readySince, b.pod.readySince, now);
  }
  if (a.pod.restarts !== b.pod.restarts) return b.pod.restarts - a.pod.restarts;
  if (a.created !== b.created) return youngerFirst(a, b, a.created, b.created, now);
  return 0;
}

/** By orders of magnitude of age (KEP-2185): pods of about the same age are picked by chance, that is by uid. */
function youngerFirst(a: PodProjection, b: PodProjection, since: number, other: number, now: number): number {
  if (since === 0 || other === 0) return since === 0 ? -1 : 1;
  const difference = magnitude(now - since) - magnitude(now - other);
  if (difference !== 0) return difference;
  return a.uid < b.uid ? -1 : 1;
}

/** log2 of an age in nanoseconds. */
function magnitude(ms: number): number {
  return ms <= 0 ? -1 : Math.floor(Math.log2(ms * 1e6));
}
