/**
 * A tiny API in memory for tests of the runtime: a log, reads, and the verbs controllers use, with preconditions,
 * finalizers and propagation as the real one has them. No defaults, no validation.
 */
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../../kube/machinery/resource.ts';
import { REASON_CODES, type Reason, type Status } from '../../../../kube/machinery/status.ts';
import type { Change, CountPort, LogPort, ReadPort, RequestPort } from '../ports.ts';

type Request = Parameters<RequestPort['request']>[0];
type Answer = Awaited<ReturnType<RequestPort['request']>>;

export class Refusal extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export class MemoryApi implements LogPort, ReadPort, CountPort, RequestPort {
  revision = 0;
  readonly entries: Change[] = [];
  readonly current = new Map<Key, Change>();
  /** Refuses requests: throw a {@link Refusal}. */
  intercept: (request: Request) => void = () => {};
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();
  private uids = 0;
  private readonly now: () => number;
  compacted = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  log({ after, limit, prefixes }: { after: number; limit: number; prefixes?: readonly string[] }): Change[] {
    if (after < this.compacted) throw Object.assign(new Error('compacted'), { code: 'compacted' });
    return this.entries
      .filter(({ revision, key }) => revision > after && (prefixes?.some((prefix) => key.startsWith(prefix)) ?? true))
      .slice(0, limit);
  }

  at(revision: number): Change | undefined {
    return this.entries.find((entry) => entry.revision === revision);
  }

  onCommit(listener: (changes: readonly Change[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get(key: Key): { text: string; revision: number } | undefined {
    return this.current.get(key);
  }

  list({ prefix, after, limit = 500 }: { prefix: string; after?: Key; limit?: number }) {
    const keys = [...this.current.keys()].filter((key) => key.startsWith(prefix) && key > (after ?? '')).sort();
    const items = keys.slice(0, limit).map((key) => this.current.get(key)!);
    return keys.length > limit ? { items, next: keys[limit - 1]! } : { items };
  }

  count(prefix: string): number {
    return [...this.current.keys()].filter((key) => key.startsWith(prefix)).length;
  }

  async request(request: Request): Promise<Answer> {
    try {
      await Promise.resolve();
      this.intercept(request);
      return { ok: true, object: this.serve(request) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, status: statusOf(error) };
      throw error;
    }
  }

  /** Test helper: an object by key, parsed. */
  read<T = KubeObject>(resource: string, namespace: string, name: string): T | undefined {
    const found = this.get(keyOf(resource, namespace, name));
    return found && (JSON.parse(found.text) as T);
  }

  all<T = KubeObject>(prefix: string): T[] {
    return this.list({ prefix, limit: 100_000 }).items.map((item) => JSON.parse(item.text) as T);
  }

  /** As if a client had sent it. */
  async apply(resource: string, object: unknown): Promise<KubeObject> {
    const { metadata } = object as KubeObject;
    return this.create(resource, metadata.namespace ?? '', object as KubeObject, request({ user: 'islet:admin' }));
  }

  async patch(resource: string, namespace: string, name: string, patch: unknown, status = false): Promise<void> {
    this.update(keyOf(resource, namespace, name), request({ user: 'islet:admin' }), status, (old) =>
      mergePatch(old, patch),
    );
  }

  async remove(resource: string, namespace: string, name: string, propagationPolicy = 'Background'): Promise<void> {
    this.delete(keyOf(resource, namespace, name), { propagationPolicy }, request({ user: 'islet:admin' }));
  }

  private serve(sent: Request): unknown {
    const { resource, namespace, name, subresource } = parsePath(sent.path);
    const key = keyOf(resource, namespace, name);
    const body = (sent.body ?? {}) as KubeObject;
    switch (sent.method) {
      case 'GET':
        return JSON.parse(this.must(key).text);
      case 'POST':
        return this.create(resource, namespace, body, sent);
      case 'PUT':
        return this.update(key, sent, subresource === 'status', () => body);
      case 'PATCH':
        return this.update(key, sent, subresource === 'status', (old) =>
          mergePatch(old, body, sent.contentType?.includes('strategic')),
        );
      case 'DELETE':
        if (name !== '') return this.delete(key, body as never, sent);
        for (const item of this.list({ prefix: `${resource}/${namespace}/`, limit: 10_000 }).items) {
          this.delete(item.key, {}, sent);
        }
        return {};
    }
  }

  private create(resource: string, namespace: string, object: KubeObject, sent: Request): KubeObject {
    const meta = object.metadata;
    const name = meta.name ?? `${meta.generateName}${(this.uids + 1).toString(36).padStart(5, '0')}`;
    const key = keyOf(resource, namespace, name);
    if (this.current.has(key)) throw new Refusal('AlreadyExists', `${resource} "${name}" already exists`);
    const uid = meta.uid ?? `uid-${++this.uids}`;
    const creationTimestamp = meta.creationTimestamp ?? new Date(this.now()).toISOString();
    const metadata = { ...meta, name, ...(namespace ? { namespace } : {}), uid, generation: 1, creationTimestamp };
    return this.commit(key, 'create', { ...object, metadata }, sent);
  }

  private update(key: Key, sent: Request, onlyStatus: boolean, make: (old: KubeObject) => KubeObject): KubeObject {
    const old = JSON.parse(this.must(key).text) as KubeObject;
    const next = make(structuredClone(old));
    const { resourceVersion, uid } = next.metadata;
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(key);
    if (uid && uid !== old.metadata.uid) throw conflict(key);
    const { annotations, finalizers } = next.metadata;
    const merged: KubeObject = onlyStatus
      ? {
          ...old,
          metadata: { ...old.metadata, annotations, ...(finalizers ? { finalizers } : {}) },
          status: next.status,
        }
      : { ...next, ...('status' in old ? { status: old.status } : {}) };
    const specChanged = JSON.stringify(contentOf(merged)) !== JSON.stringify(contentOf(old));
    const { uid: keptUid, creationTimestamp, deletionTimestamp, generation = 1 } = old.metadata;
    merged.metadata = {
      ...merged.metadata,
      uid: keptUid,
      creationTimestamp,
      ...(deletionTimestamp ? { deletionTimestamp } : {}),
      generation: specChanged ? generation + 1 : generation,
    };
    const withoutVersion = (object: KubeObject) =>
      JSON.stringify({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
    if (withoutVersion(merged) === withoutVersion(old)) return old;
    if (isGone(merged)) return this.commit(key, 'delete', merged, sent);
    return this.commit(key, 'update', merged, sent);
  }

  private delete(
    key: Key,
    options: { propagationPolicy?: string; preconditions?: { uid?: string; resourceVersion?: string } },
    sent: Request,
  ): KubeObject {
    const old = JSON.parse(this.must(key).text) as KubeObject;
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== old.metadata.uid) throw conflict(key);
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(key);
    const finalizers = [...(old.metadata.finalizers ?? [])];
    const extra = { Foreground: 'foregroundDeletion', Orphan: 'orphan' }[options.propagationPolicy ?? ''];
    if (extra && !finalizers.includes(extra)) finalizers.push(extra);
    const isNamespace = key.startsWith('namespaces/');
    const deletionTimestamp = old.metadata.deletionTimestamp ?? new Date(this.now()).toISOString();
    const next: KubeObject = { ...old, metadata: { ...old.metadata, finalizers, deletionTimestamp } };
    if (isNamespace) next.status = { ...(old.status as object), phase: 'Terminating' };
    if (isGone(next)) return this.commit(key, 'delete', next, sent);
    if (JSON.stringify(next) === JSON.stringify(old)) return old;
    return this.commit(key, 'update', next, sent);
  }

  private must(key: Key): Change {
    const found = this.current.get(key);
    if (!found) throw new Refusal('NotFound', `${key} not found`);
    return found;
  }

  private commit(key: Key, change: Change['change'], object: KubeObject, { cause }: Request): KubeObject {
    const revision = ++this.revision;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const previous = this.current.get(key);
    const entry: Change = {
      key,
      revision,
      created: previous?.created ?? revision,
      change,
      previous: previous?.revision ?? 0,
      text: JSON.stringify(stored),
      cause,
    };
    if (change === 'delete') this.current.delete(key);
    else this.current.set(key, entry);
    this.entries.push(entry);
    for (const listener of this.listeners) listener([entry]);
    return stored;
  }
}

function isGone({ kind, metadata, spec }: KubeObject): boolean {
  if (!metadata.deletionTimestamp || metadata.finalizers?.length) return false;
  return kind !== 'Namespace' || !(spec as { finalizers?: string[] } | undefined)?.finalizers?.length;
}

function request(sent: Partial<Request>): Request {
  const cause = { kind: 'request' as const, at: 0, user: sent.user ?? '', verb: 'test', id: 'test' };
  return { user: '', method: 'POST', path: '', cause, ...sent };
}

function conflict(key: Key): Refusal {
  return new Refusal('Conflict', `Operation cannot be fulfilled on ${key}: the object has been modified`);
}

function statusOf({ reason, message }: Refusal): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason,
    message,
    code: REASON_CODES[reason],
  };
}

/** Strategic merge patches go as far as lists of conditions, which merge by type, and names taken out of lists. */
function mergePatch<T>(target: T, patch: unknown, strategic = false): T {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch as T;
  const result: Record<string, unknown> = { ...(target as Record<string, unknown>) };
  for (const [name, value] of Object.entries(patch)) {
    const [, list] = (strategic && /^\$deleteFromPrimitiveList\/(.+)$/.exec(name)) || [];
    if (list) result[list] = ((result[list] ?? []) as unknown[]).filter((each) => !(value as unknown[]).includes(each));
    else if (value === null) delete result[name];
    else if (strategic && name === 'conditions') result[name] = mergeByType(result[name], value);
    else result[name] = mergePatch(result[name], value, strategic);
  }
  return result as T;
}

function mergeByType(present: unknown, patch: unknown): unknown[] {
  const merged = new Map<unknown, object>();
  for (const item of [...((present ?? []) as { type: string }[]), ...(patch as { type: string }[])]) {
    merged.set(item.type, { ...merged.get(item.type), ...item });
  }
  return [...merged.values()];
}

function parsePath(path: string): { resource: string; namespace: string; name: string; subresource: string } {
  const parts = path.split('/').filter((part) => part !== '');
  const group = parts[0] === 'apis' ? parts[1] : '';
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && !['finalize', 'status'].includes(rest[2] ?? '');
  const [plural = '', name = '', subresource = ''] = namespaced ? rest.slice(2) : rest;
  return {
    resource: group ? `${plural}.${group}` : plural,
    namespace: namespaced ? (rest[1] ?? '') : '',
    name: decodeURIComponent(name),
    subresource,
  };
}

/** A change of it is a new generation. */
function contentOf({ metadata: _, status: __, ...content }: KubeObject): object {
  return content;
}
