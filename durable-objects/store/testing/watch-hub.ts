/** A hub over a store in memory, with sockets that keep the frames they were sent. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { decodeServerFrame } from '../../../wire/socket.ts';
import { openStore, type SqliteStore } from '../mvcc.ts';
import { openNodeSql } from '../sql/node.ts';
import type { MatcherFactory, Peer, Renderer, WatchRequest } from '../watch/ports.ts';
import { WatchHub, type WatchHubOptions } from '../watch-hub.ts';

export class TestPeer implements Peer {
  readonly id: string;
  frames: string[] = [];
  constructor(id: string) {
    this.id = id;
  }
  send(frame: string): void {
    this.frames.push(frame);
  }
  close(): void {}

  /** Frames since the last call: `ADDED web 3`, `BOOKMARK 7 end`, `end`; forgets them. */
  take(subscription = 1): string[] {
    const frames = this.frames.map(decodeServerFrame);
    this.frames = [];
    return frames.flatMap((frame) => {
      if (frame.type === 'message') return [frame.message.type];
      if (frame.type !== 'events' || frame.subscription !== subscription) return [];
      return frame.lines.trimEnd().split('\n');
    });
  }
}

/** `app=web` on labels. */
const match: MatcherFactory = ({ labelSelector }) =>
  labelSelector === undefined
    ? undefined
    : { matches: ({ metadata }) => `app=${metadata.labels?.app}` === labelSelector };

export class CountingRenderer implements Renderer {
  printed = 0;
  event(type: string, text: string, request: WatchRequest, first: boolean): string {
    this.printed++;
    const { metadata } = JSON.parse(text) as KubeObject;
    const headers = first && request.as.type === 'table' ? ' with columns' : '';
    return `${type} ${metadata.name} ${metadata.resourceVersion}${headers}`;
  }
  bookmark(_: WatchRequest, revision: number, end: boolean): string {
    return `BOOKMARK ${revision}${end ? ' end' : ''}`;
  }
  expired(_: WatchRequest, after: number, oldest: number): string {
    return `ERROR too old resource version: ${after} (${oldest})`;
  }
  unreadable(_: WatchRequest, message: string): string {
    return `ERROR ${message}`;
  }
}

export const PODS: WatchRequest = {
  prefix: 'pods/',
  after: 0,
  bookmarks: false,
  as: { type: 'object' },
  apiVersion: 'v1',
  kind: 'Pod',
};

export class TestHub {
  readonly sql = openNodeSql();
  readonly renderer = new CountingRenderer();
  store: SqliteStore = openStore(this.sql, { horizons: { watchable: 10, history: 10 } });
  readonly deferred: (() => void)[] = [];
  now = 0;
  hub: WatchHub;

  constructor(options: Partial<WatchHubOptions> = {}) {
    this.hub = this.#open(options);
  }

  /** As after hibernation: nothing in memory, and a constructor that runs again. */
  wake(peers: Peer[], options: Partial<WatchHubOptions> = {}): void {
    this.store = openStore(this.sql);
    this.hub = this.#open(options);
    this.hub.restore(peers);
  }

  #open(options: Partial<WatchHubOptions>): WatchHub {
    const defer = (callback: () => void) => void this.deferred.push(callback);
    const now = () => this.now;
    return new WatchHub({ store: this.store, sql: this.sql, match, renderer: this.renderer, now, defer, ...options });
  }

  /** Lets deferred work run until there is none. */
  settle(): void {
    for (let next = this.deferred.shift(); next; next = this.deferred.shift()) next();
  }

  /** `web=a`: pod web with label app=a. `-web`: deleted. All in one commit group. */
  async write(...changes: string[]): Promise<void> {
    await Promise.all(changes.map((change) => this.#write(change)));
  }

  async #write(change: string): Promise<void> {
    const deleted = change.startsWith('-');
    const [name = '', app] = change.replace('-', '').split('=');
    const print = (revision: number, labels: object | undefined) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, resourceVersion: `${revision}`, labels } });
    await this.store.commit({
      key: name.includes('/') ? name : `pods/default/${name}`,
      expect: 'any',
      cause: { kind: 'system', at: this.store.revision, why: 'test' },
      apply: (current, { revision }) => {
        const labels = current && (JSON.parse(current.text) as KubeObject).metadata.labels;
        return deleted ? { delete: print(revision, labels) } : { text: print(revision, app ? { app } : undefined) };
      },
    });
  }
}
