/** A pod as the queue knows it. */
import type { ClusterEvent } from '../framework/events.ts';
import type { Plugin, QueuedPod } from '../framework/interface.ts';

/** Back-offs end with whole ones of these milliseconds. */
export const BACK_OFF_WINDOW = 1000;

export interface QueuedPodInfo extends QueuedPod {
  uid: string;
  /** Milliseconds since the epoch at which it entered the queue first. */
  enteredAt: number;
  /** Changes with every part of the pod that a decision could depend on. */
  fingerprint: string;
  /** The same of pods that fit, or not, where the others do; '' for one that is like no other, undefined until it failed. */
  alike?: string | undefined;
  attempts: number;
  /** Tries that ended without a node. */
  failures: number;
  /** Tries in a row at which something failed. */
  errors: number;
  /** Milliseconds since the epoch, as all times here. */
  backOffUntil: number;
  /** The number of the last event before it was popped. */
  poppedAfter: number;
  /** The pod itself was changed while in flight. */
  changed: boolean;
  failedAt: number;
  /** The plugins that rejected it, or let it wait. */
  plugins: ReadonlySet<string>;
  /** The time at which its node is given up; infinity when it does not wait for one. */
  deadline: number;
  /** The message of its last event, so that each is written once. */
  reported?: string;
  /** Events of its own that plugins wake it on. */
  wakesOn?: ReadonlyMap<string, ReadonlySet<ClusterEvent>>;
}

/** Whether a plugin has let it wait for a node. */
export function hasWaited({ deadline }: QueuedPodInfo): boolean {
  return deadline !== Number.POSITIVE_INFINITY;
}

/** The facts of a pod that enters the queue. */
export type AddedPod = Pick<QueuedPodInfo, 'key' | 'uid' | 'priority' | 'fingerprint' | 'wakesOn'>;

/** `same`: what was known of the pod before. */
export function queuedPod(
  pod: AddedPod,
  same: QueuedPodInfo | undefined,
  arrival: number,
  enteredAt: number,
): QueuedPodInfo {
  return {
    ...pod,
    arrival,
    enteredAt: same?.enteredAt ?? enteredAt,
    attempts: same?.attempts ?? 0,
    failures: same?.failures ?? 0,
    errors: same?.errors ?? 0,
    backOffUntil: 0,
    poppedAfter: 0,
    changed: false,
    failedAt: 0,
    plugins: new Set(),
    // A change of a pod that waits gives it no more time.
    deadline: same?.deadline ?? Number.POSITIVE_INFINITY,
    reported: same?.reported,
  };
}

/** Is told of pods that enter a queue. */
export interface QueueObserver {
  /** Milliseconds since the epoch. */
  now(): number;
  entered(event: ClusterEvent | string, queue: 'active' | 'backoff' | 'unschedulable' | 'gated'): void;
}

export const NOBODY: QueueObserver = { now: () => 0, entered: () => {} };

/** Milliseconds after the first failure of a pod, and the most that they grow to. */
export interface BackOff {
  initial: number;
  max: number;
}

/** An end that lies further ahead than any back-off is of a clock that was set back since. */
export function isBackingOff({ backOffUntil }: QueuedPodInfo, now: number, { max }: BackOff): boolean {
  return backOffUntil > now && backOffUntil <= now + max + BACK_OFF_WINDOW;
}

export function sortOf(plugins: readonly Plugin[]): (a: QueuedPod, b: QueuedPod) => number {
  const plugin = plugins.find(({ queueSort }) => queueSort);
  if (!plugin?.queueSort) throw new Error('a profile needs a plugin that sorts the queue');
  return plugin.queueSort;
}
