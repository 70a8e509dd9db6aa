/** ConfigMaps and Secrets that pods of this node use: watched one by one while they are in use, as a node may. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Clock } from '../clock.ts';
import { type Api, ApiError } from './client.ts';
import type { Feed } from './subscriptions.ts';

export type Referred = 'configmaps' | 'secrets';

interface Entry {
  object?: KubeObject;
  synced: boolean;
  users: Set<string>;
  stop(): void;
  waiters: Set<() => void>;
}

/** The time for which a pod's start waits for the watch, before it reads the object itself. Milliseconds. */
const SYNC_TIMEOUT = 1000;

export class ObjectCache {
  readonly #feed: Feed;
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** Told which pods (by uid) use an object that changed. */
  onChange: (users: ReadonlySet<string>) => void = () => {};

  constructor(feed: Feed, api: Api, clock: Clock) {
    this.#feed = feed;
    this.#api = api;
    this.#clock = clock;
  }

  /** Undefined when there is none. `user` is the uid of the pod it is for. */
  async get<T extends KubeObject>(
    resource: Referred,
    namespace: string,
    name: string,
    user: string,
  ): Promise<T | undefined> {
    const path = `/api/v1/namespaces/${namespace}/${resource}`;
    const key = `${path}/${name}`;
    const entry = this.#entries.get(key) ?? this.#watch(key, path, name);
    entry.users.add(user);
    if (!entry.synced) await this.#waitForSync(entry);
    return entry.synced ? (entry.object as T | undefined) : this.read<T>(key);
  }

  /** Asks once, for what is not watched. */
  async read<T extends KubeObject>(path: string): Promise<T | undefined> {
    try {
      return await this.#api.request<T>('GET', path);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  #waitForSync(entry: Entry): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(SYNC_TIMEOUT, () => {
        entry.waiters.delete(end);
        resolve();
      });
      const end = () => {
        cancel();
        resolve();
      };
      entry.waiters.add(end);
    });
  }

  /** The pod is gone: what only it used is not watched any more. */
  release(user: string): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.users.delete(user) || entry.users.size > 0) continue;
      this.#entries.delete(key);
      entry.stop();
    }
  }

  #watch(key: string, path: string, name: string): Entry {
    const entry: Entry = { synced: false, users: new Set(), stop: () => {}, waiters: new Set() };
    const set = (object: KubeObject | undefined) => {
      entry.object = object;
      if (entry.synced) this.onChange(entry.users);
    };
    this.#entries.set(key, entry);
    entry.stop = this.#feed.watch(`${path}?fieldSelector=metadata.name%3D${encodeURIComponent(name)}`, {
      changed: set,
      deleted: () => set(undefined),
      synced: () => {
        entry.synced = true;
        for (const waiter of entry.waiters) waiter();
        entry.waiters.clear();
      },
    });
    return entry;
  }
}
