/** Whether a node is gone, and its conditions then (`pkg/controller/nodelifecycle`, tryUpdateNodeHealth). */
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Node, NodeCondition } from '../../kube/types.ts';

/** Milliseconds. */
export const LIVENESS = {
  /**
   * A node that was silent for this long is gone (`node-monitor-grace-period`). An agent that restarts, or whose
   * network is cut for a moment, is back well before.
   */
  gracePeriod: 50_000,
  /** A node that has never reported has this long from its creation (`node-startup-grace-period`). */
  startupGracePeriod: 60_000,
  /** The interval at which connected nodes are looked at. */
  sweep: 60_000,
  /**
   * A timer that rings so much later than it was set for tells nothing of nodes: the object, or all of the machine, was
   * asleep, or the clock was set forward, and nodes get their grace period first.
   */
  late: 5_000,
} as const;

/** Signs of life of a node, as times in milliseconds since the epoch. */
export interface SignsOfLife {
  connected: boolean;
  /** The time at which it was last heard: by its socket, its Lease or its status. */
  heard: number | undefined;
  created: number;
  /** It has a condition Ready. */
  reported: boolean;
}

/** `again` is the time to look again, and undefined while the sweep looks after the node. */
export type NodeHealth = { gone: true; since: number } | { gone: false; again?: number };

export function nodeHealth({ connected, heard, created, reported }: SignsOfLife, now: number): NodeHealth {
  if (connected) {
    const since = (heard ?? now) + LIVENESS.gracePeriod;
    return since < now ? { gone: true, since } : { gone: false };
  }
  const grace = reported ? LIVENESS.gracePeriod : LIVENESS.startupGracePeriod;
  const until = heard === undefined ? created + LIVENESS.startupGracePeriod : heard + grace;
  return until <= now ? { gone: true, since: until } : { gone: false, again: until };
}

const WATCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions to write for a node that is gone; undefined when they are Unknown already. */
export function unknownConditions(node: Node, now: number): NodeCondition[] | undefined {
  const conditions = node.status?.conditions ?? [];
  const unknown = WATCHED.flatMap((type): NodeCondition[] => {
    const before = conditions.find((condition) => condition.type === type);
    if (before?.status === 'Unknown') return [];
    return [
      {
        type,
        status: 'Unknown',
        reason: before ? 'NodeStatusUnknown' : 'NodeStatusNeverUpdated',
        message: before ? 'Kubelet stopped posting node status.' : 'Kubelet never posted node status.',
        lastHeartbeatTime: before?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? rfc3339(now),
        lastTransitionTime: rfc3339(now),
      },
    ];
  });
  return unknown.length > 0 ? unknown : undefined;
}
