/**
 * The wait before a failed pod is replaced (upstream `job/backoff_utils.go`): ten seconds, then twice as long for each
 * that fails, ten minutes at most. Upstream keeps the failures in memory. Here they outlive the object, and pods that
 * were deleted, in the memo of the Job's timer.
 */
import type { Job } from '../../../kube/types.ts';
import { isFailed, isTracked, type JobPod } from './pods.ts';

/** Milliseconds, as all times here. */
const INITIAL = 10_000;
const MAX = 600_000;
/** More failures do not make the wait longer. */
const MOST_FAILURES = 8;
/** Failures that are older are forgotten. */
const KEPT = 2 * MAX;

interface Memory {
  /** The uid of the Job: another of its name, made as soon as it went, begins anew. Absent in memos of earlier builds. */
  job?: string;
  /** When a pod last succeeded. */
  success: number;
  /** The failures since then by the uids of their pods, and when they were, the latest last. */
  failures: [uid: string, finished: number][];
}

/** The failures of a Job since its last success. */
export class BackOff {
  readonly #memory: Memory;
  readonly #now: number;

  constructor(memo: string | undefined, job: Job, pods: readonly JobPod[], now: number) {
    const { uid } = job.metadata;
    const kept = keptFor(uid, memo);
    const ends = pods.filter(({ pod }) => pod.phase === 'Succeeded').map((pod) => pod.job.finished);
    const success = Math.max(kept.success, ...ends);
    const failed = pods.filter((pod) => isFailure(job, pod)).map((pod) => [pod.uid, pod.job.finished] as const);
    // A pod fails once: its end may have another time when it is seen again.
    const failures = [...new Map([...failed, ...kept.failures])]
      .filter(([, finished]) => finished > success && now - finished < KEPT)
      .sort(([, a], [, b]) => a - b)
      .slice(-MOST_FAILURES);
    this.#memory = { ...(uid ? { job: uid } : {}), success, failures };
    this.#now = now;
  }

  /** Until the next pod may be made. */
  get wait(): number {
    const { failures } = this.#memory;
    return waitAfter(failures.length, failures.at(-1)?.[1] ?? 0, this.#now);
  }

  /** The part of a Plan that keeps the failures. */
  get plan(): { requeueAfter: number; memo: string } | undefined {
    const last = this.#memory.failures.at(-1);
    if (!last) return undefined;
    return { requeueAfter: Math.max(0, last[1] + KEPT - this.#now), memo: JSON.stringify(this.#memory) };
  }
}

function keptFor(uid: string | undefined, memo: string | undefined): Memory {
  const kept: Memory | undefined = memo === undefined ? undefined : JSON.parse(memo);
  return kept && (kept.job ?? uid) === uid ? kept : { success: 0, failures: [] };
}

/** A pod that the controller itself deletes has lost its finalizer before, and however it ends is no failure. */
function isFailure(job: Job, pod: JobPod): boolean {
  return isFailed(job, pod) && (isTracked(pod) || !pod.deleting);
}

/** The wait before one pod of an index is replaced that has a limit of its own. */
export function waitOfIndex(failed: JobPod | undefined, now: number): number {
  if (!failed) return 0;
  const { failures, ignoredFailures, finished } = failed.job;
  return waitAfter(failures + ignoredFailures + 1, finished, now);
}

function waitAfter(failures: number, last: number, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, last + Math.min(MAX, INITIAL * 2 ** Math.min(failures - 1, 10)) - now);
}
