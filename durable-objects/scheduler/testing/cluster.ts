/**
 * The ports of a cluster, held in memory: enough API for the tests of the scheduler and of nodes, with a clock that
 * only moves when told. The real pipeline is tested with the real cluster (`durable-objects/testing`).
 */
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import type { Change, LogPort, ReadPort, RequestPort, TimerPort } from '../../controllers/runtime/ports.ts';
import { chance } from './objects.ts';

type Request = Parameters<RequestPort['request']>[0];
type Answer = Awaited<ReturnType<RequestPort['request']>>;
interface Condition {
  type: string;
}

const SYSTEM: Cause = { kind: 'system', at: 0, why: 'test' };

export class TestCluster {
  readonly objects = new Map<string, { text: string; revision: number; created: number }>();
  readonly entries: Change[] = [];
  /** Every request, in order: `POST /api/v1/…`. */
  readonly requests: string[] = [];
  readonly due = new Map<string, number>();
  readonly notes = new Map<string, string>();
  /** The number of pages that were listed. */
  lists = 0;
  now = Date.parse('2026-01-01T00:00:00Z');
  revision = 0;
  /** Fails the requests it answers a status for. */
  fail: (request: Request) => { code: number; message: string } | undefined = () => undefined;
  readonly #listeners: ((changes: readonly Change[]) => void)[] = [];
  readonly #random = chance(7);
  #work: (() => void)[] = [];

  /** Of timers, by id. */
  readonly #payloads = new Map<string, string>();
  #life = 0;
  ports = this.#portsOf(0);

  /** Of one life of the object: once it is evicted, none of its work goes on. */
  #portsOf(life: number) {
    const isAlive = (): boolean => life === this.#life;
    return {
      log: this.#log(),
      read: this.#read(),
      request: (request: Request): Promise<Answer> =>
        isAlive() ? this.#request(request) : new Promise<never>(() => {}),
      timers: this.#timers(),
      notes: {
        read: (name: string) => this.notes.get(name),
        write: (name: string, value: string) => {
          if (isAlive()) this.notes.set(name, value);
        },
      },
      clock: { now: () => this.now },
      random: this.#random,
      defer: (work: () => void): void => {
        if (isAlive()) this.#work.push(work);
      },
    };
  }

  /** A few turns of the event loop only. */
  async turn(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const work = this.#work;
      this.#work = [];
      for (const one of work) one();
      await Promise.resolve();
    }
  }

  /** Takes out the rows that are due by now. */
  takeTimers(): { id: string; due: number; payload: string }[] {
    return this.ports.timers.takeDue(this.now, 100);
  }

  /** As when the object is evicted. */
  forgetListeners(): void {
    this.#listeners.length = 0;
    this.#work = [];
    this.ports = this.#portsOf(++this.#life);
  }

  /** Runs deferred work and its consequences, until all is quiet. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; ) {
      const work = this.#work;
      this.#work = [];
      for (const one of work) one();
      await Promise.resolve();
      quiet = work.length > 0 || this.#work.length > 0 ? 0 : quiet + 1;
    }
  }

  put<T extends object>(resource: string, object: T): void {
    const full = object as unknown as KubeObject;
    full.metadata.uid ??= this.#random.uuid();
    this.#write(keyOf(resource, full.metadata.namespace ?? '', full.metadata.name ?? ''), full, SYSTEM);
  }

  change<T = KubeObject>(key: string, edit: (object: T) => void): void {
    const object = this.get<T>(key);
    if (!object) throw new Error(`no ${key}`);
    edit(object);
    this.#write(key, object as unknown as KubeObject, SYSTEM);
  }

  get<T = KubeObject>(key: string): T | undefined {
    const stored = this.objects.get(key);
    return stored && (JSON.parse(stored.text) as T);
  }

  all<T = KubeObject>(prefix: string): T[] {
    return [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => this.get<T>(key) as T);
  }

  /** `Warning FailedScheduling …`, in order. */
  events(): string[] {
    return this.entries
      .filter((entry) => entry.key.startsWith('events/'))
      .map((entry) => JSON.parse(entry.text) as { type: string; reason: string; message: string })
      .map((event) => `${event.type} ${event.reason} ${event.message}`);
  }

  remove(key: string): void {
    const stored = this.objects.get(key);
    if (!stored) return;
    this.objects.delete(key);
    this.#commit({
      key,
      text: stored.text,
      change: 'delete',
      previous: stored.revision,
      created: stored.created,
      cause: SYSTEM,
    });
  }

  #write(key: string, object: KubeObject, cause: Cause): KubeObject {
    const before = this.objects.get(key);
    const revision = this.revision + 1;
    object.metadata.resourceVersion = String(revision);
    const text = JSON.stringify(object);
    const created = before?.created ?? revision;
    this.objects.set(key, { text, revision, created });
    this.#commit({ key, text, change: before ? 'update' : 'create', previous: before?.revision ?? 0, created, cause });
    return object;
  }

  #commit(change: Omit<Change, 'revision'>): void {
    const entry = { ...change, revision: ++this.revision };
    this.entries.push(entry);
    for (const listener of this.#listeners) listener([entry]);
  }

  async #request(request: Request): Promise<Answer> {
    this.requests.push(`${request.method} ${request.path}`);
    await Promise.resolve();
    const failed = this.fail(request);
    if (failed) return refuse(failed.code, failed.message);
    const [, , , first = '', second, third, fourth, fifth] = request.path.split('/');
    const namespaced = first === 'namespaces' && third !== undefined;
    const [resource, namespace, name, sub] = namespaced
      ? [third ?? '', second ?? '', fourth, fifth]
      : [first, '', second, third];
    const body = request.body as KubeObject;
    const key = keyOf(resource, namespace, name ?? body?.metadata?.name ?? '');
    const current = this.get<KubeObject & { status?: object }>(key);
    if (request.method === 'POST' && sub === undefined) {
      if (current) return refuse(409, 'already exists');
      body.metadata.uid = this.#random.uuid();
      return { ok: true, object: this.#write(key, structuredClone(body), request.cause) };
    }
    if (!current) return refuse(404, `${resource} ${JSON.stringify(name)} not found`);
    if (sub === 'binding') return this.#bind(key, current, body, request.cause);
    if (request.method === 'DELETE') {
      const uid = (body as unknown as { preconditions?: { uid?: string } })?.preconditions?.uid;
      if (uid && uid !== current.metadata.uid) return refuse(409, 'uid mismatch');
      this.remove(key);
      return { ok: true, object: current };
    }
    const next = structuredClone(current);
    if (sub === 'status') {
      const status = body.status as { conditions?: Condition[] };
      const merged = new Map<string, Condition>();
      const old = (current.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
      for (const one of [...old, ...(status.conditions ?? [])])
        merged.set(one.type, { ...merged.get(one.type), ...one });
      next.status =
        request.method === 'PUT'
          ? status
          : (merge(current.status ?? {}, { ...status, conditions: [...merged.values()] }) as object);
    } else Object.assign(next, request.method === 'PUT' ? body : merge(current, body));
    return { ok: true, object: this.#write(key, next, request.cause) };
  }

  #bind(key: string, pod: KubeObject, body: KubeObject, cause: Cause): Answer {
    const spec = pod.spec as { nodeName?: string };
    if (body.metadata.uid !== pod.metadata.uid) return refuse(409, 'uid mismatch');
    if (spec.nodeName) return refuse(409, `pod ${pod.metadata.name} is already assigned to node ${spec.nodeName}`);
    const next = structuredClone(pod);
    (next.spec as { nodeName?: string }).nodeName = (body.target as { name: string }).name;
    next.status = {
      phase: 'Pending',
      ...(pod.status as object),
      conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    };
    this.#write(key, next, cause);
    return { ok: true, object: {} };
  }

  #log(): LogPort {
    const entries = this.entries;
    const listeners = this.#listeners;
    return {
      get revision() {
        return entries.length;
      },
      log: ({ after, limit }) => entries.slice(after, after + limit),
      at: (revision) => entries[revision - 1],
      onCommit: (listener) => {
        listeners.push(listener);
        return () => listeners.splice(listeners.indexOf(listener), 1);
      },
    };
  }

  #read(): ReadPort {
    const entries = this.entries;
    return {
      get revision() {
        return entries.length;
      },
      get: (key) => this.objects.get(key),
      list: ({ prefix, after = '', limit = 500 }) => {
        this.lists++;
        const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
        const items = keys.slice(0, limit).map((key) => ({ key, text: '', revision: 0, ...this.objects.get(key) }));
        return keys.length > limit ? { items, next: items.at(-1)?.key ?? '' } : { items };
      },
    };
  }

  #timers(): TimerPort {
    const due = this.due;
    const payloads = this.#payloads;
    return {
      set: (id, at, payload = '') => {
        due.set(id, at);
        payloads.set(id, payload);
      },
      clear: (id) => due.delete(id),
      get: (id) => {
        const at = due.get(id);
        return at === undefined ? undefined : { due: at, payload: payloads.get(id) ?? '' };
      },
      takeDue: (now) =>
        [...due]
          .filter(([, at]) => at <= now)
          .map(([id, at]) => {
            due.delete(id);
            return { id, due: at, payload: payloads.get(id) ?? '' };
          }),
      next: () => (due.size === 0 ? undefined : Math.min(...due.values())),
    };
  }
}

function merge(current: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(current as Record<string, unknown>) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

function refuse(code: number, message: string): Answer {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
  return { ok: false, status };
}
