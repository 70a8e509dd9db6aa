/**
 * The dashboard's one WebSocket to its cluster (`wire/socket.ts`): numbered subscriptions, credits, heartbeats, and
 * reconnection, after which each subscription starts again.
 */
import { signal } from '@preact/signals';
import { type ClientMessage, CREDIT_STEP, decodeServerFrame, PING, SUBPROTOCOL } from '../../../wire/socket.ts';

export type WatchEvent = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: unknown };

export interface Subscriber {
  /** An API path with its query. */
  path: string;
  /** The subscription starts from nothing: what was known is to be replaced. */
  started(): void;
  events(events: WatchEvent[]): void;
}

const HEARTBEAT_MS = 20_000;
const RETRY_MS = [250, 500, 1_000, 2_000, 5_000];
/** A subscription that ended (410, or its time was over) is opened again after this. */
const RESUBSCRIBE_MS = 500;

export type ConnectionState = 'connecting' | 'live' | 'offline';

export class Connection {
  readonly state = signal<ConnectionState>('connecting');
  readonly #url: string;
  readonly #subscribers = new Map<number, Subscriber>();
  #socket: WebSocket | undefined;
  #next = 1;
  #failures = 0;
  #consumed = 0;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
    this.#open();
  }

  subscribe(subscriber: Subscriber): () => void {
    const id = this.#next++;
    this.#subscribers.set(id, subscriber);
    if (this.state.value === 'live') this.#start(id, subscriber);
    return () => {
      this.#subscribers.delete(id);
      this.#send({ type: 'unsubscribe', id });
    };
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  #open(): void {
    if (this.#closed) return;
    const socket = new WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    let heartbeat: number | undefined;
    socket.onopen = () => {
      this.#failures = 0;
      this.#consumed = 0;
      this.state.value = 'live';
      for (const [id, subscriber] of this.#subscribers) this.#start(id, subscriber);
      heartbeat = window.setInterval(() => socket.send(PING), HEARTBEAT_MS);
    };
    socket.onmessage = ({ data }) => this.#receive(String(data));
    socket.onclose = () => {
      window.clearInterval(heartbeat);
      this.state.value = 'offline';
      const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)];
      window.setTimeout(() => this.#open(), wait);
    };
  }

  #start(id: number, subscriber: Subscriber): void {
    subscriber.started();
    this.#send({ type: 'subscribe', id, path: subscriber.path });
  }

  #receive(frame: string): void {
    const decoded = decodeServerFrame(frame);
    if (decoded.type === 'events') {
      const events = decoded.lines.split('\n').filter((line) => line !== '');
      this.#subscribers.get(decoded.subscription)?.events(events.map((line) => JSON.parse(line) as WatchEvent));
    } else if (decoded.type === 'message' && decoded.message.type === 'end') {
      const { id } = decoded.message;
      window.setTimeout(() => {
        const subscriber = this.#subscribers.get(id);
        if (subscriber && this.state.value === 'live') this.#start(id, subscriber);
      }, RESUBSCRIBE_MS);
    }
    this.#consumed += frame.length;
    if (this.#consumed >= CREDIT_STEP) {
      this.#send({ type: 'credit', bytes: this.#consumed });
      this.#consumed = 0;
    }
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
