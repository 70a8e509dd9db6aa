/**
 * A cluster in memory, as far as an agent sees one: requests and watches. It outlives the agents that connect to it.
 */
import type { Json, KubeObject } from '../../kube/machinery/object.ts';
import { applyPatch } from '../../kube/machinery/patch/index.ts';
import { kindSchema } from '../../kube/machinery/schema/resolve.ts';
import type { Schema } from '../../kube/machinery/schema/schema.ts';
import { failure } from '../../kube/machinery/status.ts';
import type { Pod } from '../../kube/types.ts';
import { type Api, ApiError, type Method, STRATEGIC_MERGE } from '../api/client.ts';
import type { Feed, WatchListener } from '../api/subscriptions.ts';
import type { Clock } from '../clock.ts';
import type { Steps } from './steps.ts';

export interface RecordedEvent {
  reason: string;
  message: string;
  count: number;
}

function schemaOf(kind: string): Schema {
  const schema = kindSchema('', 'v1', kind);
  if (!schema) throw new Error(`no schema of ${kind}`);
  return schema;
}

interface Watch {
  collection: string;
  name: string | undefined;
  listener: WatchListener;
}

export class FakeCluster {
  /** By path: `/api/v1/namespaces/default/pods/web`. */
  readonly objects = new Map<string, KubeObject>();
  readonly events: RecordedEvent[] = [];
  /** While false, no request arrives and no watch is served. */
  reachable = true;
  readonly #clock: Clock;
  readonly #watches = new Set<Watch>();
  readonly #recorded = new Map<string, RecordedEvent>();
  #revision = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  pod(name: string): Pod | undefined {
    return this.objects.get(`/api/v1/namespaces/default/pods/${name}`) as Pod | undefined;
  }

  reasons(): string[] {
    return this.events.map(({ reason }) => reason);
  }

  put(path: string, object: KubeObject): void {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#revision) };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    this.#notify(path, (listener) => listener.changed(structuredClone(stored)));
  }

  create(pod: Pod): void {
    this.put(`/api/v1/namespaces/default/pods/${pod.metadata.name}`, pod as unknown as KubeObject);
  }

  /** As `kubectl delete pod --grace-period` does. */
  delete(name: string, gracePeriodSeconds = 30): void {
    const pod = this.pod(name);
    if (!pod) return;
    const deletionTimestamp = new Date(this.#clock.now() + gracePeriodSeconds * 1000).toISOString();
    const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: gracePeriodSeconds };
    if (gracePeriodSeconds > 0) this.create({ ...pod, metadata });
    else this.remove(name);
  }

  remove(name: string): void {
    this.removeAt(`/api/v1/namespaces/default/pods/${name}`);
  }

  /** As `remove`, but without a watch event. */
  forget(name: string): void {
    this.objects.delete(`/api/v1/namespaces/default/pods/${name}`);
  }

  removeAt(path: string): void {
    const object = this.objects.get(path);
    this.objects.delete(path);
    if (object) this.#notify(path, (listener) => listener.deleted(structuredClone(object)));
  }

  #notify(path: string, notify: (listener: WatchListener) => void): void {
    for (const watch of this.#watches) if (matches(watch, path)) notify(watch.listener);
  }

  /** One agent's connection. What it watches is told as soon as the cluster is reachable. */
  connect(steps: Steps): { api: Api; feed: Feed; reconnect(): void; close(): void } {
    const mine = new Set<Watch>();
    const feed: Feed = {
      watch: (path, listener) => {
        const watch = watchOf(path, listener);
        mine.add(watch);
        queueMicrotask(() => this.#begin(watch, mine));
        return () => {
          mine.delete(watch);
          this.#watches.delete(watch);
        };
      },
    };
    const close = () => {
      for (const watch of mine) this.#watches.delete(watch);
      mine.clear();
    };
    const api: Api = {
      request: async <T>(method: Method, path: string, body?: unknown, contentType?: string): Promise<T> =>
        (await steps.run(`api ${method} ${path}`, () => this.#request(method, path, body, contentType))) as T,
    };
    const reconnect = () => {
      for (const watch of mine) this.#begin(watch, mine);
    };
    return { api, feed, reconnect, close };
  }

  #begin(watch: Watch, mine: ReadonlySet<Watch>): void {
    if (!mine.has(watch) || !this.reachable) return;
    this.#watches.add(watch);
    for (const [path, object] of this.objects) {
      if (matches(watch, path)) watch.listener.changed(structuredClone(object));
    }
    watch.listener.synced?.();
  }

  #request(method: Method, path: string, body: unknown, contentType: string | undefined): unknown {
    if (!this.reachable) throw new ApiError(0, `${method} ${path}: connection refused`);
    if (path.includes('/events')) return this.#event(method, path, body as Record<string, unknown>);
    const place = path.replace(/\/status$/, '');
    if (method === 'POST') return this.#post(path, body as KubeObject);
    const object = this.objects.get(place);
    if (!object) throw new ApiError(404, `${place} not found`);
    if (method === 'GET') return structuredClone(object);
    if (method === 'DELETE') {
      const { preconditions } = body as { preconditions?: { uid?: string } };
      if (preconditions?.uid && preconditions.uid !== object.metadata.uid) throw new ApiError(409, 'the UID differs');
      this.remove(object.metadata.name ?? '');
      return {};
    }
    const patch = body as { metadata?: { uid?: string } };
    if (contentType !== STRATEGIC_MERGE) throw new ApiError(415, 'not a strategic merge patch');
    if (patch.metadata?.uid && patch.metadata.uid !== object.metadata.uid) throw otherUid(patch.metadata.uid);
    this.put(
      place,
      applyPatch('strategic', schemaOf(object.kind ?? 'Pod'), object as unknown as Json, patch as unknown as Json),
    );
    return structuredClone(this.objects.get(place));
  }

  #post(path: string, body: KubeObject): unknown {
    const place = `${path}/${body.metadata.name}`;
    if (this.objects.has(place)) throw new ApiError(409, `${place} already exists`);
    const metadata = { ...body.metadata, uid: body.metadata.uid ?? `uid-${++this.#revision}` };
    this.put(place, { ...body, metadata });
    return structuredClone(this.objects.get(place));
  }

  #event(method: Method, path: string, body: Record<string, unknown>): unknown {
    if (method === 'POST') {
      const event = { reason: String(body.reason), message: String(body.message), count: Number(body.count) };
      this.events.push(event);
      this.#recorded.set(`${path}/${(body.metadata as { name: string }).name}`, event);
      return {};
    }
    const event = this.#recorded.get(path);
    if (!event) throw new ApiError(404, 'no such event');
    Object.assign(event, body);
    return {};
  }
}

/** As the API server refuses a patch with the uid of another object. */
export function otherUid(uid: string): ApiError {
  const why = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
  const message = `metadata.uid: ${why}`;
  const causes = [{ reason: 'FieldValueInvalid', message: why, field: 'metadata.uid' }];
  return new ApiError(422, message, { ...failure('Invalid', message), details: { causes } });
}

function watchOf(path: string, listener: WatchListener): Watch {
  const [collection = '', query = ''] = path.split('?');
  const selector = new URLSearchParams(query).get('fieldSelector') ?? '';
  return { collection, name: /metadata\.name=(.+)/.exec(selector)?.[1], listener };
}

/** A watch of all namespaces has no namespace in its path. */
function matches({ collection, name }: Watch, path: string): boolean {
  const folder = path.replace(/\/[^/]+$/, '');
  if (folder !== collection && folder.replace(/\/namespaces\/[^/]+/, '') !== collection) return false;
  return name === undefined || path.endsWith(`/${name}`);
}
