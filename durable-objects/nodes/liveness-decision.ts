/** When a node counts as gone, and what its conditions say then (`pkg/controller/nodelifecycle`, tryUpdateNodeHealth). */
import { rfc3339 } from '../../kube/machinery/time.ts';
import type { Node, NodeCondition } from '../../kube/types.ts';

export const LIVENESS = {
  /** After a socket has closed, an agent has this long to come back. Milliseconds, as all here. */
  reconnect: 5000,
  /** Without a word for this long a node is gone (`node-monitor-grace-period`). */
  silence: 50_000,
  /** How often connected nodes are looked at. */
  sweep: 60_000,
} as const;

export interface Heard {
  connected: boolean;
  /** Over the socket. */
  lastHeard: number | undefined;
  /** By its status or Lease: nodes whose kubelet is not Islet's agent. */
  heartbeat: number | undefined;
  /** Its socket closed, and the time to come back is over. */
  closed: boolean;
}

/** Gone, or when to look again; `again` is undefined for a node that tells by its socket. */
export function verdict(heard: Heard, now: number): { gone: boolean; again?: number } {
  if (heard.connected) return { gone: now - (heard.lastHeard ?? now) > LIVENESS.silence };
  if (heard.closed || heard.heartbeat === undefined) return { gone: true };
  const until = heard.heartbeat + LIVENESS.silence;
  return until < now ? { gone: true } : { gone: false, again: until + 1 };
}

const WATCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions to be written for a node that is gone; undefined when they say so already. */
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
