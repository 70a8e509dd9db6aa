/** From a change in the log to the keys that each controller should look at. */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type GroupResource, type Key, keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import type { Controller, Seen } from './controller.ts';
import type { Change } from './ports.ts';
import type { Projection, View } from './view.ts';

type Route = (change: Seen, view: View) => Key[];

export class Mapper {
  private readonly routes = new Map<GroupResource | '*', { controller: Controller; route: Route }[]>();

  /** The resources that somebody watches by name. */
  get resources(): GroupResource[] {
    return [...this.routes.keys()].filter((resource) => resource !== '*');
  }

  constructor(controllers: readonly Controller[]) {
    for (const controller of controllers) {
      if (controller.for !== '*') {
        this.add(controller.for, controller, (change) => ((controller.wakes?.(change) ?? true) ? [change.key] : []));
      }
      for (const owned of controller.owns ?? []) this.add(owned, controller, ownerRoute(controller.for));
      for (const { resource, map } of controller.watches ?? []) this.add(resource, controller, map);
    }
  }

  map(change: Seen, view: View, found: (controller: Controller, key: Key) => void): void {
    const resource = change.key.slice(0, change.key.indexOf('/'));
    for (const name of [resource, '*']) {
      for (const { controller, route } of this.routes.get(name) ?? []) {
        for (const key of route(change, view)) found(controller, key);
      }
    }
  }

  private add(resource: GroupResource | '*', controller: Controller, route: Route): void {
    const routes = this.routes.get(resource);
    if (routes) routes.push({ controller, route });
    else this.routes.set(resource, [{ controller, route }]);
  }
}

/** The key of the controlling owner, before and after (an object that changes hands concerns both). */
function ownerRoute(resource: GroupResource): Route {
  return ({ key, before, after }, view) => {
    const { namespace } = parseKey(key);
    const keys: Key[] = [];
    for (const owner of [before?.owner, after?.owner]) {
      if (!owner) continue;
      const ownerKey = keyOf(resource, namespace, owner.name);
      if (view.projection(ownerKey)?.uid === owner.uid && !keys.includes(ownerKey)) keys.push(ownerKey);
    }
    return keys;
  };
}

/** `object` is parsed when somebody asks, at most once. */
export function seen(
  change: Change,
  before: Projection | undefined,
  after: Projection | undefined,
  object?: KubeObject,
): Seen {
  let parsed = object;
  return {
    key: change.key,
    revision: change.revision,
    created: change.created,
    change: change.change,
    previous: change.previous,
    text: change.text,
    cause: change.cause,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    get object() {
      parsed ??= JSON.parse(change.text) as KubeObject;
      return parsed;
    },
  };
}

/** Objects present before anything was watched, as if just created. `text` is read when somebody asks. */
export function seenAsNew(projection: Projection, read: () => string): Seen {
  return {
    key: projection.key,
    revision: projection.revision,
    created: projection.revision,
    change: 'create',
    previous: 0,
    get text() {
      return read();
    },
    cause: { kind: 'system', at: 0, why: 'requeue' },
    after: projection,
    get object() {
      return JSON.parse(read()) as KubeObject;
    },
  };
}
