/** What a controller is: one file, one line in `../index.ts`. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Plan } from './plan.ts';
import type { Change } from './ports.ts';
import type { Projection, View } from './view.ts';

/** A change as mappers see it: with what the view knew of the object before, and knows now. */
export interface Seen extends Change {
  /** undefined for a create, where the log no longer holds it, and of an object that the view did not keep. */
  readonly before?: Projection;
  /** undefined for a delete. */
  readonly after?: Projection;
  /** The parsed text; parsed on first use. For a delete the last state. */
  readonly object: KubeObject;
}

export interface Controller {
  /** Upstream's name: `deployment-controller`. It acts as `system:serviceaccount:kube-system:<name>`. */
  name: string;
  /** `source.component` of its events, where upstream's differs from the name. */
  eventSource?: string;
  /** The resource whose keys it reconciles; '*' for one that takes keys of any resource (all by `watches`). */
  for: GroupResource | '*';
  /** Whether a change of an object of `for` needs a run; every change when left out. Pure. */
  wakes?(change: Seen): boolean;
  /** Resources whose objects lead to their controller owner's key, when that owner is of `for`'s kind. */
  owns?: readonly GroupResource[];
  /** Other resources ('*': all), and which keys of `for` a change in them touches. Pure. */
  watches?: readonly Watch[];
  /** Keys to look at in every life of the object but its first, once there is work. */
  onWake?(now: number): Key[];
  /** Keys that come again and again are held back this long; 50 ms when left out. */
  pace?: number;
  /** Level-triggered and idempotent. `now` in milliseconds since the epoch. The object may be gone from the view. */
  reconcile(key: Key, view: View, now: number): Plan;
}

interface Watch {
  resource: GroupResource | '*';
  /** The view keeps no projections for this watch: there may be very many objects, and only their keys matter. */
  unkept?: boolean;
  map(change: Seen, view: View): Key[];
}

/** The resources whose projections the view must keep for these controllers. */
export function followedBy(controllers: readonly Controller[]): Set<GroupResource> {
  const followed = new Set<GroupResource>();
  for (const { for: own, owns = [], watches = [] } of controllers) {
    const watched = watches.filter(({ unkept }) => !unkept).map(({ resource }) => resource);
    for (const resource of [own, ...owns, ...watched]) if (resource !== '*') followed.add(resource);
  }
  return followed;
}

export function defineController(controller: Controller): Controller {
  return controller;
}
