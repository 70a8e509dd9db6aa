/**
 * exec and attach: kubectl's channels on a WebSocket on one side, the runtime's SPDY streams on the other. Whoever
 * reads slowly stops the other one's connection, so nothing piles up in between.
 */
import type { Socket } from 'node:net';
import { CHANNEL } from '../../wire/stream.ts';
import type { StreamFlags } from '../runtimes/runtime.ts';
import { dataHead, pingFrame, SpdyDecoder, type SpdyFrame, SynEncoder } from './spdy.ts';
import { upgradeToSpdy } from './upgrade.ts';

/** The part of a WebSocket (`ws`) that is used. */
export interface ClientSocket {
  readonly bufferedAmount: number;
  send(data: Uint8Array | string, done?: (error?: Error) => void): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** Bytes that may wait in the WebSocket before the runtime's side is told to wait. */
const HIGH_WATER = 512 * 1024;
const STREAMS = ['error', 'stdin', 'stdout', 'stderr', 'resize'] as const;

export async function serveRemoteCommand(client: ClientSocket, url: string, flags: StreamFlags): Promise<void> {
  const { socket, head } = await upgradeToSpdy(url, 'v4.channel.k8s.io');
  await new Promise<void>((resolve) => new RemoteCommand(client, socket, flags, resolve).start(head));
}

class RemoteCommand {
  readonly #client: ClientSocket;
  readonly #runtime: Socket;
  readonly #flags: StreamFlags;
  readonly #done: () => void;
  readonly #decoder = new SpdyDecoder();
  /** SPDY stream ids by channel, and back. */
  readonly #stream = new Map<number, number>();
  readonly #channel = new Map<number, number>();
  #stdinClosed = false;
  #statusSent = false;
  #over = false;

  constructor(client: ClientSocket, runtime: Socket, flags: StreamFlags, done: () => void) {
    this.#client = client;
    this.#runtime = runtime;
    this.#flags = flags;
    this.#done = done;
  }

  start(head: Buffer): void {
    const syn = new SynEncoder();
    const { stdin, stdout, stderr, tty } = this.#flags;
    const wanted = { error: true, stdin, stdout, stderr: stderr && !tty, resize: tty };
    let id = 1;
    for (const streamtype of STREAMS) {
      if (!wanted[streamtype]) continue;
      this.#stream.set(CHANNEL[streamtype], id);
      this.#channel.set(id, CHANNEL[streamtype]);
      this.#runtime.write(syn.encode(id, { streamtype }));
      id += 2;
    }
    this.#client.on('message', (data) => this.#fromClient(data));
    this.#client.on('close', () => this.#end());
    this.#runtime.on('data', (chunk) => this.#fromRuntime(chunk));
    this.#runtime.on('drain', () => this.#client.resume());
    this.#runtime.on('error', () => {});
    this.#runtime.on('close', () => this.#runtimeClosed());
    if (head.length > 0) this.#fromRuntime(head);
    this.#client.resume();
  }

  #fromClient(data: Buffer): void {
    const channel = data[0];
    if (channel === CHANNEL.close) {
      if (data[1] === CHANNEL.stdin) this.#closeStdin();
      return;
    }
    // An empty frame on each channel is how clients of v4 say hello.
    if (data.length === 1 || (channel !== CHANNEL.stdin && channel !== CHANNEL.resize)) return;
    const stream = this.#stream.get(channel);
    if (stream === undefined || (channel === CHANNEL.stdin && this.#stdinClosed)) return;
    // Together, and without a copy of what may be hundreds of megabytes.
    this.#runtime.cork();
    this.#runtime.write(dataHead(stream, data.length - 1, false));
    if (!this.#runtime.write(data.subarray(1))) this.#client.pause();
    this.#runtime.uncork();
  }

  #closeStdin(): void {
    const stream = this.#stream.get(CHANNEL.stdin);
    if (stream === undefined || this.#stdinClosed) return;
    this.#stdinClosed = true;
    this.#runtime.write(dataHead(stream, 0, true));
  }

  #fromRuntime(chunk: Buffer): void {
    try {
      for (const frame of merged(this.#decoder.push(chunk))) {
        if (frame.type === 'ping') this.#runtime.write(pingFrame(frame.id));
        else if (frame.type === 'data') this.#toClient(frame.stream, frame.data, frame.fin);
        else if (frame.type === 'go-away') this.#runtime.end();
      }
    } catch (error) {
      this.#runtime.destroy(error as Error);
    }
  }

  #toClient(stream: number, data: readonly Buffer[], fin: boolean): void {
    const channel = this.#channel.get(stream);
    if (channel === undefined || this.#over) return;
    if (data.length > 0) {
      const frame = Buffer.concat([Buffer.of(channel), ...data]);
      this.#client.send(frame, () => {
        if (this.#client.bufferedAmount < HIGH_WATER) this.#runtime.resume();
      });
      if (this.#client.bufferedAmount >= HIGH_WATER) this.#runtime.pause();
    }
    if (channel !== CHANNEL.error) return;
    if (data.length > 0) this.#statusSent = true;
    // The status comes last, when all output has been sent.
    if (fin) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#client.close(1000);
    this.#runtime.end();
    this.#done();
  }

  #runtimeClosed(): void {
    if (this.#over) return;
    if (this.#statusSent) {
      this.#finish();
      return;
    }
    this.#over = true;
    this.#client.close(1011, "the runtime's connection broke");
    this.#done();
  }

  #end(): void {
    this.#over = true;
    this.#runtime.destroy();
    this.#done();
  }
}

type Merged = Exclude<SpdyFrame, { type: 'data' }> | { type: 'data'; stream: number; data: Buffer[]; fin: boolean };

/** What one stream said in one go is one message: a command that writes little pieces makes thousands of frames. */
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
