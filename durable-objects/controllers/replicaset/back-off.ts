/**
 * How soon pods that failed are replaced. Nodes refuse pods that do not fit (a template may name its node), and then a
 * replacement fails as fast as it is made. Upstream is slowed down by its clients' rate limits alone; here nothing is
 * between the controller and the API, so it holds back as upstream's DaemonSet controller does: one second, then twice
 * as long for each that fails, a quarter of an hour at most.
 */
import type { PodProjection } from '../common/pods.ts';

/** Milliseconds, as all here. */
const FIRST = 1000;
const LONGEST = 15 * 60_000;
/** Failures further apart than this have nothing to do with one another. */
const FORGOTTEN = 2 * LONGEST;

export interface Allowance {
  /** Pods that may be made now. */
  most: number;
  /** How long until there may be another. */
  wait?: number;
}

/**
 * Each replica may fail once before anything is held back; from then on there is one pod at a time. All is forgiven once
 * a pod that was made later runs.
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
  const gap = failed.findIndex((created, index) => (failed[index - 1] ?? now) - created > FORGOTTEN);
  const many = (gap < 0 ? failed.length : gap) - Math.max(1, replicas);
  if (many <= 0) return { most: Number.POSITIVE_INFINITY };
  const wait = lastTry + Math.min(LONGEST, FIRST * 2 ** (many - 1)) - now;
  return wait <= 0 ? { most: 1 } : { most: 0, wait };
}
