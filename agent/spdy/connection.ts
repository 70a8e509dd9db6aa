/** SPDY streams as Node streams, many over one connection. A stream that is not read stops the whole connection. */
import { Duplex } from 'node:stream';
import { dataHead, HeaderWriter, pingFrame, resetFrame, SpdyDecoder, type SpdyFrame } from './frames.ts';
import { HeaderReader } from './headers.ts';

/** A frame's length has 24 bits, and a large frame holds up those of other streams. */
const MAX_DATA = 256 * 1024;

/** Told of a stream that the peer opens. */
export type Accept = (headers: ReadonlyMap<string, string>, stream: SpdyStream) => void;

export class SpdyConnection {
  /** Resolves when the connection is over, however it ended. */
  readonly closed: Promise<void>;
  readonly #transport: Duplex;
  readonly #accept: Accept | undefined;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #writer = new HeaderWriter();
  readonly #reader = new HeaderReader();
  #next = 1;

  constructor(transport: Duplex, accept?: Accept) {
    this.#transport = transport;
    this.#accept = accept;
    transport.on('error', () => {});
    this.closed = this.#read();
  }

  /** Header names must be lower case. */
  open(headers: Readonly<Record<string, string>>): SpdyStream {
    const id = this.#next;
    this.#next += 2;
    this.#transport.write(this.#writer.open(id, headers));
    return this.#add(id);
  }

  /** Ends the stream; received data can still be read. */
  finish(): void {
    for (const stream of this.#streams.values()) void stream.receive([], true);
    this.#transport.end();
  }

  close(): void {
    this.#transport.destroy();
  }

  #add(id: number): SpdyStream {
    const stream = new SpdyStream(id, this.#transport);
    this.#streams.set(id, stream);
    stream.once('close', () => this.#streams.delete(id));
    return stream;
  }

  async #read(): Promise<void> {
    const decoder = new SpdyDecoder();
    let failure = new Error('the connection broke');
    try {
      for await (const chunk of this.#transport) {
        for (const frame of merged(decoder.push(chunk as Buffer))) await this.#received(frame);
      }
    } catch (error) {
      failure = error as Error;
    }
    this.#transport.destroy();
    this.#reader.close();
    for (const stream of this.#streams.values()) stream.abort(failure);
  }

  async #received(frame: Merged): Promise<void> {
    if (frame.type === 'ping') this.#transport.write(pingFrame(frame.id));
    else if (frame.type === 'go-away') this.#transport.end();
    else if (frame.type === 'data') await this.#streams.get(frame.stream)?.receive(frame.data, frame.fin);
    else if (frame.type === 'reset') this.#streams.get(frame.stream)?.abort(new Error('the stream was reset'));
    else if (frame.type === 'open' && this.#accept) {
      const headers = await this.#reader.read(frame.headers);
      this.#transport.write(this.#writer.reply(frame.stream));
      const stream = this.#add(frame.stream);
      this.#accept(headers, stream);
      if (frame.fin) await stream.receive([], true);
    }
  }
}

type Done = (error?: Error | null) => void;

export class SpdyStream extends Duplex {
  /** Set when it was cut off before its end. */
  failure: Error | undefined;
  readonly #id: number;
  readonly #transport: Duplex;
  #finished = false;
  #wanted: (() => void) | undefined;

  constructor(id: number, transport: Duplex) {
    super({ writableHighWaterMark: MAX_DATA });
    this.#id = id;
    this.#transport = transport;
    this.on('error', () => {});
  }

  /** Resolves when there is room for more. */
  async receive(data: readonly Buffer[], fin: boolean): Promise<void> {
    if (this.destroyed || this.#finished) return;
    this.#finished = fin;
    const room = data.length === 0 || this.push(data.length === 1 ? data[0] : Buffer.concat(data));
    if (fin) this.push(null);
    else if (!room) {
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
  }

  /** Ends as well as it can: received data can still be read. */
  abort(error: Error): void {
    if (!this.#finished) this.failure = error;
    void this.receive([], true);
    if (!this.writableEnded) this.end();
  }

  override _read(): void {
    this.#wanted?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  /** Sends the chunks together, without a copy of what may be hundreds of megabytes. */
  #send(chunks: readonly Buffer[], done: Done): void {
    const parts = chunks.flatMap((chunk) => cut(chunk));
    this.#transport.cork();
    for (const [index, part] of parts.entries()) {
      this.#transport.write(dataHead(this.#id, part.length, false));
      this.#transport.write(part, index === parts.length - 1 ? done : undefined);
    }
    this.#transport.uncork();
    if (parts.length === 0) done();
  }

  override _final(done: Done): void {
    this.#transport.write(dataHead(this.#id, 0, true), () => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#wanted?.();
    if (!this.#finished || !this.writableFinished) {
      if (!this.#transport.destroyed && !this.#transport.writableEnded) this.#transport.write(resetFrame(this.#id));
    }
    done(error);
  }
}

function cut(chunk: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < chunk.length; at += MAX_DATA) parts.push(chunk.subarray(at, at + MAX_DATA));
  return parts;
}

type Merged = Exclude<SpdyFrame, { type: 'data' }> | { type: 'data'; stream: number; data: Buffer[]; fin: boolean };

/** Frames of one stream in one read become one chunk: a command that writes little pieces makes thousands of frames. */
function merged(frames: readonly SpdyFrame[]): Merged[] {
  const result: Merged[] = [];
  for (const frame of frames) {
    const last = result.at(-1);
    if (frame.type !== 'data') result.push(frame);
    else if (last?.type === 'data' && last.stream === frame.stream) {
      if (frame.data.length > 0) last.data.push(frame.data);
      last.fin ||= frame.fin;
    } else result.push({ ...frame, data: frame.data.length > 0 ? [frame.data] : [] });
  }
  return result;
}
