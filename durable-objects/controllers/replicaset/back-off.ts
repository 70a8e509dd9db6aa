/**
 * The back-off of replacements for failed pods. Nodes refuse pods that do not fit (a template may name its node), and
 * then a replacement fails as fast as it is made. Upstream is slowed down by its clients' rate limits alone; here
 * nothing is between the controller and the API, so it holds back as upstream's DaemonSet controller does: one second,
 * then twice as long for each that fails, a quarter of an hour at most.
 */
import type { PodProjection } from '../common/pods.ts';

/** Milliseconds, as all times here. */
const INITIAL = 1000;
const MAX = 15 * 60_000;
/** A failure that is older than the one after it by more than this does not count. */
const RESET_AFTER = 2 * MAX;

export interface Allowance {
  /** Pods that may be made now. */
  limit: number;
  /** Milliseconds until another pod may be made. */
  wait?: number;
}

/**
 * Each replica may fail once before anything is held back; from then on one pod at a time is made. Failures before the
 * newest pod that runs do not count.
 */
export function allowance(pods: readonly PodProjection[], replicas: number, now: number): Allowance {
  let lastSuccess = 0;
  let lastTry = 0;
  for (const { pod, created } of pods) {
    if (pod.phase === 'Running') lastSuccess = Math.max(lastSuccess, created);
    else lastTry = Math.max(lastTry, created);
  }
  const failed = pods
    .filter(({ pod, created }) => pod.phase === 'Failed' && created >= lastSuccess)
    .map(({ created }) => created)
    .sort((a, b) => b - a);
  const gap = failed.findIndex((created, index) => (failed[index - 1] ?? now) - created > RESET_AFTER);
  const excess = (gap < 0 ? failed.length : gap) - Math.max(1, replicas);
  if (excess <= 0) return { limit: Number.POSITIVE_INFINITY };
  const wait = lastTry + Math.min(MAX, INITIAL * 2 ** (excess - 1)) - now;
  return wait <= 0 ? { limit: 1 } : { limit: 0, wait };
}
