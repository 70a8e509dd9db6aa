/**
 * A watch for an HTTP client: the object sleeps behind a hibernating WebSocket while this Worker holds the chunked
 * response (design decision 7). The object never sees `timeoutSeconds`: it is kept here, where time costs nothing.
 */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { type ClientMessage, CREDIT_STEP, type ServerMessage } from '../wire/socket.ts';
import { type EdgeResponse, respond } from './env.ts';

/** What the bridge needs of the runtime; tests hand in their own. */
export interface BridgeRuntime {
  /** Native in the runtime: a third less CPU than a JavaScript TransformStream. */
  newPipe(): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

export interface BridgeOptions {
  /** `application/json` or `application/json;stream=watch`. */
  contentType: string;
  /** The watch ends by itself after this; upstream's default is half an hour to an hour. */
  timeoutMs: number;
}

const encoder = new TextEncoder();

/** `socket` is what the object answered with, subscription 1 being the watch. */
export function bridgeWatch(socket: CfWebSocket, options: BridgeOptions, runtime: BridgeRuntime): EdgeResponse {
  const pipe = runtime.newPipe();
  const writer = pipe.writable.getWriter();
  let waiting = '';
  let writing = false;
  let ended = false;
  let owed = 0;

  const timer = runtime.setTimer(() => finish(), options.timeoutMs);

  const finish = (): void => {
    if (ended) return;
    ended = true;
    runtime.clearTimer(timer);
    closeQuietly(socket);
    if (!writing) void writer.close().catch(ignore);
  };

  /** Frames that arrive while one is under way join the next: fewer, larger writes when a watcher is slow. */
  const pump = async (): Promise<void> => {
    writing = true;
    try {
      while (waiting !== '') {
        const text = waiting;
        waiting = '';
        await writer.write(encoder.encode(text));
        acknowledge(text.length);
      }
      if (ended) await writer.close();
    } catch {
      // The client has gone.
      waiting = '';
      finish();
    } finally {
      writing = false;
    }
  };

  const acknowledge = (units: number): void => {
    owed += units;
    if (owed < CREDIT_STEP || ended) return;
    socket.send(JSON.stringify({ type: 'credit', bytes: owed } satisfies ClientMessage));
    owed = 0;
  };

  const push = (lines: string): void => {
    waiting += lines;
    if (!writing) void pump();
  };

  socket.accept();
  socket.addEventListener('message', (event) => {
    if (ended || typeof event.data !== 'string') return;
    const frame = event.data;
    if (frame.startsWith('!')) {
      const message = JSON.parse(frame.slice(1)) as ServerMessage;
      if (message.type !== 'end') return;
      if (message.status) push(`${JSON.stringify({ type: 'ERROR', object: message.status })}\n`);
      finish();
      return;
    }
    const colon = frame.indexOf(':');
    if (colon < 0) return;
    // What the object counts against the window is the whole frame.
    owed += colon + 1;
    push(frame.slice(colon + 1));
  });
  socket.addEventListener('close', finish);
  socket.addEventListener('error', finish);
  void writer.closed.catch(finish);

  return respond(pipe.readable, {
    headers: {
      'Content-Type': options.contentType,
      'Cache-Control': 'no-cache, private',
      // Else whatever stands before us may compress the stream, and hold every event back until it closes.
      'Content-Encoding': 'identity',
    },
  });
}

function closeQuietly(socket: CfWebSocket): void {
  try {
    socket.close(1000);
  } catch {
    // It was closed already.
  }
}

function ignore(): void {}
