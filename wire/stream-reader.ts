/** The client's side of a stream of logs or HTTP (`stream.ts`): what the agent sends on a WebSocket becomes a body. */
import { failure, type Status } from '../kube/machinery/status.ts';
import { type HttpAnswerHead, STREAM_CREDIT_STEP, STREAM_WINDOW, type StreamControl } from './stream.ts';

/** The part of a WebSocket that is used: the Workers runtime's and the browsers' both have it. */
export interface StreamSocket {
  binaryType?: string;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: unknown) => void): void;
}

/** Counts the bytes that wait for the reader. */
export interface StreamMemory {
  grow(size: number): void;
  shrink(size: number): void;
  /** The stream has ended, and no bytes wait. */
  close(): void;
}

/** The head is an HTTP answer's. */
export type Opened =
  | { ok: true; head?: HttpAnswerHead; body: ReadableStream<Uint8Array> }
  | { ok: false; status: Status };

/**
 * The agent may send a window beyond what was acknowledged, and what it was writing then; nothing here is acknowledged.
 */
const MAX_QUEUED = 2 * STREAM_WINDOW;

/** WebSocket close codes. */
const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
const POLICY_VIOLATION = 1008;

export class StreamReader {
  readonly #socket: StreamSocket;
  readonly #memory: StreamMemory;
  /** `log` or `answer`, in messages. */
  readonly #what: string;
  readonly #queue: Uint8Array[] = [];
  #queued = 0;
  /** Bytes that were read and not acknowledged. */
  #unacknowledged = 0;
  #started: ((stream: Opened) => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Wakes the reader that waits for bytes or for the end. */
  #wake: (() => void) | undefined;
  #end: { error?: Error } | undefined;
  #finished = false;

  /** Called as the agent has handed on bytes that it was sent. */
  onCredit: ((bytes: number) => void) | undefined;

  /** The socket must be accepted already. */
  constructor(socket: StreamSocket, memory: StreamMemory, what: 'log' | 'answer' = 'log') {
    this.#socket = socket;
    this.#memory = memory;
    this.#what = what;
    // The runtime would hand out Blobs, which can only be read asynchronously.
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#received(data));
    socket.addEventListener('close', ({ code, reason }) =>
      this.#ended(code === NORMAL ? undefined : new Error(reason || `the node's connection broke (${code})`)),
    );
    socket.addEventListener('error', () => this.#ended(new Error("the node's connection broke")));
  }

  /**
   * Resolves when the agent has said whether there is a log or an answer: with its body, or with a metav1.Status. Bytes
   * are acknowledged as the body is read; a body that is given up closes the socket; a socket that breaks off errors
   * the body, so that the client sees an incomplete answer.
   */
  open(): Promise<Opened> {
    return new Promise((resolve) => {
      this.#started = resolve;
      if (this.#end) this.#refuse(this.#end.error);
    });
  }

  /** Drops the bytes that wait for the reader, and breaks the body off. */
  abort(reason: string): void {
    this.#drop();
    this.#close(POLICY_VIOLATION, reason);
  }

  #received(data: unknown): void {
    if (this.#end) return;
    if (typeof data === 'string') {
      this.#control(data);
      return;
    }
    const chunk = data instanceof Uint8Array ? data : new Uint8Array(data as ArrayBuffer);
    this.#queued += chunk.byteLength;
    if (this.#queued > MAX_QUEUED) {
      this.abort(`the node sent more of the ${this.#what} than was asked for`);
      return;
    }
    this.#queue.push(chunk);
    this.#memory.grow(chunk.byteLength);
    this.#wake?.();
  }

  #control(text: string): void {
    const control = parse(text);
    if (control?.type === 'start') {
      this.#started?.({ ok: true, head: control.head, body: this.#body() });
      this.#started = undefined;
    } else if (control?.type === 'credit') {
      this.onCredit?.(control.bytes);
    } else if (control?.type === 'fail') {
      const status = statusOf(control.status, this.#what);
      this.#started?.({ ok: false, status });
      this.#started = undefined;
      this.#ended(new Error(status.message));
    } else {
      this.#close(PROTOCOL_ERROR, `the node sent a frame that is none of the ${this.#what} protocol`);
    }
  }

  #body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#drop();
          this.#ended();
          // The log may have ended long before, with bytes that were still to be read.
          this.#finish();
          this.#socket.close(NORMAL, 'reader left');
        },
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(): Promise<void> {
    while (this.#queue.length === 0 && !this.#end) await new Promise<void>((resolve) => (this.#wake = resolve));
    const chunk = this.#queue.shift();
    if (chunk) {
      this.#controller?.enqueue(chunk);
      this.#queued -= chunk.byteLength;
      this.#memory.shrink(chunk.byteLength);
      this.#acknowledge(chunk.byteLength);
    }
    if (this.#end && this.#queue.length === 0) this.#finish();
  }

  #acknowledge(bytes: number): void {
    this.#unacknowledged += bytes;
    if (this.#unacknowledged < STREAM_CREDIT_STEP && this.#queue.length > 0) return;
    const credit: StreamControl = { type: 'credit', bytes: this.#unacknowledged };
    if (!this.#end) this.#socket.send(JSON.stringify(credit));
    this.#unacknowledged = 0;
  }

  #close(code: number, reason: string): void {
    if (this.#end) {
      this.#finish();
      return;
    }
    this.#socket.close(code, reason);
    this.#ended(new Error(reason));
  }

  #ended(error?: Error): void {
    if (this.#end) return;
    this.#end = { error };
    if (this.#started) this.#refuse(error);
    this.#wake?.();
    if (this.#queue.length === 0) this.#finish();
  }

  #refuse(error: Error | undefined): void {
    const message = error?.message ?? `the node closed the ${this.#what} stream`;
    this.#started?.({ ok: false, status: failure('InternalError', message) });
    this.#started = undefined;
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#memory.close();
    const { error } = this.#end ?? {};
    try {
      if (error) this.#controller?.error(error);
      else this.#controller?.close();
    } catch {
      // The reader has left.
    }
  }

  #drop(): void {
    this.#queue.length = 0;
    this.#queued = 0;
  }
}

/** undefined for anything but a control frame of an agent. */
function parse(text: string): StreamControl | undefined {
  try {
    const control = JSON.parse(text) as StreamControl | null;
    return control?.type === 'start' || control?.type === 'fail' || control?.type === 'credit' ? control : undefined;
  } catch {
    return undefined;
  }
}

/** An agent may send anything in place of a Status. */
function statusOf(sent: unknown, what: string): Status {
  const { message, reason, code, details } = (typeof sent === 'object' && sent !== null ? sent : {}) as Partial<Status>;
  const said = typeof message === 'string' ? message : `the ${what} stream failed`;
  const known = Number.isInteger(code) && (code as number) >= 400 && (code as number) <= 599 ? code : 500;
  return { ...failure(reason ?? '', said, known), ...(details === undefined ? {} : { details }) };
}
