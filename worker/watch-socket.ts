/**
 * A watch for a WebSocket client: a message an event, text for JSON and binary for protobuf (apiserver
 * `pkg/endpoints/handlers/watch.go` HandleWS). The object sleeps behind a socket of its own, as it does behind the
 * chunked answer (`watch-bridge.ts`).
 */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { BEARER_SUBPROTOCOL_PREFIX, type ClientMessage, CREDIT_STEP, type ServerMessage } from '../wire/socket.ts';
import { closeQuietly } from './close-quietly.ts';
import type { EdgeResponse } from './env.ts';
import type { Holder } from './held-bytes.ts';
import { sharedEncoder } from './protobuf/events.ts';
import { tooManyRequests } from './statuses.ts';

export interface SocketRuntime {
  /** The client's end, and ours. */
  newPair(): readonly [CfWebSocket, CfWebSocket];
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Counts what is sent; undefined when the cluster has too many watches here. */
  hold(giveUp: () => void): Holder | undefined;
}

export interface SocketOptions {
  isProtobuf: boolean;
  timeoutMs: number;
  /** The subprotocol that the client is told. */
  protocol?: string;
}

/**
 * Code units that one socket is sent. A socket does not tell how much of it was read, so all of it may be waiting here:
 * beyond this the watch ends, as watches do now and then, and its client takes it up again.
 */
export const MAX_SENT = 4 * 1024 * 1024;
/** The length of a frame, which a message has by itself. */
const FRAME_HEAD = 4;

const encoder = new TextEncoder();

/** `socket` is what the object answered with; its only subscription is the watch. */
export function bridgeWatchSocket(socket: CfWebSocket, options: SocketOptions, runtime: SocketRuntime): EdgeResponse {
  const held = runtime.hold(() => finish());
  socket.accept();
  if (!held) {
    closeQuietly(socket);
    return tooManyRequests();
  }
  const [client, own] = runtime.newPair();
  let ended = false;
  let sent = 0;
  let owed = 0;
  const timer = runtime.setTimer(() => finish(), options.timeoutMs);

  const finish = (): void => {
    if (ended) return;
    ended = true;
    runtime.clearTimer(timer);
    closeQuietly(socket);
    closeQuietly(own);
    held.close();
  };

  const push = (lines: string): void => {
    for (const line of lines.split('\n')) {
      if (line === '') continue;
      own.send(options.isProtobuf ? sharedEncoder().event(encoder.encode(line)).slice(FRAME_HEAD) : `${line}\n`);
    }
    sent += lines.length;
    owed += lines.length;
    held.grow(lines.length);
    if (sent > MAX_SENT) finish();
    else if (owed >= CREDIT_STEP) {
      socket.send(JSON.stringify({ type: 'credit', bytes: owed } satisfies ClientMessage));
      owed = 0;
    }
  };

  own.accept();
  // Messages of the client are not looked at.
  own.addEventListener('close', finish);
  own.addEventListener('error', finish);
  socket.addEventListener('message', ({ data: frame }) => {
    if (ended || typeof frame !== 'string') return;
    if (!frame.startsWith('!')) return push(frame);
    const message = JSON.parse(frame.slice(1)) as ServerMessage;
    if (message.type !== 'end') return;
    if (message.status) push(`${JSON.stringify({ type: 'ERROR', object: message.status })}\n`);
    finish();
  });
  socket.addEventListener('close', finish);
  socket.addEventListener('error', finish);
  const headers: Record<string, string> = options.protocol ? { 'Sec-WebSocket-Protocol': options.protocol } : {};
  return new Response(null, { status: 101, webSocket: client, headers } as ResponseInit) as unknown as EdgeResponse;
}

/**
 * The subprotocols that a client offers beside its token. Upstream takes one or none, and whichever it is: it is told the
 * client again. A token must not be the only one.
 */
export function offeredProtocols(header: string | null): { protocol?: string; refusal?: 400 | 401 } {
  const offered = (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const others = offered.filter((name) => !name.startsWith(BEARER_SUBPROTOCOL_PREFIX));
  if (offered.length > 0 && others.length === 0) return { refusal: 401 };
  return others.length > 1 ? { refusal: 400 } : { protocol: others[0] };
}
