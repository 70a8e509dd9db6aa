/** Exponential back-off of one thing that fails (client-go `util/flowcontrol/backoff.go`), as a value. */
import type { BackOffEntry } from './observed.ts';

export interface BackOffLimits {
  /** Milliseconds. */
  initial: number;
  max: number;
}

/** Restarts of containers, and image pulls (kubelet `MaxContainerBackOff`, `imageBackOffPeriod`). */
export const CONTAINER_BACK_OFF: BackOffLimits = { initial: 10_000, max: 300_000 };

/** A failure later than this after the last step starts from the beginning. */
const expired = (entry: BackOffEntry, failedAt: number, limits: BackOffLimits): boolean =>
  failedAt - entry.updated > 2 * limits.max;

/** Until when something that failed at `failedAt` must wait; undefined when it may be tried now. */
export function backOffUntil(
  entry: BackOffEntry | undefined,
  failedAt: number,
  now: number,
  limits: BackOffLimits = CONTAINER_BACK_OFF,
): number | undefined {
  if (!entry || expired(entry, failedAt, limits)) return undefined;
  const until = failedAt + entry.delay;
  return now < until ? until : undefined;
}

/** The entry after one more try: 10 s, 20 s, … up to the limit. */
export function stepBackOff(
  entry: BackOffEntry | undefined,
  failedAt: number,
  now: number,
  limits: BackOffLimits = CONTAINER_BACK_OFF,
): BackOffEntry {
  if (!entry || expired(entry, failedAt, limits)) return { delay: limits.initial, updated: now };
  return { delay: Math.min(entry.delay * 2, limits.max), updated: now };
}
