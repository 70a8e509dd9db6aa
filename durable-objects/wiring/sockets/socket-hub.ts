/**
 * Subscriptions over sockets (`wire/socket.ts`): watch bridges with their one watch, dashboards and agents with many.
 */
import type { Request as CfRequest, Response as CfResponse, WebSocket } from '@cloudflare/workers-types';
import { failure, type Status } from '../../../kube/machinery/status.ts';
import { WATCH_FORMAT_HEADER } from '../../../wire/protobuf.ts';
import {
  decodeClientMessage,
  MAX_CLIENT_MESSAGE,
  type StreamsMessage,
  SUBPROTOCOL,
  type SubscribedShape,
  type SubscribeMessage,
  type VolumeRemovedMessage,
  WATCH_SUBSCRIPTION,
} from '../../../wire/socket.ts';
import { AGENT_KEY_HEADER } from '../../../wire/stream.ts';
import type { RecalledUsageMessage, UsageMessage } from '../../../wire/usage.ts';
import { JSON_TYPE } from '../../apiserver/negotiate/respond.ts';
import type { ApiAnswer, ApiRequest, Credential, UserInfo, WatchAnswer } from '../../apiserver/request.ts';
import { agentTags, nodeOfSocket } from '../../nodes/agent-link.ts';
import type { WatchHub } from '../../store/watch-hub.ts';
import type { CredentialLifetime } from '../credential-lifetime.ts';
import { statusResponse } from '../http/responses.ts';
import { noMarks } from './marks.ts';
import { switchProtocols } from './runtime.ts';
import { type Sockets, TOKEN_ENDED } from './sockets.ts';
import { Turns } from './turns.ts';

export interface SocketHubPorts {
  sockets: Sockets;
  hub: WatchHub;
  credentials: CredentialLifetime;
  /** `node`: whose socket it is. */
  handle(request: ApiRequest, node: string | undefined): Promise<ApiAnswer>;
  /** A socket of a node was opened, or closed. */
  nodeConnected(node: string): void;
  nodeDisconnected(node: string): void;
  /** A node's agent says what it measured. */
  nodeMeasured(node: string, usage: UsageMessage | RecalledUsageMessage): void;
  nodeRemovedVolume(node: string, removed: VolumeRemovedMessage): void;
  /** A node's agent says which streams it serves. */
  nodeStreams(node: string, streams: StreamsMessage): Promise<void>;
  /** Lets others have the thread. */
  pause(): Promise<void>;
  now(): number;
}

/** The edge recognises a watch by `watch` in the query as it was sent, and opens a socket for it. */
const ESCAPED_WATCH = failure('BadRequest', 'the query parameter "watch" must not be percent-encoded');
/** Messages of one socket that wait for their turn; as many as it may have subscriptions. */
const MAX_WAITING = 1000;
/** WebSocket close codes. */
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;
const TOO_BIG = 1009;

export class SocketHub {
  readonly #ports: SocketHubPorts;
  readonly #turns = new WeakMap<WebSocket, Turns>();
  /** A message that waited for its turn must not bring back the subscriptions of a closed socket. */
  readonly #closed = new WeakSet<WebSocket>();

  constructor(ports: SocketHubPorts) {
    this.#ports = ports;
    ports.hub.restore(ports.sockets.peers());
  }

  /** A watch for an HTTP client, which the Worker reads. */
  acceptWatch(credential: Credential, user: UserInfo, answer: WatchAnswer, request: CfRequest): CfResponse {
    if (request.headers.get('upgrade') === null) {
      letGo(answer);
      return statusResponse(ESCAPED_WATCH);
    }
    const { sockets, credentials, hub } = this.#ports;
    const { watch, format, tooLarge, headers, begun } = answer;
    const { client, peer } = sockets.accept(credential, user, []);
    credentials.opened(credential);
    if (tooLarge && watch.initialEvents) {
      letGo(answer);
      hub.refuse(peer, WATCH_SUBSCRIPTION, tooLarge);
    } else hub.subscribe(peer, WATCH_SUBSCRIPTION, watch, begun);
    return switchProtocols(client, undefined, format ? { ...headers, [WATCH_FORMAT_HEADER]: format } : headers);
  }

  /** A dashboard's or an agent's socket, which subscribes by messages. */
  acceptClient(credential: Credential, user: UserInfo, { headers }: CfRequest): CfResponse {
    const { sockets, credentials, now, nodeConnected } = this.#ports;
    const { node } = credential;
    const { client } = sockets.accept(
      credential,
      user,
      node ? agentTags(node, now(), headers.get(AGENT_KEY_HEADER)) : [],
      noMarks(),
    );
    credentials.opened(credential);
    if (node) nodeConnected(node);
    // A client that asked for none gives up when it is told one.
    const offered = headers.get('sec-websocket-protocol');
    const isOffered = offered?.split(',').some((name) => name.trim() === SUBPROTOCOL);
    return switchProtocols(client, isOffered ? SUBPROTOCOL : undefined);
  }

  async message(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (typeof data === 'string' && data.length > MAX_CLIENT_MESSAGE) {
      return socket.close(TOO_BIG, `more than ${MAX_CLIENT_MESSAGE} characters`);
    }
    const message = typeof data === 'string' ? decodeClientMessage(data) : undefined;
    if (!message) return socket.close(UNSUPPORTED_DATA, 'not a message of this protocol');
    const { hub, sockets } = this.#ports;
    const { peer } = sockets.attachment(socket);
    if (message.type === 'credit') return hub.credit(peer, sockets.read(socket, message));
    if (message.type === 'usage' || message.type === 'recalled-usage' || message.type === 'volume-removed') {
      const node = nodeOfSocket(sockets.tags(socket));
      if (node === undefined) return;
      if (message.type === 'volume-removed') return this.#ports.nodeRemovedVolume(node, message);
      return this.#ports.nodeMeasured(node, message);
    }
    if (message.type === 'streams') {
      const node = nodeOfSocket(sockets.tags(socket));
      return node === undefined ? undefined : this.#ports.nodeStreams(node, message);
    }
    const turns = this.#turnsOf(socket);
    if (turns.full) return socket.close(POLICY_VIOLATION, `more than ${MAX_WAITING} messages at once`);
    await turns.take(() => {
      if (this.#closed.has(socket)) return;
      if (message.type === 'unsubscribe') return hub.unsubscribe(peer, message.id);
      return this.#subscribe(socket, message);
    });
  }

  closed(socket: WebSocket): void {
    const { hub, sockets, nodeDisconnected } = this.#ports;
    this.#closed.add(socket);
    hub.closed(sockets.attachment(socket).peer);
    const node = nodeOfSocket(sockets.tags(socket));
    if (node) nodeDisconnected(node);
  }

  async #subscribe(socket: WebSocket, { id, path, as }: SubscribeMessage): Promise<void> {
    const { handle, hub, sockets, credentials } = this.#ports;
    const { credential, user } = sockets.attachment(socket);
    // The alarm that closes the sockets of an expired token may be late.
    const ended = credentials.ended(credential);
    if (ended !== undefined) return socket.close(TOKEN_ENDED, ended);
    const answer = await handle(subscriptionRequest(path, user, as), credential.node);
    if (this.#closed.has(socket)) return letGo(answer);
    if (answer.type === 'watch') {
      // A dashboard or an agent that has seen more than there is has to begin anew.
      if (answer.tooLarge) {
        letGo(answer);
        return hub.refuse(sockets.peer(socket), id, answer.tooLarge);
      }
      return hub.subscribe(sockets.peer(socket), id, answer.watch, answer.begun);
    }
    letGo(answer);
    hub.refuse(sockets.peer(socket), id, refusalOf(answer));
  }

  #turnsOf(socket: WebSocket): Turns {
    let turns = this.#turns.get(socket);
    if (!turns) {
      turns = new Turns(this.#ports.pause, MAX_WAITING);
      this.#turns.set(socket, turns);
    }
    return turns;
  }
}

/** Gives back the seat of an answer that will not be read: a list's iterator is closed, a watch counts as begun. */
export function letGo(answer: ApiAnswer): void {
  if (answer.type === 'watch') answer.begun?.();
  if (answer.type === 'response' && typeof answer.body !== 'string') answer.body[Symbol.iterator]().return?.();
}

function refusalOf(answer: ApiAnswer): Status {
  if (answer.type === 'response' && typeof answer.body === 'string' && answer.status >= 400) {
    const { status, headers, body } = answer;
    // Outside of the built-in groups a path that is not served has a page of text.
    if (headers['content-type'] !== JSON_TYPE) return failure(status === 404 ? 'NotFound' : '', body.trim(), status);
    return JSON.parse(body) as Status;
  }
  return failure('BadRequest', 'only lists and watches can be subscribed to');
}

/** The `Accept` that an HTTP client would send. */
const ACCEPT: Readonly<Record<SubscribedShape, string>> = {
  table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  metadata: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
};

/** The path of a list stands for its watch. */
export function subscriptionRequest(path: string, user: UserInfo, as?: SubscribedShape): ApiRequest {
  const accept = as === undefined ? 'application/json' : ACCEPT[as];
  const question = path.indexOf('?');
  const query = question < 0 ? '' : path.slice(question + 1);
  const watch = /(^|&)watch(=|&|$)/.test(query) ? query : query === '' ? 'watch=true' : `${query}&watch=true`;
  return {
    method: 'GET',
    path: question < 0 ? path : path.slice(0, question),
    query: watch,
    header: (name) => (name === 'accept' ? accept : undefined),
    user,
  };
}
