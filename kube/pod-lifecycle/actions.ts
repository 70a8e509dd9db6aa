/** The actions that a node shall perform for a pod, and the input of that decision. */
import type { Pod } from '../types.ts';
import type { ContainerKind } from './containers.ts';
import type { PodEvent } from './events.ts';
import type { Observed, PodMemory } from './observed.ts';

export type PodAction =
  | { do: 'create-sandbox'; attempt: number }
  | { do: 'start-container'; container: string; kind: ContainerKind; attempt: number }
  | {
      do: 'kill-container';
      container: string;
      id: string;
      gracePeriodSeconds: number;
      why: 'liveness' | 'startup' | 'unknown-state' | 'outdated' | 'pod-ending';
      /** For the Killing event: `podEvents.killing(container, message)`. */
      message: string;
    }
  /**
   * No container runs any more: take the sandbox's network down. It stays as long as it has containers, for their logs.
   */
  | { do: 'stop-sandbox'; id: string }
  | { do: 'event'; event: PodEvent }
  /** The pod is over: report its last status, then delete it from the API with grace period 0 and its uid. */
  | { do: 'finish' };

export interface Decision {
  actions: PodAction[];
  /** To be kept by the caller, in place of the memory it passed in. */
  memory: PodMemory;
  /** Ask again then at the latest (back-off or deadline over); undefined: when something is observed to change. */
  wakeAt?: number;
}

export interface DecideInput {
  pod: Pod;
  observed: Observed;
  memory: PodMemory;
  now: number;
}
