/**
 * In the place of the dashboard's socket while a moment of the past is looked at: each subscription is answered with the
 * list of that moment, and again with that of another.
 */
import { signal } from '@preact/signals';
import { HISTORY_PATH } from '../../../wire/history.ts';
import type { SubscribedShape } from '../../../wire/socket.ts';
import type { Connection, ConnectionState, Subscriber, WatchEvent } from './connection.ts';
import { type Api, ApiError } from './request.ts';
import { TABLE_TYPE } from './table.ts';

const METADATA_TYPE = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const LIST_TYPES: Readonly<Record<SubscribedShape, string>> = { metadata: METADATA_TYPE, table: TABLE_TYPE };

/** Of a watch alone. */
const WATCHING = ['watch', 'allowWatchBookmarks', 'sendInitialEvents', 'resourceVersionMatch', 'resourceVersion'];

interface List {
  kind?: string;
  apiVersion?: string;
  metadata?: { resourceVersion?: string };
  items?: object[];
}

export class PastConnection implements Connection {
  readonly state = signal<ConnectionState>('live');
  readonly failures = signal(0);
  heard = Date.now();
  /** Why the moment can't be shown. */
  readonly problem = signal<string | undefined>(undefined);
  readonly #api: Pick<Api, 'get'>;
  readonly #subscribers = new Map<Subscriber, AbortController>();
  #revision: number;

  /** `api`: of the cluster as it is now. */
  constructor(api: Pick<Api, 'get'>, revision: number) {
    this.#api = api;
    this.#revision = revision;
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#ask(subscriber);
    return () => {
      this.#subscribers.get(subscriber)?.abort();
      this.#subscribers.delete(subscriber);
    };
  }

  /** The moment that is shown stays until the other is there. */
  moveTo(revision: number): void {
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.problem.value = undefined;
    for (const subscriber of this.#subscribers.keys()) {
      // A revision that it goes on from is no longer of use.
      subscriber.failed({});
      this.#ask(subscriber);
    }
  }

  close(): void {
    for (const asking of this.#subscribers.values()) asking.abort();
    this.#subscribers.clear();
  }

  pause(): void {}

  #ask(subscriber: Subscriber): void {
    this.#subscribers.get(subscriber)?.abort();
    const asking = new AbortController();
    this.#subscribers.set(subscriber, asking);
    const path = `${HISTORY_PATH}/${this.#revision}${listPath(subscriber.start())}`;
    const accept = subscriber.as && LIST_TYPES[subscriber.as];
    this.#api.get<List>(path, { accept, signal: asking.signal }).then(
      (list) => {
        if (!asking.signal.aborted) subscriber.events(eventsOf(list));
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        const { code = 0, message } = error instanceof ApiError ? error : { message: String(error) };
        // That the moment is not kept, or nothing answers, is so for all lists, and is said once.
        if (code >= 400 && code < 410) subscriber.failed({ code, message });
        else this.problem.value = message;
      },
    );
  }
}

/** The path of a watch as that of a list. */
export function listPath(path: string): string {
  const [bare = '', query = ''] = path.split('?', 2);
  const kept = [...new URLSearchParams(query)].filter(([name]) => !WATCHING.includes(name));
  return kept.length === 0 ? bare : `${bare}?${new URLSearchParams(kept)}`;
}

/** As a subscription would bring the list: its items, and the bookmark that says that they are all. */
export function eventsOf(list: List): WatchEvent[] {
  const { resourceVersion } = list.metadata ?? {};
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  if (list.kind === 'Table') {
    const end = { ...list, rows: [{ cells: [], object: { metadata: { annotations } } }] };
    return [
      { type: 'ADDED', object: list },
      { type: 'BOOKMARK', object: end },
    ];
  }
  // Items of a list do not say their kind.
  const about = { kind: list.kind?.replace(/List$/, ''), apiVersion: list.apiVersion };
  const added = (list.items ?? []).map((item): WatchEvent => ({ type: 'ADDED', object: { ...about, ...item } }));
  return [...added, { type: 'BOOKMARK', object: { metadata: { resourceVersion, annotations } } }];
}
