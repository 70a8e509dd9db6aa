/** Watches over the cluster's socket: what is there, then what changes, until they are stopped. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { ClientMessage, ServerMessage } from '../../wire/socket.ts';
import { BackOff } from '../back-off.ts';
import type { Clock } from '../clock.ts';

export interface Feed {
  /**
   * `path` is a collection with its selectors: `/api/v1/pods?fieldSelector=spec.nodeName%3Dn1`.
   * Returns how to stop.
   */
  watch(path: string, listener: WatchListener): () => void;
}

export interface WatchListener {
  /** Called for existing objects too, and again after a reconnect that had to start over. */
  changed(object: KubeObject): void;
  deleted(object: KubeObject): void;
  /** Each object that existed at the start was passed on. */
  synced?(): void;
}

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject & { code?: number; message?: string };
}

interface Subscription {
  id: number;
  path: string;
  listener: WatchListener;
  /** The revision to resume at after a reconnect; undefined: from the beginning. */
  resourceVersion?: string;
  synced: boolean;
  /** Objects by namespace/name, to notice those that were deleted while the connection was lost. */
  known: Map<string, KubeObject>;
  /** While starting over: the keys of the objects that were passed on again. */
  seen?: Set<string>;
  backOff: BackOff;
}

export interface SubscriptionPorts {
  send(message: ClientMessage): void;
  clock: Pick<Clock, 'after'>;
  random(): number;
  warn(text: string): void;
}

/** Milliseconds until a watch whose time was over, or whose past is gone, begins again. */
const RESTART_DELAY = 50;
const RETRY = { initial: 500, max: 30_000 };

export class Subscriptions implements Feed {
  readonly #ports: SubscriptionPorts;
  readonly #subscriptions = new Map<number, Subscription>();
  #next = 1;
  #up = false;

  constructor(ports: SubscriptionPorts) {
    this.#ports = ports;
  }

  watch(path: string, listener: WatchListener): () => void {
    const backOff = new BackOff(RETRY, this.#ports.random);
    const made: Subscription = { id: 0, path, listener, synced: false, known: new Map(), backOff };
    this.#start(made);
    return () => {
      this.#subscriptions.delete(made.id);
      if (this.#up) this.#ports.send({ type: 'unsubscribe', id: made.id });
      made.id = -1;
    };
  }

  up(): void {
    this.#up = true;
    const all = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    for (const subscription of all) this.#start(subscription);
  }

  down(): void {
    this.#up = false;
  }

  /** Ids are never used again, so a late frame of an earlier subscription finds no listener. */
  #start(subscription: Subscription): void {
    if (subscription.id === -1) return;
    subscription.id = this.#next++;
    this.#subscriptions.set(subscription.id, subscription);
    if (!this.#up) return;
    const joint = subscription.path.includes('?') ? '&' : '?';
    // After a revision from the middle of the initial state, the rest of that state would be left out.
    if (subscription.seen) subscription.resourceVersion = undefined;
    const from = subscription.resourceVersion;
    if (from === undefined) subscription.seen = new Set();
    const query =
      from === undefined
        ? 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
        : `resourceVersion=${encodeURIComponent(from)}`;
    const path = `${subscription.path}${joint}watch=true&allowWatchBookmarks=true&${query}`;
    this.#ports.send({ type: 'subscribe', id: subscription.id, path });
  }

  events(id: number, lines: string): void {
    const subscription = this.#subscriptions.get(id);
    if (!subscription) return;
    for (const line of lines.split('\n')) {
      if (line === '') continue;
      const event = eventOf(line);
      if (event) this.#event(subscription, event);
      else {
        // The cluster still serves this watch.
        this.#ports.send({ type: 'unsubscribe', id });
        this.#again(subscription, { message: 'an event cannot be read' });
      }
      // The subscription may have ended with this event.
      if (this.#subscriptions.get(id) !== subscription) return;
    }
  }

  /** A subscription ended: it failed, or its time is over. */
  ended(message: Extract<ServerMessage, { type: 'end' }>): void {
    const subscription = this.#subscriptions.get(message.id);
    if (subscription) this.#again(subscription, message.status as { code?: number; message?: string } | undefined);
  }

  #again(subscription: Subscription, status: { code?: number; message?: string } | undefined): void {
    this.#subscriptions.delete(subscription.id);
    if (status?.code === 410) subscription.resourceVersion = undefined;
    else if (status) this.#ports.warn(`watch of ${subscription.path}: ${status.message ?? status.code}`);
    const failed = status && status.code !== 410;
    if (!failed) subscription.backOff.reset();
    this.#ports.clock.after(failed ? subscription.backOff.next() : RESTART_DELAY, () => {
      if (subscription.id === -1 || this.#subscriptions.has(subscription.id)) return;
      this.#start(subscription);
    });
  }

  #event(subscription: Subscription, { type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      this.#again(subscription, object);
      return;
    }
    subscription.backOff.reset();
    if (object.metadata.resourceVersion) subscription.resourceVersion = object.metadata.resourceVersion;
    if (type === 'BOOKMARK') {
      if (object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true') this.#synced(subscription);
      return;
    }
    const name = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (type === 'DELETED') {
      subscription.known.delete(name);
      subscription.listener.deleted(object);
      return;
    }
    const before = subscription.known.get(name);
    subscription.seen?.add(name);
    subscription.known.set(name, object);
    // While the connection was lost, the object was deleted and another made under its name.
    if (before && before.metadata.uid !== object.metadata.uid) subscription.listener.deleted(before);
    subscription.listener.changed(object);
  }

  #synced(subscription: Subscription): void {
    const { seen, known, listener } = subscription;
    subscription.seen = undefined;
    for (const [name, object] of [...known]) {
      if (seen && !seen.has(name)) {
        known.delete(name);
        listener.deleted(object);
      }
    }
    if (!subscription.synced) listener.synced?.();
    subscription.synced = true;
  }
}

function eventOf(line: string): WatchEvent | undefined {
  try {
    return JSON.parse(line) as WatchEvent;
  } catch {
    return undefined;
  }
}
