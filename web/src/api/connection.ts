/**
 * The dashboard's one WebSocket to its cluster (`wire/socket.ts`): numbered subscriptions, credits, heartbeats, and
 * reconnection, after which each subscription starts again.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type ClientMessage,
  decodeServerFrame,
  PING,
  SUBPROTOCOL,
  type SubscribedShape,
} from '../../../wire/socket.ts';

export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: unknown };

export interface Subscriber {
  /** Whole objects when left out. */
  readonly as?: SubscribedShape;
  /** Called each time the subscription starts: the API path with its query, from what the subscriber has seen last. */
  start(): string;
  /**
   * The subscription ended with an error, as for a revision that the server has no more. `status` is a metav1.Status,
   * or whatever else the server answered with.
   */
  failed(status: unknown): void;
  events(events: WatchEvent[]): void;
}

const HEARTBEAT_MS = 20_000;
const RETRY_MS = [500, 1_000, 2_000, 5_000, 15_000];

/** Half of it is left to chance: the pages of one service that was away do not all come back in the same moment. */
function delay(failures: number): number {
  const longest = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] as number;
  return longest / 2 + (Math.random() * longest) / 2;
}

export type ConnectionState = 'connecting' | 'live' | 'offline';

/** Where subscriptions get their events from. */
export interface Connection {
  readonly state: ReadonlySignal<ConnectionState>;
  /** Failed tries since it was live. */
  readonly failures: ReadonlySignal<number>;
  /** The time of the last frame. Milliseconds since the epoch. */
  readonly heard: number;
  /** Returns what ends the subscription. */
  subscribe(subscriber: Subscriber): () => void;
  close(): void;
  /** Waits for the page to be looked at again before the next try: by itself none can succeed. */
  pause(): void;
}

export class SocketConnection implements Connection {
  readonly state = signal<ConnectionState>('connecting');
  readonly failures = signal(0);
  heard = Date.now();
  readonly #url: string;
  readonly #subscribers = new Map<number, Subscriber>();
  /** Subscriptions that ended before an event came, by how often in a row. */
  readonly #ends = new Map<number, number>();
  #socket: WebSocket | undefined;
  #retry: number | undefined;
  #next = 1;
  #closed = false;
  #paused = false;

  constructor(url: string) {
    this.#url = url;
    window.addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#open();
  }

  subscribe(subscriber: Subscriber): () => void {
    const id = this.#next++;
    this.#subscribers.set(id, subscriber);
    if (this.state.value === 'live') this.#start(id, subscriber);
    return () => {
      if (!this.#subscribers.delete(id)) return;
      this.#ends.delete(id);
      this.#send({ type: 'unsubscribe', id });
    };
  }

  close(): void {
    this.#closed = true;
    window.clearTimeout(this.#retry);
    window.removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#socket?.close();
  }

  pause(): void {
    this.#paused = true;
    window.clearTimeout(this.#retry);
  }

  /** The machine woke up, or the page is looked at again: no reason to wait for the next try. */
  readonly #hurry = (): void => {
    if (this.#socket !== undefined || document.hidden) return;
    window.clearTimeout(this.#retry);
    this.#open();
  };

  #open(): void {
    this.#retry = undefined;
    if (this.#closed) return;
    const socket = new WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    let heartbeat: number | undefined;
    let asked = 0;
    const lost = (): void => {
      if (socket !== this.#socket) return;
      window.clearInterval(heartbeat);
      this.#socket = undefined;
      if (this.#closed) return;
      this.state.value = 'offline';
      const wait = delay(this.failures.value++);
      if (!this.#paused) this.#retry = window.setTimeout(() => this.#open(), wait);
    };
    socket.onopen = () => {
      this.#paused = false;
      this.failures.value = 0;
      this.#ends.clear();
      this.heard = Date.now();
      this.state.value = 'live';
      for (const [id, subscriber] of this.#subscribers) this.#start(id, subscriber);
      heartbeat = window.setInterval(() => {
        // A connection that died silently is noticed by the silence; closing it properly would wait for an answer.
        if (asked > this.heard) {
          socket.close();
          lost();
          return;
        }
        asked = Date.now();
        // A socket that was closed here may wait long for the other side to close it, too.
        if (socket.readyState === WebSocket.OPEN) socket.send(PING);
      }, HEARTBEAT_MS);
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(String(data));
    };
    socket.onclose = lost;
  }

  #start(id: number, subscriber: Subscriber): void {
    const { as } = subscriber;
    this.#send({ type: 'subscribe', id, path: subscriber.start(), as });
  }

  #receive(frame: string): void {
    this.heard = Date.now();
    const decoded = decodeServerFrame(frame);
    if (decoded.type === 'pong') return;
    if (decoded.type === 'events') {
      const events = decoded.lines.split('\n').filter((line) => line !== '');
      this.#ends.delete(decoded.subscription);
      this.#subscribers.get(decoded.subscription)?.events(events.map((line) => JSON.parse(line) as WatchEvent));
    } else if (decoded.message.type === 'end') {
      const { id, status } = decoded.message;
      if (status !== undefined) this.#subscribers.get(id)?.failed(status);
      if (this.#subscribers.has(id)) this.#ended(id);
    } else if (decoded.message.type === 'mark') this.#send({ type: 'credit', mark: decoded.message.mark });
  }

  /**
   * The subscription's time was over, or its revision too old, or it was refused: it starts again, later after each
   * failure.
   */
  #ended(id: number): void {
    const before = this.#ends.get(id) ?? 0;
    this.#ends.set(id, before + 1);
    const socket = this.#socket;
    window.setTimeout(
      () => {
        const subscriber = this.#subscribers.get(id);
        if (subscriber && socket === this.#socket) this.#start(id, subscriber);
      },
      delay(before + 1),
    );
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
