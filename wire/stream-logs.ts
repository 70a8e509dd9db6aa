/** The Worker's side of a log stream: a WebSocket of {@link LOG_SUBPROTOCOL} becomes a response body. */
import { STREAM_CREDIT_STEP, type StreamControl } from './stream.ts';

/** The part of a WebSocket that is used: the Workers runtime's and the browsers' both have it. */
export interface LogSocket {
  binaryType?: string;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

export type LogStream = { ok: true; body: ReadableStream<Uint8Array> } | { ok: false; status: unknown };

/**
 * Resolves when the agent has said whether there is a log: with the body, or with a metav1.Status.
 * The socket must be accepted already. Bytes are acknowledged as the body is read; a body that is given up closes the
 * socket; a socket that breaks off errors the body, so that the client sees an incomplete answer.
 */
export function readLogs(socket: LogSocket): Promise<LogStream> {
  // The runtime would hand out Blobs, which can only be read asynchronously.
  socket.binaryType = 'arraybuffer';
  let unacknowledged = 0;
  let ended = false;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const queue: Uint8Array[] = [];
  let wanted: (() => void) | undefined;

  const body = new ReadableStream<Uint8Array>(
    {
      start(c) {
        controller = c;
      },
      async pull() {
        while (queue.length === 0 && !ended) await new Promise<void>((resolve) => (wanted = resolve));
        const chunk = queue.shift();
        if (!chunk) return;
        controller.enqueue(chunk);
        unacknowledged += chunk.byteLength;
        if (unacknowledged >= STREAM_CREDIT_STEP || queue.length === 0) {
          if (!ended) socket.send(JSON.stringify({ type: 'credit', bytes: unacknowledged } satisfies StreamControl));
          unacknowledged = 0;
        }
        if (ended && queue.length === 0) finish();
      },
      cancel() {
        ended = true;
        queue.length = 0;
        wanted?.();
        socket.close(1000, 'reader left');
      },
    },
    { highWaterMark: 0 },
  );

  let failure: Error | undefined;
  let finished = false;
  const finish = () => {
    if (finished) return;
    finished = true;
    if (failure) controller.error(failure);
    else controller.close();
  };

  return new Promise<LogStream>((resolve) => {
    let started = false;
    const end = (error?: Error) => {
      if (ended) return;
      ended = true;
      failure = error;
      if (!started) resolve({ ok: false, status: brokenStatus(error?.message ?? 'the node closed the log stream') });
      wanted?.();
      if (queue.length === 0) finish();
    };
    socket.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') {
        queue.push(data instanceof Uint8Array ? data : new Uint8Array(data as ArrayBuffer));
        wanted?.();
        return;
      }
      const control = JSON.parse(data) as StreamControl;
      if (control.type === 'start') {
        started = true;
        resolve({ ok: true, body });
      } else if (control.type === 'fail') {
        if (!started) resolve({ ok: false, status: control.status });
        started = true;
        end(new Error((control.status as { message?: string }).message ?? 'the log stream failed'));
      }
    });
    socket.addEventListener('close', ({ code, reason }) =>
      end(code === 1000 ? undefined : new Error(reason || `the node's connection broke (${code})`)),
    );
    socket.addEventListener('error', () => end(new Error("the node's connection broke")));
  });
}

function brokenStatus(message: string): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 };
}
