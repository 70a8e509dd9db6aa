/** What a controller is: one file, one line in `../index.ts`. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { GroupResource, Key } from '../../../kube/machinery/resource.ts';
import type { Plan } from './plan.ts';
import type { Change } from './ports.ts';
import type { View } from './view.ts';

export interface Controller {
  /** Upstream's name: `deployment-controller`. It acts as `system:serviceaccount:kube-system:<name>`. */
  name: string;
  /** The resource whose keys it reconciles. */
  for: GroupResource;
  /** Resources whose objects lead to their controller owner's key, when that owner is of `for`'s kind. */
  owns?: readonly GroupResource[];
  /** Other resources, and which keys of `for` a change in them touches. Pure. */
  watches?: readonly { resource: GroupResource; map(change: Change, view: View): Key[] }[];
  /** Level-triggered and idempotent. `now` in milliseconds since the epoch. The object may be gone from the view. */
  reconcile(key: Key, view: View, now: number): Plan;
}

export function defineController(controller: Controller): Controller {
  return controller;
}

export type { KubeObject };
