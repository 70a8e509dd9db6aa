/** The interface of a controller: one file, one line in `../index.ts`. */
import { fnv1a } from '../../../kube/machinery/fnv.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Family } from '../../../kube/metrics/registry.ts';
import type { EventDecision, Inquiry, Plan } from './plan.ts';
import type { Change, CountPort, ReadPort } from './ports.ts';
import type { Retries } from './queue.ts';
import type { IndexDefinition, Projection, ProjectionDefinition } from './view/projection.ts';
import type { View } from './view/view.ts';

/** A change as mappers see it: with the view's projections before and after it. */
export interface ObjectChange extends Change {
  /** undefined for a create, where the log no longer holds it, and of an object that the view did not keep. */
  readonly before?: Projection;
  /** undefined for a delete. */
  readonly after?: Projection;
  /** The parsed text; parsed on first use. For a delete the last state. */
  readonly object: KubeObject;
}

/** A key to look at after a while. It becomes a timer row at once, so it is not lost with the object. */
export interface DelayedKey {
  readonly key: Key;
  /** Milliseconds. */
  readonly after: number;
}

export interface Controller {
  /** Upstream's name: `deployment-controller`. It acts as the service account of that name in kube-system. */
  readonly name: string;
  /** `source.component` of its events, where upstream's differs from the name. */
  readonly eventSource?: string;
  /** The resource whose keys it reconciles; '*' for one that takes keys of any resource (all by `watches`). */
  readonly for: GroupResource | '*';
  /** The service account whose roles it has, where that has another name; `API_SERVER` or `CONTROLLER_MANAGER`. */
  readonly actsAs?: string;
  /** Whether a change of an object of `for` needs a run; every change when left out. Pure. */
  filter?(change: ObjectChange): boolean;
  /** Resources whose objects lead to their controller owner's key, when that owner is of `for`'s kind. */
  readonly owns?: readonly GroupResource[];
  /** Other resources ('*': all), and which keys of `for` a change in them touches. */
  readonly watches?: readonly Watch[];
  /** The facts that the view must keep for it. Controllers may share a definition. */
  readonly projections?: readonly ProjectionDefinition[];
  /** The indexes by which it finds projections. Controllers may share a definition. */
  readonly indexes?: readonly IndexDefinition[];
  /** Further keys to look at whenever everything is looked at anew in a cluster that is not new. */
  resync?(view: View): readonly DelayedKey[];
  /** Keys to look at once the cluster serves a resource that it did not serve before, or serves otherwise. Pure. */
  served?(resource: GroupResource, view: View): readonly Key[];
  /** Keys to look at once the agent of a node is connected, which may have forgotten whom it is to tell of changes. Pure. */
  connected?(node: string, view: View): readonly Key[];
  /** Values that it was made with, beside its code: when they are others, everything is looked at anew. */
  readonly settings?: string;
  /** The delay of keys that come again and again; 50 ms when left out. */
  readonly pace?: number;
  /** The delays of keys whose runs failed, in milliseconds; 5 ms and 1000 s when left out. */
  readonly retries?: Retries;
  /** Gauges of its objects, made from the store when metrics are read. */
  gauges?(read: ReadPort & CountPort): Iterable<Family>;
  /** Keys under way at a time. */
  readonly concurrency?: number;
  /**
   * Level-triggered and idempotent. `now` in milliseconds since the epoch. The object may be gone from the view. `memo`
   * is the memo of the key's last Plan, where that run asked for this one. A controller that must know more than the view
   * does answers with an {@link Inquiry}.
   */
  reconcile(key: Key, view: View, now: number, memo?: string): Plan | Inquiry;
}

export interface Watch {
  readonly resource: GroupResource | '*';
  /** The view keeps no projections for this watch: there may be very many objects, and only their keys matter. */
  readonly keysOnly?: boolean;
  /** Whether it looks at a change of the resource; at all when left out. Pure. */
  concerns?(change: Pick<Change, 'key' | 'change' | 'cause'>): boolean;
  /** Pure. `now` in milliseconds since the epoch. */
  map?(change: ObjectChange, view: View, now: number): readonly (Key | DelayedKey)[];
  /** Events about the change itself, recorded as it is seen: best effort, as by upstream's handlers. Pure. */
  events?(change: ObjectChange, view: View): readonly EventDecision[];
}

export function defineController(controller: Controller): Controller {
  return controller;
}

/** Names the code of the controllers and their settings. */
export function buildOf(build: string, controllers: readonly Controller[]): string {
  const settings = controllers.flatMap(({ settings }) => settings ?? []);
  return settings.length === 0 ? build : `${build} ${fnv1a(settings.join('\n'))}`;
}
