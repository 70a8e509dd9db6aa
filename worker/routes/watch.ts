/** A watch, made for its client of the socket that the cluster's object has opened: a body over HTTP, or a WebSocket. */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { failure } from '../../kube/machinery/status.ts';
import { chooseLogProtocol } from '../../wire/log-protocol.ts';
import { PROTOBUF_TYPE, WATCH_FORMAT_HEADER } from '../../wire/protobuf.ts';
import type { SimulatedLog } from '../../wire/stream.ts';
import type { EdgeRequest, EdgeResponse } from '../env.ts';
import { heldBytes } from '../held-bytes.ts';
import { queryValue } from '../location.ts';
import { bridgeLogSocket } from '../log-socket.ts';
import { encodeEvents } from '../protobuf/events.ts';
import { followSimulatedLog } from '../simulated-log.ts';
import { statusResponse } from '../statuses.ts';
import { bridgeWatch } from '../watch-bridge.ts';
import { bridgeWatchSocket } from '../watch-socket.ts';

/** Upstream's `--min-request-timeout`: a watch that names no end gets between this and twice this. */
const MIN_WATCH_SECONDS = 1800;
const MAX_WATCH_MS = 24 * 3600_000;
const WATCH_HEADERS = ['audit-id', 'warning', 'x-kubernetes-pf-flowschema-uid', 'x-kubernetes-pf-prioritylevel-uid'];

/** Upstream's reading of a flag: given at all, and neither `false` nor `0`. */
export function isWatch(path: string, query: string): boolean {
  if (query.includes('watch')) {
    const value = queryValue(query, 'watch');
    if (value !== undefined && value !== '0' && value.toLowerCase() !== 'false') return true;
  }
  return path.includes('/watch/') && /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/watch\//.test(path);
}

export interface WatchRequest {
  /** The id of the cluster. */
  cluster: string;
  /** Without the `?`. */
  query: string;
  /** The expiry of the client's token, in seconds since the epoch: the watch ends with it. */
  expires: number;
  /** The subprotocol that a client of a WebSocket offered; left out for a watch over HTTP. */
  subprotocol: { protocol?: string } | undefined;
}

const TIMERS = {
  setTimer: (run: () => void, ms: number) => setTimeout(run, ms),
  clearTimer: (timer: unknown) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** `log` is the header of the object's answer. It ends with the client's token. */
export function answerSimulatedLog(
  socket: CfWebSocket,
  log: string,
  { cluster, expires }: Pick<WatchRequest, 'cluster' | 'expires'>,
): EdgeResponse {
  const hold = (giveUp: () => void) => heldBytes.open(cluster, giveUp);
  const runtime = { ...TIMERS, newPipe, hold, now: () => Date.now() };
  return followSimulatedLog(socket, JSON.parse(log) as SimulatedLog, expires * 1000 - Date.now(), runtime);
}

/** A simulated container's log to a client that asks over a WebSocket, made of the one over HTTP. */
export function answerLogSocket({ headers }: EdgeRequest, log: EdgeResponse, cluster: string): EdgeResponse {
  if (log.status !== 200) return log;
  const chosen = chooseLogProtocol(headers.get('sec-websocket-protocol'));
  const body = log.body as unknown as ReadableStream<Uint8Array>;
  if ('refusal' in chosen) {
    void body.cancel();
    return statusResponse(failure('Forbidden', chosen.refusal));
  }
  return bridgeLogSocket(body, chosen.protocol, newPair(), (giveUp) => heldBytes.open(cluster, giveUp));
}

export function answerWatch(socket: CfWebSocket, { headers }: EdgeResponse, asked: WatchRequest): EdgeResponse {
  const isProtobuf = headers.get(WATCH_FORMAT_HEADER) === 'protobuf';
  const options = {
    contentType: isProtobuf ? `${PROTOBUF_TYPE};stream=watch` : 'application/json',
    encode: isProtobuf ? encodeEvents : undefined,
    timeoutMs: timeoutOf(asked),
  };
  const runtime = {
    ...TIMERS,
    hold: (giveUp: () => void) => heldBytes.open(asked.cluster, giveUp, true),
  };
  if (asked.subprotocol) {
    const { protocol } = asked.subprotocol;
    return bridgeWatchSocket(socket, { ...options, protocol, isProtobuf }, { ...runtime, newPair });
  }
  return bridgeWatch(socket, { ...options, headers: headersOfWatch(headers) }, { ...runtime, newPipe });
}

/** Milliseconds. */
function timeoutOf({ query, expires }: WatchRequest): number {
  // A negative time ends the request at once.
  const asked = Number(queryValue(query, 'timeoutSeconds') ?? 0);
  const seconds = asked !== 0 ? asked : MIN_WATCH_SECONDS * (1 + Math.random());
  return Math.max(0, Math.min(seconds * 1000, MAX_WATCH_MS, expires * 1000 - Date.now()));
}

function headersOfWatch(headers: EdgeResponse['headers']): Record<string, string> {
  return Object.fromEntries(WATCH_HEADERS.map((name) => [name, headers.get(name)]).filter(([, value]) => value));
}

/** The client's end, and the Worker's. */
function newPair(): readonly [CfWebSocket, CfWebSocket] {
  const { WebSocketPair } = globalThis as unknown as { WebSocketPair: new () => { 0: CfWebSocket; 1: CfWebSocket } };
  const pair = new WebSocketPair();
  return [pair[0], pair[1]];
}

interface Pipe {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
}

function newPipe(): Pipe {
  const { IdentityTransformStream } = globalThis as unknown as { IdentityTransformStream: new () => Pipe };
  return new IdentityTransformStream();
}
