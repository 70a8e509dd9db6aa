/** A pod as the queue knows it. */
import type { ClusterEvent, Plugin, QueuedPod } from '../framework/interface.ts';

export interface QueuedPodInfo extends QueuedPod {
  uid: string;
  /** Milliseconds since the epoch at which it entered the queue first. */
  enteredAt: number;
  /** Changes with every part of the pod that a decision could depend on. */
  fingerprint: string;
  attempts: number;
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

export function backOffAfter(attempts: number, { initial, max }: BackOff): number {
  return Math.min(max, initial * 2 ** Math.min(30, attempts - 1));
}

export function sortOf(plugins: readonly Plugin[]): (a: QueuedPod, b: QueuedPod) => number {
  const plugin = plugins.find(({ queueSort }) => queueSort);
  if (!plugin?.queueSort) throw new Error('a profile needs a plugin that sorts the queue');
  return plugin.queueSort;
}
