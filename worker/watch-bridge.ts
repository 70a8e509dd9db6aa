/**
 * A watch for an HTTP client: the object sleeps behind a hibernating WebSocket while this Worker holds the chunked
 * response. The object never sees `timeoutSeconds`: it is kept here, where time costs nothing.
 */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { type ClientMessage, CREDIT_STEP, type ServerMessage } from '../wire/socket.ts';
import { closeQuietly } from './close-quietly.ts';
import { type EdgeResponse, respond } from './env.ts';
import type { Holder } from './held-bytes.ts';
import { tooManyRequests } from './statuses.ts';

/** The bridge's needs of the runtime; tests hand in their own. */
export interface BridgeRuntime {
  /** Native in the runtime: a third less CPU than a JavaScript TransformStream. */
  newPipe(): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Counts what is held for the client; undefined when the cluster has too many watches here. */
  hold(giveUp: () => void): Holder | undefined;
}

export interface BridgeOptions {
  contentType: string;
  /** Headers of the object's answer. */
  headers?: Readonly<Record<string, string>>;
  /** The bytes of events that the socket sent as lines of JSON; UTF-8 when left out. */
  encode?(lines: string): Uint8Array;
  /** The watch ends by itself after this; upstream's default is half an hour to an hour. */
  timeoutMs: number;
}

const encoder = new TextEncoder();
const utf8 = (lines: string): Uint8Array => encoder.encode(lines);

/** `socket` is what the object answered with; its only subscription is the watch. */
export function bridgeWatch(socket: CfWebSocket, options: BridgeOptions, runtime: BridgeRuntime): EdgeResponse {
  const { encode = utf8 } = options;
  const held = runtime.hold(() => giveUp());
  if (!held) {
    socket.accept();
    closeQuietly(socket);
    return tooManyRequests();
  }
  const pipe = runtime.newPipe();
  const writer = pipe.writable.getWriter();
  /** Frames that arrived while a write was under way. */
  let waiting = '';
  /** Code units of frames that are being written. */
  let underWay = 0;
  let writing = false;
  let ended = false;
  let owed = 0;

  const timer = runtime.setTimer(() => finish(), options.timeoutMs);

  const finish = (): void => {
    if (ended) return;
    ended = true;
    runtime.clearTimer(timer);
    closeQuietly(socket);
    if (!writing) close();
  };

  const close = (): void => {
    held.close();
    void writer.close().catch(ignore);
  };

  /** The client is too slow. It is cut off, as upstream does with slow watchers, and what waits for it is dropped. */
  const giveUp = (): void => {
    waiting = '';
    void writer.abort(new Error('the client is too slow')).catch(ignore);
    finish();
  };

  // Callbacks, because this runs for every event of every watcher, and an async function costs a tenth of all that.
  const write = (text: string): void => {
    writing = true;
    underWay = text.length;
    writer.write(encode(text)).then(written, failed);
  };

  const written = (): void => {
    writing = false;
    held.shrink(underWay);
    acknowledge(underWay);
    if (waiting !== '') {
      const text = waiting;
      waiting = '';
      write(text);
    } else if (ended) {
      close();
    }
  };

  /** The client has gone. */
  const failed = (): void => {
    waiting = '';
    finish();
    writing = false;
    held.close();
  };

  const acknowledge = (units: number): void => {
    owed += units;
    if (owed < CREDIT_STEP || ended) return;
    socket.send(JSON.stringify({ type: 'credit', bytes: owed } satisfies ClientMessage));
    owed = 0;
  };

  /** Frames that arrive while one is under way join the next: fewer, larger writes when a watcher is slow. */
  const push = (lines: string): void => {
    if (writing) waiting += lines;
    else write(lines);
    // This may call `giveUp`.
    held.grow(lines.length);
  };

  socket.accept();
  socket.addEventListener('message', ({ data: frame }) => {
    if (ended || typeof frame !== 'string') return;
    if (frame.startsWith('!')) {
      const message = JSON.parse(frame.slice(1)) as ServerMessage;
      if (message.type !== 'end') return;
      if (message.status) push(`${JSON.stringify({ type: 'ERROR', object: message.status })}\n`);
      finish();
      return;
    }
    push(frame);
  });
  socket.addEventListener('close', finish);
  socket.addEventListener('error', finish);
  void writer.closed.catch(finish);

  return respond(pipe.readable, {
    headers: {
      ...options.headers,
      'Content-Type': options.contentType,
      'Cache-Control': 'no-cache, private',
      // Without this, a proxy in front may compress the stream, and hold every event back until it closes.
      'Content-Encoding': 'identity',
    },
  });
}

function ignore(): void {}
