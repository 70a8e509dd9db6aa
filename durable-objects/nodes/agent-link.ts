/**
 * The cluster object's side of agents: the socket of each node, and the time at which it was last
 * heard. Nothing is kept in memory: sockets hibernate with their tags, and the runtime notes when it answered their
 * heartbeats, so this can be made anew on each wake.
 */
import { encodeMessage, type ServerMessage } from '../../wire/socket.ts';
import { isAgentKey } from '../../wire/stream.ts';

/** The part of a hibernating WebSocket that the link uses. */
export interface AgentSocket {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** 1 is open. */
  readonly readyState: number;
}

/** The part of `DurableObjectState` that the link uses. */
export interface SocketPort<S extends AgentSocket> {
  getWebSockets(tag?: string): S[];
  getTags(socket: S): string[];
  getWebSocketAutoResponseTimestamp(socket: S): Date | null;
}

const AGENT_TAG = 'agent';
/** A tag has 256 characters at most, and a node's name has 253. */
const NODE_TAG_PREFIX = 'n:';
const SINCE_TAG_PREFIX = 'since:';
const KEY_TAG_PREFIX = 'key:';
const OPEN = 1;

/**
 * Tags to accept an agent's socket with. `now`: milliseconds, the time at which the agent was last heard. `key`: its
 * public key.
 */
export function agentTags(node: string, now: number, key: string | null): string[] {
  const tags = [AGENT_TAG, NODE_TAG_PREFIX + node, SINCE_TAG_PREFIX + now];
  return key !== null && isAgentKey(key) ? [...tags, KEY_TAG_PREFIX + key] : tags;
}

/** The node an accepted socket speaks for; undefined when it is no agent's. */
export function nodeOfSocket(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(NODE_TAG_PREFIX))?.slice(NODE_TAG_PREFIX.length);
}

export class AgentLink<S extends AgentSocket> {
  readonly #sockets: SocketPort<S>;

  constructor(sockets: SocketPort<S>) {
    this.#sockets = sockets;
  }

  connected(node: string): boolean {
    return this.#newest(node) !== undefined;
  }

  /** Nodes with an open socket, each once. */
  nodes(): string[] {
    const names = new Set<string>();
    for (const socket of this.#sockets.getWebSockets(AGENT_TAG)) {
      const node = nodeOfSocket(this.#sockets.getTags(socket));
      if (node !== undefined && socket.readyState === OPEN) names.add(node);
    }
    return [...names];
  }

  /**
   * The time at which the node last connected or had a heartbeat answered, in milliseconds; undefined when it is not
   * connected.
   */
  lastHeard(node: string): number | undefined {
    const socket = this.#newest(node);
    return socket && this.#heard(socket);
  }

  /** False when no agent is connected, or its socket just broke. */
  send(node: string, message: ServerMessage): boolean {
    const socket = this.#newest(node);
    if (!socket) return false;
    try {
      socket.send(encodeMessage(message));
      return true;
    } catch {
      return false;
    }
  }

  /** Closes sockets that a newer one of the same node has replaced: an agent that lost its network dials again. */
  closeReplaced(node: string): void {
    const newest = this.#newest(node);
    for (const socket of this.#sockets.getWebSockets(NODE_TAG_PREFIX + node)) {
      if (socket !== newest && socket.readyState === OPEN) socket.close(4001, 'replaced by a newer connection');
    }
  }

  /** The public key that the agent told when it connected. */
  clientKey(node: string): string | undefined {
    const socket = this.#newest(node);
    const tag = socket && this.#sockets.getTags(socket).find((name) => name.startsWith(KEY_TAG_PREFIX));
    return tag?.slice(KEY_TAG_PREFIX.length);
  }

  #newest(node: string): S | undefined {
    let newest: S | undefined;
    for (const socket of this.#sockets.getWebSockets(NODE_TAG_PREFIX + node)) {
      if (socket.readyState !== OPEN) continue;
      if (!newest || this.#since(socket) >= this.#since(newest)) newest = socket;
    }
    return newest;
  }

  #since(socket: S): number {
    const tag = this.#sockets.getTags(socket).find((name) => name.startsWith(SINCE_TAG_PREFIX));
    return tag ? Number(tag.slice(SINCE_TAG_PREFIX.length)) : 0;
  }

  #heard(socket: S): number {
    return Math.max(this.#since(socket), this.#sockets.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0);
  }
}
