/** The orders in which pods are deleted when there are too many (upstream `pkg/controller/controller_utils.go`). */
import type { PodProjection } from './pods.ts';

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

/** The order of upstream's ActivePods: those that have come the least far first. */
export function byProgress(a: PodProjection, b: PodProjection): number {
  const progress = compareProgress(a, b);
  if (progress !== 0) return progress;
  if (a.pod.ready && a.pod.readySince !== b.pod.readySince) return laterFirst(a.pod.readySince, b.pod.readySince);
  const restarts = moreRestartsFirst(a, b);
  if (restarts !== 0) return restarts;
  return a.created === b.created ? 0 : laterFirst(a.created, b.created);
}

/**
 * The order of upstream's ActivePodsWithRanks, in which a ReplicaSet shrinks. `related` are the active pods of all ReplicaSets of the same
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

/** Unassigned, pending, not ready, ready. */
function compareProgress(a: PodProjection, b: PodProjection): number {
  if ((a.pod.node === '') !== (b.pod.node === '')) return a.pod.node === '' ? -1 : 1;
  const phase = (PHASES[a.pod.phase] ?? 0) - (PHASES[b.pod.phase] ?? 0);
  if (phase !== 0) return phase;
  return Number(a.pod.ready) - Number(b.pod.ready);
}

/** Those of sidecars count where the others are equal (`compareMaxContainerRestarts`). */
function moreRestartsFirst({ pod: a }: PodProjection, { pod: b }: PodProjection): number {
  return b.restarts - a.restarts || (b.sidecarRestarts ?? 0) - (a.sidecarRestarts ?? 0);
}

/** A time that is not known comes first. */
function laterFirst(a: number, b: number): number {
  if (a === 0 || b === 0) return a - b;
  return b - a;
}

function compare(a: PodProjection, b: PodProjection, crowd: (item: PodProjection) => number, now: number): number {
  const progress = compareProgress(a, b);
  if (progress !== 0) return progress;
  if (a.pod.cost !== b.pod.cost) return a.pod.cost - b.pod.cost;
  if (crowd(a) !== crowd(b)) return crowd(b) - crowd(a);
  if (a.pod.ready && a.pod.readySince !== b.pod.readySince) {
    return youngerFirst(a, b, a.pod.readySince, b.pod.readySince, now);
  }
  const restarts = moreRestartsFirst(a, b);
  if (restarts !== 0) return restarts;
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
