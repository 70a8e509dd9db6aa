/**
 * The agent's one socket to its cluster: dialled out, kept alive with pings that do not wake the cluster, dialled again
 * with back-off when it breaks. Carries watches (`subscriptions.ts`) and requests to open streams.
 */
import WebSocket from 'ws';
import {
  type ClientMessage,
  CREDIT_STEP,
  decodeServerFrame,
  PING,
  type ServerFrame,
  type ServerMessage,
  SUBPROTOCOL,
} from '../../wire/socket.ts';
import { trust } from './client.ts';
import { JOIN_AGAIN } from './join.ts';

export interface SocketOptions {
  server: string;
  token(): string;
  ca?: string;
  userAgent: string;
  log: { info(text: string): void; warn(text: string): void };
}

export interface SocketEvents {
  up(): void;
  events(subscription: number, lines: string): void;
  message(message: ServerMessage): void;
  down(): void;
}

/** Silence of this many milliseconds means the connection is gone: half-open TCP tells nobody. */
const SILENCE = 25_000;
const HEARTBEAT = 10_000;
const FIRST_RETRY = 250;
const LAST_RETRY = 10_000;
/** The cluster closed this connection because a newer one speaks for the node. */
const REPLACED = 4001;
const NORMAL = 1000;
/** What a connection that broke without a word is given for a code. */
const BROKEN = 1006;
const REFUSED = `the node's token is no longer good, because it was revoked or has expired: ${JOIN_AGAIN}`;

export class ClusterSocket {
  readonly #options: SocketOptions;
  readonly #events: SocketEvents;
  #socket: WebSocket | undefined;
  #retry = FIRST_RETRY;
  #heard = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #unacknowledged = 0;
  #lastProblem = '';

  constructor(options: SocketOptions, events: SocketEvents) {
    this.#options = options;
    this.#events = events;
  }

  get open(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  dial(): void {
    if (this.#closed) return;
    const url = `${this.#options.server.replace(/^http/, 'ws').replace(/\/$/, '')}/islet/v1/socket`;
    const socket = new WebSocket(url, SUBPROTOCOL, {
      headers: { authorization: `Bearer ${this.#options.token()}`, 'user-agent': this.#options.userAgent },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      ...trust(this.#options.ca),
    });
    this.#socket = socket;
    socket.on('open', () => this.#opened(socket));
    socket.on('message', (data) => this.#received(String(data)));
    socket.on('unexpected-response', (request, { statusCode }) => {
      this.#problem(statusCode === 401 ? REFUSED : `the cluster answered ${statusCode}`);
      request.destroy();
    });
    socket.on('error', (error) => this.#problem(error.message));
    socket.on('close', (code, reason) => this.#lost(socket, code, String(reason)));
  }

  /** Again, with the token of now: what was opened with another ends when that one does. */
  redial(): void {
    if (this.open) this.#hangUp();
  }

  send(message: ClientMessage): void {
    if (this.open) this.#socket?.send(JSON.stringify(message));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#hangUp();
  }

  /** Without waiting for the cluster to say goodbye as well. */
  #hangUp(): void {
    this.#socket?.close(NORMAL);
    this.#socket?.terminate();
  }

  #opened(socket: WebSocket): void {
    this.#retry = FIRST_RETRY;
    this.#lastProblem = '';
    this.#heard = Date.now();
    this.#unacknowledged = 0;
    this.#options.log.info('connected to the cluster');
    this.#beat(socket);
    this.#events.up();
  }

  #beat(socket: WebSocket): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (socket !== this.#socket || socket.readyState !== WebSocket.OPEN) return;
      if (Date.now() - this.#heard > SILENCE) {
        this.#problem('the cluster does not answer');
        socket.terminate();
        return;
      }
      socket.send(PING);
      this.#beat(socket);
    }, HEARTBEAT);
  }

  #received(text: string): void {
    this.#heard = Date.now();
    let frame: ServerFrame;
    try {
      frame = decodeServerFrame(text);
    } catch (error) {
      this.#options.log.warn(`ignored a frame: ${(error as Error).message}`);
      return;
    }
    if (frame.type === 'events') this.#events.events(frame.subscription, frame.lines);
    else if (frame.type === 'message') this.#events.message(frame.message);
    if (frame.type === 'pong') return;
    this.#unacknowledged += text.length;
    if (this.#unacknowledged >= CREDIT_STEP) {
      this.send({ type: 'credit', bytes: this.#unacknowledged });
      this.#unacknowledged = 0;
    }
  }

  /** The same problem again and again is told once. */
  #problem(text: string): void {
    if (text !== this.#lastProblem) this.#options.log.warn(`connection to the cluster: ${text}`);
    this.#lastProblem = text;
  }

  #lost(socket: WebSocket, code: number, reason: string): void {
    if (socket !== this.#socket || this.#closed) return;
    clearTimeout(this.#timer);
    this.#socket = undefined;
    if (code !== NORMAL && code !== BROKEN) this.#problem(`closed (${code}${reason ? `: ${reason}` : ''})`);
    this.#events.down();
    if (code === REPLACED) {
      this.#options.log.warn('another agent speaks for this node: is one running with the same state or name?');
      this.#retry = LAST_RETRY;
    }
    const wait = this.#retry * (0.5 + Math.random());
    this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
    this.#timer = setTimeout(() => this.dial(), wait);
  }
}
