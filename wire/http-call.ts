/**
 * The client's side of a stream of the kind `http` (`stream.ts`): one request that an agent makes, and its answer. The
 * first frame is the request's head, binary frames are its body, and `end` is its end; the answer comes in the same way,
 * and ends with the socket. Both sides send at most {@link STREAM_WINDOW} bytes beyond what the other acknowledged.
 */
import { type HttpRequestHead, STREAM_WINDOW, type StreamControl } from './stream.ts';
import { type Opened, type StreamMemory, StreamReader, type StreamSocket } from './stream-reader.ts';

/** Bytes of a frame. */
const PIECE = 64 * 1024;

export type HttpBody = Uint8Array | AsyncIterable<Uint8Array> | undefined;

export class HttpCall {
  readonly #socket: StreamSocket;
  readonly #reader: StreamReader;
  /** Bytes that may be sent. */
  #room = STREAM_WINDOW;
  #isOver = false;
  #wake: (() => void) | undefined;

  /** The socket must be accepted already. */
  constructor(socket: StreamSocket, memory: StreamMemory) {
    this.#socket = socket;
    this.#reader = new StreamReader(socket, memory, 'answer');
    this.#reader.onCredit = (bytes) => {
      if (!(bytes > 0)) return;
      this.#room += bytes;
      this.#wake?.();
    };
    const over = (): void => {
      this.#isOver = true;
      this.#wake?.();
    };
    socket.addEventListener('close', over);
    socket.addEventListener('error', over);
  }

  /** Resolves when the server's answer has begun: it may come before the body was sent. */
  send(head: HttpRequestHead, body?: HttpBody): Promise<Opened> {
    this.#control({ type: 'request', ...head });
    const opened = this.#reader.open();
    this.#sendBody(body).catch((error: Error) => this.abort(`the request broke off: ${error.message}`));
    return opened;
  }

  /** Lets go of the answer, and of the request where it is still being sent. */
  abort(reason: string): void {
    this.#reader.abort(reason);
  }

  async #sendBody(body: HttpBody): Promise<void> {
    const chunks = body instanceof Uint8Array ? [body] : (body ?? []);
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        while (this.#room <= 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
        if (this.#isOver) return;
        this.#room -= piece.length;
        this.#socket.send(piece);
      }
    }
    if (!this.#isOver) this.#control({ type: 'end' });
  }

  #control(control: StreamControl): void {
    this.#socket.send(JSON.stringify(control));
  }
}
