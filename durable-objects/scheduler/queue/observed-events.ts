/** Events in the cluster with their details, as hints of plugins judge them for the pods that wait. */
import type { Pod } from '../../../kube/types.ts';
import { type NodeFacts, type PodInfo, projectPod } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { ClusterEvent } from '../framework/events.ts';

interface Change<T> {
  before?: T;
  after?: T;
}

/** An event with what it changed, as far as that is known. */
export interface ObservedEvent {
  event: ClusterEvent;
  node?: Change<NodeFacts>;
  /** A pod on a node, or one for which a node was held. */
  pod?: Change<PodInfo>;
  /** Of an object of another resource. */
  key?: string;
  /** The pod that it does not help, since its own try made it happen. */
  causedBy?: string;
}

/** Those of one slice. */
export class ObservedEvents {
  readonly list: ObservedEvent[] = [];

  add(event: ClusterEvent, details: Omit<ObservedEvent, 'event'> = {}): void {
    this.list.push({ event, ...details });
  }
}

/** A pod that waits. It is read when a hint asks for it. */
export interface WaitingPod {
  readonly pod: Pod;
  readonly info: PodInfo;
}

/**
 * QueueingHint: whether something that happened may make a pod fit that this plugin rejected. Asked of events that the
 * plugin wakes on alone.
 */
export type Hint = (waiting: WaitingPod, observed: ObservedEvent, snapshot: Snapshot) => boolean;

const projected = new WeakMap<Pod, PodInfo>();

/** Undefined for a pod that is gone. */
export function waitingPod(key: string, snapshot: Snapshot): WaitingPod | undefined {
  const pod = snapshot.lookup(key) as Pod | undefined;
  return (
    pod && {
      pod,
      get info() {
        let info = projected.get(pod);
        if (!info) {
          info = projectPod(key, pod, 0);
          projected.set(pod, info);
        }
        return info;
      },
    }
  );
}
