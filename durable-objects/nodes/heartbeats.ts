/**
 * When a kubelet without a socket was last heard (`pkg/controller/nodelifecycle`, nodeHealthData). Its Lease or status
 * tells that by changing: the times in them are by the node's clock, which may be wrong by any amount. So each change
 * counts from when it was seen here. The last of it is kept in the payload of the node's timer, for later lives of the
 * object.
 */
import type { Lease, Node } from '../../kube/types.ts';

export interface Heard {
  /** In milliseconds since the epoch, by the cluster's clock; left out for a node that was never heard. */
  at?: number;
  /** The Lease's `renewTime`, as it was then. */
  renewTime?: string;
  /** `lastHeartbeatTime` of the condition Ready, as it was then. */
  heartbeatTime?: string;
  /** The node had a grace period more, because nothing could be heard before the timer rang. */
  late?: true;
}

/** A number alone is what earlier builds wrote. */
export function heardFrom(payload: string): Heard {
  if (payload === '') return {};
  const read = JSON.parse(payload) as Heard | number;
  return typeof read === 'number' ? { at: read } : read;
}

/** The words of the node and its Lease, at a time. */
export function heardNow(node: Node | undefined, lease: Lease | undefined, at: number | undefined): Heard {
  const renewTime = lease?.spec?.renewTime as string | undefined;
  const heartbeatTime = heartbeatOf(node);
  return {
    ...(at === undefined ? {} : { at }),
    ...(renewTime ? { renewTime } : {}),
    ...(heartbeatTime ? { heartbeatTime } : {}),
  };
}

/** The changes that this life of the object has seen. */
export class Heartbeats {
  readonly #renewed = new Map<string, number>();
  readonly #posted = new Map<string, { heartbeatTime: string | undefined; at: number }>();

  /** The node's Lease was written. */
  renewed(node: string, now: number): void {
    this.#renewed.set(node, now);
  }

  /** The Node was written: by its kubelet, where the time of its heartbeat differs. */
  written(node: Node, now: number): void {
    const { name = '' } = node.metadata;
    const heartbeatTime = heartbeatOf(node);
    if (this.#posted.get(name)?.heartbeatTime !== heartbeatTime) this.#posted.set(name, { heartbeatTime, at: now });
  }

  forget(node: string): void {
    this.#renewed.delete(node);
    this.#posted.delete(node);
  }

  /** The heartbeat of a node, given the one before. A change that an earlier life saw counts as of now. */
  latest(before: Heard, node: Node, lease: Lease | undefined, now: number): Heard {
    const { name = '' } = node.metadata;
    const next = heardNow(node, lease, before.at);
    const signs: number[] = [];
    if (next.renewTime !== undefined && next.renewTime !== before.renewTime) signs.push(this.#renewed.get(name) ?? now);
    if (next.heartbeatTime !== undefined && next.heartbeatTime !== before.heartbeatTime) {
      const posted = this.#posted.get(name);
      signs.push(posted?.heartbeatTime === next.heartbeatTime ? posted.at : now);
    }
    // A clock that was set back meanwhile puts no sign into the future.
    if (signs.length === 0) return { ...next, ...(before.late ? { late: true } : {}) };
    return { ...next, at: Math.min(now, Math.max(...signs, before.at ?? 0)) };
  }
}

function heartbeatOf(node: Node | undefined): string | undefined {
  const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.lastHeartbeatTime as string | undefined;
}
