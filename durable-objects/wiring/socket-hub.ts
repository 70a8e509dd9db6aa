/**
 * The hibernating sockets of a cluster (`wire/socket.ts`): watch bridges, dashboards, agents. What a socket must know
 * after the object slept is in its attachment and its tags; what it had subscribed, the watch hub keeps.
 */
import type { Response as CfResponse, DurableObjectState, WebSocket } from '@cloudflare/workers-types';
import type { Identity } from '../../wire/identity.ts';
import { type ClientMessage, encodeMessage, ONLY, PING, PONG, SUBPROTOCOL } from '../../wire/socket.ts';
import type { ApiAnswer, ApiRequest, WatchSpec } from '../apiserver/request.ts';
import { agentTags, nodeOfSocket } from '../nodes/agent-link.ts';
import type { Peer, WatchHub } from '../store/watch-hub.ts';
import { userOf } from './responses.ts';
import { pairOfSockets, switchProtocols } from './sockets.ts';

interface Attachment {
  peer: string;
  identity: Identity;
  /** Code units sent and not acknowledged, when they are many. */
  unacknowledged?: number;
}

export interface SocketHubPorts {
  ctx: DurableObjectState;
  hub: WatchHub;
  handle(request: ApiRequest): Promise<ApiAnswer>;
  /** A socket speaks for a node, or did until now. */
  nodeConnected(node: string): void;
  nodeDisconnected(node: string): void;
  /** Lets others have the thread. */
  pause(): Promise<void>;
  isRevoked(jti: string): boolean;
  now(): number;
  uuid(): string;
}

const TOKEN_TAG = 'token:';
/** Messages of one socket that wait for their turn; as many as it may have subscriptions. */
const MAX_WAITING = 1000;
/** Code units; about what the edge takes in a URL. */
const MAX_PATH = 16 * 1024;
/** What a path may become as JSON, and a little. The runtime itself closes what sends more than 32 MB. */
const MAX_MESSAGE = 6 * MAX_PATH + 1024;

export class SocketHub {
  readonly #ports: SocketHubPorts;
  readonly #attachments = new WeakMap<WebSocket, Attachment>();
  readonly #turns = new WeakMap<WebSocket, { waiting: number; last: Promise<void> }>();
  /** What waited for its turn must not bring back a socket that has gone. */
  readonly #closed = new WeakSet<WebSocket>();

  constructor(ports: SocketHubPorts) {
    this.#ports = ports;
    const { WebSocketRequestResponsePair } = globalThis as unknown as {
      WebSocketRequestResponsePair: new (ask: string, answer: string) => never;
    };
    ports.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    ports.hub.restore(ports.ctx.getWebSockets().map((socket) => this.#peer(socket)));
  }

  /** A watch for an HTTP client, which the Worker reads. */
  acceptWatch(identity: Identity, watch: WatchSpec): CfResponse {
    const [client, server] = pairOfSockets();
    const peer = this.#accept(server, identity, []);
    this.#ports.hub.subscribe(peer, ONLY, watch);
    return switchProtocols(client);
  }

  /** A dashboard's or an agent's socket, which subscribes by messages. `offered`: the client's subprotocols. */
  acceptClient(identity: Identity, offered: string | null): CfResponse {
    const [client, server] = pairOfSockets();
    const { node } = identity;
    this.#accept(server, identity, node ? agentTags(node, this.#ports.now()) : []);
    if (node) this.#ports.nodeConnected(node);
    // A client that asked for none gives up when it is told one.
    const isOffered = offered?.split(',').some((name) => name.trim() === SUBPROTOCOL);
    return switchProtocols(client, isOffered ? SUBPROTOCOL : undefined);
  }

  async message(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const { peer, identity } = this.#attachment(socket);
    if (typeof data === 'string' && data.length > MAX_MESSAGE)
      return socket.close(1009, `more than ${MAX_MESSAGE} characters`);
    const message = typeof data === 'string' ? parse(data) : undefined;
    if (!message) return socket.close(1003, 'not a message of this protocol');
    const { hub } = this.#ports;
    if (message.type === 'credit') hub.credit(peer, message.bytes);
    else if (message.type === 'unsubscribe') await this.#inTurn(socket, () => hub.unsubscribe(peer, message.id));
    else await this.#inTurn(socket, () => this.#subscribe(socket, identity, message));
  }

  /**
   * One after another, and requests in between: each may list a whole cluster, and a client may send thousands. The
   * runtime hands over a socket's next message when this one is done with, and looks for nothing else until then.
   */
  async #inTurn(socket: WebSocket, work: () => Promise<void> | void): Promise<void> {
    let turns = this.#turns.get(socket);
    if (!turns) {
      turns = { waiting: 0, last: Promise.resolve() };
      this.#turns.set(socket, turns);
    }
    if (turns.waiting >= MAX_WAITING) return socket.close(1008, `more than ${MAX_WAITING} messages at once`);
    turns.waiting++;
    const before = turns.last;
    const run = async (): Promise<void> => {
      await before;
      if (this.#closed.has(socket)) return;
      await work();
      await this.#ports.pause();
    };
    const own = turns;
    const mine = run().finally(() => void own.waiting--);
    turns.last = mine.catch(() => undefined);
    await mine;
  }

  closed(socket: WebSocket): void {
    this.#closed.add(socket);
    this.#ports.hub.closed(this.#attachment(socket).peer);
    const node = nodeOfSocket(this.#ports.ctx.getTags(socket));
    if (node) this.#ports.nodeDisconnected(node);
  }

  /** Closes the sockets that were opened with this token. */
  closeToken(jti: string): void {
    for (const socket of this.#ports.ctx.getWebSockets(TOKEN_TAG + jti)) socket.close(4003, 'the token was revoked');
  }

  closeAll(reason: string): void {
    for (const socket of this.#ports.ctx.getWebSockets()) socket.close(1001, reason);
  }

  async #subscribe(socket: WebSocket, identity: Identity, { id, path }: ClientMessage & { type: 'subscribe' }) {
    const { handle, hub, now, isRevoked } = this.#ports;
    // A socket outlives the request that opened it; the token is looked at again for each thing it asks for.
    if (identity.exp * 1000 < now() || isRevoked(identity.jti)) return socket.close(4003, 'the token has expired');
    const answer = await handle(subscription(path, identity));
    if (this.#closed.has(socket)) return;
    if (answer.type === 'watch') return hub.subscribe(this.#peer(socket), id, answer.watch);
    const status = answer.type === 'response' && typeof answer.body === 'string' ? JSON.parse(answer.body) : NO_WATCH;
    socket.send(encodeMessage({ type: 'end', id, status }));
  }

  #accept(server: WebSocket, identity: Identity, tags: string[]): Peer {
    const attachment: Attachment = { peer: this.#ports.uuid(), identity };
    this.#ports.ctx.acceptWebSocket(server, [TOKEN_TAG + identity.jti, ...tags]);
    server.serializeAttachment(attachment);
    this.#attachments.set(server, attachment);
    return this.#peer(server);
  }

  #peer(socket: WebSocket): Peer {
    const attachment = this.#attachment(socket);
    return {
      id: attachment.peer,
      send: (frame) => socket.send(frame),
      close: (code, reason) => socket.close(code, reason),
      get unacknowledged() {
        return attachment.unacknowledged;
      },
      remember(unacknowledged) {
        attachment.unacknowledged = unacknowledged;
        socket.serializeAttachment(attachment);
      },
    };
  }

  #attachment(socket: WebSocket): Attachment {
    let attachment = this.#attachments.get(socket);
    if (!attachment) {
      attachment = socket.deserializeAttachment() as Attachment;
      this.#attachments.set(socket, attachment);
    }
    return attachment;
  }
}

const NO_WATCH = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'only lists and watches can be subscribed to',
  reason: 'BadRequest',
  code: 400,
};

/** A list path stands for its watch. */
function subscription(path: string, identity: Identity): ApiRequest {
  const question = path.indexOf('?');
  const query = question < 0 ? '' : path.slice(question + 1);
  const watch = /(^|&)watch(=|&|$)/.test(query) ? query : query === '' ? 'watch=true' : `${query}&watch=true`;
  return {
    method: 'GET',
    path: question < 0 ? path : path.slice(0, question),
    query: watch,
    header: (name) => (name === 'accept' ? 'application/json' : undefined),
    user: userOf(identity),
  };
}

function parse(text: string): ClientMessage | undefined {
  try {
    const message = JSON.parse(text) as ClientMessage;
    if (message.type === 'credit') return Number.isFinite(message.bytes) ? message : undefined;
    if (!Number.isSafeInteger(message.id) || message.id <= ONLY) return undefined;
    if (message.type === 'unsubscribe') return message;
    const good = message.type === 'subscribe' && typeof message.path === 'string' && message.path.length <= MAX_PATH;
    return good ? message : undefined;
  } catch {
    return undefined;
  }
}
