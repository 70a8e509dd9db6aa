/**
 * The agent's one socket to its cluster: dialled out, kept alive with pings that do not wake the cluster, dialled again
 * with back-off when it breaks. Carries watches (`subscriptions.ts`) and requests to open streams.
 */
import WebSocket from 'ws';
import {
  type ClientMessage,
  decodeServerFrame,
  PING,
  type ServerFrame,
  type ServerMessage,
  SOCKET_PATH,
  SUBPROTOCOL,
} from '../../wire/socket.ts';
import { AGENT_KEY_HEADER } from '../../wire/stream.ts';
import { BackOff } from '../back-off.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { reasonOf, trust } from './client.ts';

export interface SocketOptions {
  server: string;
  token(): string;
  ca?: string;
  userAgent: string;
  /** SPKI in base64 of the key that certificates are issued for (`wire/stream.ts`). */
  publicKey: string;
  clock: Clock;
  /** In [0, 1): agents that lost their cluster together must not come back together. */
  random(): number;
  log: Pick<Log, 'info' | 'warn'>;
}

export interface SocketEvents {
  up(): void;
  events(subscription: number, lines: string): void;
  message(message: Exclude<ServerMessage, { type: 'mark' }>): void;
  down(): void;
  /** The cluster may have refused the node for good. */
  refused(): void;
}

/** Silence of this many milliseconds means the connection is gone: a half-open TCP connection reports no end. */
const SILENCE = 25_000;
const HEARTBEAT = 10_000;
const RETRY = { initial: 250, max: 30_000 };
/** The wait while another agent speaks for the node. */
const REPLACED_RETRY = 10_000;
/** The cluster closed this connection because a newer one speaks for the node. */
const REPLACED = 4001;
const NORMAL = 1000;
/** The close code of a connection that broke without a close frame. */
const BROKEN = 1006;

export class ClusterSocket {
  readonly #options: SocketOptions;
  readonly #events: SocketEvents;
  #socket: WebSocket | undefined;
  readonly #backOff: BackOff;
  #heard = 0;
  #cancel = () => {};
  #closed = false;
  #lastProblem = '';

  constructor(options: SocketOptions, events: SocketEvents) {
    this.#options = options;
    this.#events = events;
    this.#backOff = new BackOff(RETRY, options.random);
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  dial(): void {
    if (this.#closed) return;
    const url = `${this.#options.server.replace(/^http/, 'ws').replace(/\/$/, '')}${SOCKET_PATH}`;
    const socket = new WebSocket(url, SUBPROTOCOL, {
      headers: {
        authorization: `Bearer ${this.#options.token()}`,
        'user-agent': this.#options.userAgent,
        [AGENT_KEY_HEADER]: this.#options.publicKey,
      },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      ...trust(this.#options.ca),
    });
    this.#socket = socket;
    let answered = false;
    socket.on('open', () => this.#opened(socket));
    socket.on('message', (data) => this.#received(String(data)));
    socket.on('unexpected-response', (_request, { statusCode }) => {
      answered = true;
      this.#problem(`the cluster answered ${statusCode}`);
      // A cluster that was deleted is not found.
      if (statusCode === 401 || statusCode === 404) this.#events.refused();
      // `ws` leaves the end to this listener: without it there would be no 'close', and no further try.
      socket.terminate();
    });
    socket.on('error', (error) => {
      if (!answered) this.#problem(reasonOf(error));
    });
    socket.on('close', (code, reason) => this.#lost(socket, code, String(reason)));
  }

  /** Dials anew with the current token: a connection ends when the token that opened it does. */
  redial(): void {
    if (this.open) this.#hangUp();
  }

  /** False where the cluster is not there. */
  send(message: ClientMessage): boolean {
    if (!this.open) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#hangUp();
  }

  /** Closes without waiting for the cluster's close frame. */
  #hangUp(): void {
    this.#socket?.close(NORMAL);
    this.#socket?.terminate();
  }

  #opened(socket: WebSocket): void {
    this.#heard = this.#options.clock.now();
    this.#options.log.info('connected to the cluster');
    this.#beat(socket);
    this.#events.up();
  }

  #beat(socket: WebSocket): void {
    const { clock } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(HEARTBEAT, () => {
      if (socket !== this.#socket || socket.readyState !== WebSocket.OPEN) return;
      // The machine's clock may have been set back.
      this.#heard = Math.min(this.#heard, clock.now());
      if (clock.now() - this.#heard > SILENCE) {
        this.#problem('the cluster does not answer');
        socket.terminate();
        return;
      }
      socket.send(PING);
      this.#beat(socket);
    });
  }

  #received(text: string): void {
    this.#heard = this.#options.clock.now();
    let frame: ServerFrame;
    try {
      frame = decodeServerFrame(text);
    } catch (error) {
      this.#options.log.warn(`ignored a frame: ${(error as Error).message}`);
      return;
    }
    // A cluster that takes each connection and ends it soon is dialled less and less often.
    if (frame.type === 'pong') {
      this.#backOff.reset();
      this.#lastProblem = '';
    }
    if (frame.type === 'events') this.#events.events(frame.subscription, frame.lines);
    if (frame.type !== 'message') return;
    const { message } = frame;
    if (message.type === 'mark') this.send({ type: 'credit', mark: message.mark });
    else this.#events.message(message);
  }

  /** A problem that repeats is reported once. */
  #problem(text: string): void {
    if (text !== this.#lastProblem) this.#options.log.warn(`connection to the cluster: ${text}`);
    this.#lastProblem = text;
  }

  #lost(socket: WebSocket, code: number, reason: string): void {
    if (socket !== this.#socket || this.#closed) return;
    this.#cancel();
    this.#socket = undefined;
    if (code !== NORMAL && code !== BROKEN) this.#problem(`closed (${code}${reason ? `: ${reason}` : ''})`);
    this.#events.down();
    if (code === REPLACED) {
      this.#options.log.warn('another agent speaks for this node: is one running with the same state or name?');
    }
    const wait = this.#backOff.next();
    this.#cancel = this.#options.clock.after(code === REPLACED ? wait + REPLACED_RETRY : wait, () => this.dial());
  }
}
