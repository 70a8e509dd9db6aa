/**
 * The ports of controllers, the scheduler and simulated nodes: they never import the store or the API server.
 * `cluster.ts` (and `testing/cluster.ts`) wire these to the real ones.
 */
import type { Kinds } from '../../../kube/kinds/registry.ts';
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Status } from '../../../kube/machinery/status.ts';

/** A committed change. The same shape as the store's `Entry`. */
export interface Change {
  key: Key;
  revision: number;
  created: number;
  change: 'create' | 'update' | 'delete';
  previous: number;
  text: string;
  cause: Cause;
}

export interface LogPort {
  readonly revision: number;
  /** Throws an error with `code: 'compacted'` when the log does not reach back that far. */
  log(query: { after: number; limit: number; prefixes?: readonly string[] }): Change[];
  at(revision: number): Change | undefined;
  onCommit(listener: (changes: readonly Change[]) => void): () => void;
}

/** From kinds to resources and back (client-go `restmapper`): only what the cluster serves now is found. */
export type RESTMapper = Pick<Kinds, 'kinds' | 'findKind' | 'preferred'>;

/**
 * Tells when the cluster begins or ceases to serve a resource. Definitions of earlier lives are made before the wake.
 */
export interface ServedPort {
  onChange(listener: (resource: GroupResource) => void): void;
}

export interface ReadPort {
  readonly revision: number;
  /**
   * Objects up to this revision are those that every cluster begins with: nothing owns them, and they are not being
   * deleted.
   */
  readonly bootstrapRevision?: number;
  get(key: Key): { text: string; revision: number } | undefined;
  list(query: { prefix: string; after?: Key; limit?: number }): {
    /** `object` is the text's, where nothing needs to be parsed for it, and is not to be changed. */
    items: { key: Key; text: string; revision: number; object?(): KubeObject }[];
    next?: Key;
  };
}

export interface CountPort {
  /** The number of keys under a prefix now. */
  count(prefix: string): number;
}

/** Requests re-enter at the top of the pipeline, as a named user. `body` is an object, not text. */
export interface RequestPort {
  request(request: {
    user: string;
    groups?: readonly string[];
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    path: string;
    query?: string;
    contentType?: string;
    /** Of an aggregated API; `application/json` when left out. The cluster's own answers are JSON. */
    accept?: string;
    body?: unknown;
    cause: Cause;
  }): Promise<{ ok: true; object: unknown } | { ok: false; status: Status }>;
}

/** Rows that wake the object. One row per id; a later `set` replaces. Times in milliseconds since the epoch. */
export interface TimerPort {
  set(id: string, due: number, payload?: string): void;
  clear(id: string): void;
  /** A row; undefined when there is none. */
  get(id: string): { due: number; payload: string } | undefined;
  /** Takes out (deletes) the due rows. */
  takeDue(now: number, limit: number): { id: string; due: number; payload: string }[];
  next(): number | undefined;
}

/** Small durable facts beside the objects: cursors, build identity. */
export interface NotePort {
  read(name: string): string | undefined;
  write(name: string, value: string): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Random {
  /** [0, 1) */
  next(): number;
  uuid(): string;
}
