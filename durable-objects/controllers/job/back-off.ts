/**
 * The wait before a failed pod is replaced (upstream `job/backoff_utils.go`): ten seconds, then twice as long for each
 * that fails, ten minutes at most. Upstream keeps the failures in memory. Here they are those of the Job's pods, which
 * stay in the cluster, and so outlive the object.
 */
import type { Job } from '../../../kube/types.ts';
import { isFailed, type JobPod } from './pods.ts';

/** Milliseconds, as all times here. */
const INITIAL = 10_000;
const MAX = 600_000;

/** Until the next pod may be made: after the failures since the last success. */
export function waitOf(job: Job, pods: readonly JobPod[], now: number): number {
  const ended = (those: readonly JobPod[]) => those.map((pod) => pod.job.finished);
  const success = Math.max(0, ...ended(pods.filter(({ pod }) => pod.phase === 'Succeeded')));
  const failures = ended(pods.filter((pod) => isFailed(job, pod))).filter((finished) => finished > success);
  return waitAfter(failures.length, Math.max(0, ...failures), now);
}

/** The same for the replacement of one pod of an index that has a limit of its own. */
export function waitOfIndex(failed: JobPod | undefined, now: number): number {
  if (!failed) return 0;
  const { failures, ignoredFailures, finished } = failed.job;
  return waitAfter(failures + ignoredFailures + 1, finished, now);
}

function waitAfter(failures: number, last: number, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, last + Math.min(MAX, INITIAL * 2 ** Math.min(failures - 1, 10)) - now);
}
