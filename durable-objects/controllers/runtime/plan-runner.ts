/** Performs a Plan: every action re-enters at the top of the API as a request of the controller's user. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject, ObjectMeta } from '../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import { type Condition, withCondition } from './conditions.ts';
import type { Controller } from './controller.ts';
import type { EventRecorder, EventSource } from './events.ts';
import { collectionPath, objectPath, type VersionOf, versionPart } from './paths.ts';
import type { Action, EventDecision, OnDone, Plan, Target } from './plan.ts';
import type { Clock, RequestPort } from './ports.ts';
import { userOf } from './rules.ts';

/** upstream's `SlowStartInitialBatchSize` */
const SLOW_START = 1;
/** At a time: more would hold up other people's requests. */
const TOGETHER = 64;

export type Outcome = { ok: true } | { ok: false; status: Status };
type Failure = { action: Action; status: Status };
type Answer = Awaited<ReturnType<RequestPort['request']>>;

export interface PlanRunnerPorts {
  request: RequestPort;
  events: EventRecorder;
  clock: Clock;
  versionOf: VersionOf;
  /** Runs work in the background; `idle()` waits for it. */
  background(work: Promise<void>): void;
}

export interface PlanRunner {
  perform(controller: Controller, key: Key, saw: number, plan: Plan): Promise<Outcome>;
  /** Records an event about a change, after those before it. */
  record(controller: Controller, key: Key, saw: number, event: EventDecision): void;
}

export function createPlanRunner(ports: PlanRunnerPorts): PlanRunner {
  let recorded: Promise<void> = Promise.resolve();
  return {
    perform: (controller, key, saw, plan) => new Run(ports, controller, key, saw).perform(plan),
    record(controller, key, saw, event) {
      const cause = { kind: 'controller' as const, at: ports.clock.now(), name: controller.name, key, saw };
      recorded = recorded.then(() => ports.events.record(sourceOf(controller), event, cause));
      ports.background(recorded);
    },
  };
}

function sourceOf({ name, eventSource = name }: Controller): EventSource {
  return {
    component: eventSource,
    user: userOf({ name }),
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}

class Run {
  private readonly ports: PlanRunnerPorts;
  private readonly source: EventSource;
  private readonly cause: Cause & { kind: 'controller' };
  /** The metadata each object got from this run. */
  private readonly latest = new Map<Key, ObjectMeta>();

  constructor(ports: PlanRunnerPorts, controller: Controller, key: Key, saw: number) {
    this.ports = ports;
    this.source = sourceOf(controller);
    this.cause = { kind: 'controller', at: ports.clock.now(), name: controller.name, key, saw };
  }

  async perform({ actions, apart = [], parallel = false }: Plan): Promise<Outcome> {
    const asides = await this.apart(apart);
    const failure = await this.inOrder(actions, parallel);
    for (const { action, status } of [...asides, ...(failure ? [failure] : [])]) await this.refused(action, status);
    const [first = failure] = asides;
    return first ? { ok: false, status: first.status } : { ok: true };
  }

  private async apart(runs: readonly (readonly Action[])[]): Promise<Failure[]> {
    const failures: Failure[] = [];
    for (let at = 0; at < runs.length; at += TOGETHER) {
      const ended = await Promise.all(runs.slice(at, at + TOGETHER).map((actions) => this.inOrder(actions, false)));
      failures.push(...ended.filter((failure) => failure !== undefined));
    }
    return failures;
  }

  private async inOrder(actions: readonly Action[], parallel: boolean): Promise<Failure | undefined> {
    for (const group of parallel ? neighbours(actions) : actions.map((action) => [action])) {
      const failure = await this.together(group);
      if (failure) return failure;
    }
    return undefined;
  }

  /**
   * Creates start slowly (1, 2, 4 …) so that a quota or a webhook that refuses them is not hit a thousand times. Of all
   * else each is tried: one object that is refused for good would hold up all that come after it.
   */
  private async together(actions: readonly Action[]): Promise<Failure | undefined> {
    const isSlow = actions[0]?.do === 'create';
    let size = isSlow ? SLOW_START : TOGETHER;
    let first: Failure | undefined;
    for (let at = 0; at < actions.length && !(isSlow && first); ) {
      const batch = actions.slice(at, at + size);
      at += batch.length;
      size = Math.min(size * 2, TOGETHER);
      const statuses = await Promise.all(batch.map((action) => this.one(action)));
      for (const [index, status] of statuses.entries()) if (status) first ??= { action: batch[index]!, status };
    }
    return first;
  }

  /** Records the outcome that the action names for a refusal; after a conflict the key is only tried again. */
  private async refused({ onRefused }: Action, { reason, message = 'unknown error' }: Status): Promise<void> {
    if (!onRefused || reason === 'Conflict' || reason === 'AlreadyExists') return;
    const { event, condition } = onRefused;
    if (event) this.event({ ...event, message: event.message + message });
    if (!condition) return;
    const { resource, object } = condition;
    const status = object.status as { conditions?: Condition[] } | undefined;
    const completed = { ...condition.condition, message: `${condition.condition.message ?? ''}${message}` };
    const conditions = withCondition(status?.conditions ?? [], completed);
    await this.one({ do: 'update-status', resource, object: { ...object, status: { ...status, conditions } } });
  }

  /** The Status it was refused with; undefined when it was done (or need not be). */
  private async one(action: Action): Promise<Status | undefined> {
    if (action.do === 'event') {
      this.event(action.event);
      return undefined;
    }
    const answer = await this.ports.request.request({
      user: this.source.user,
      groups: this.source.groups,
      cause: this.causeNow(),
      ...this.requestOf(action),
    });
    if (!answer.ok) return isFine(action, answer.status) ? undefined : answer.status;
    this.note(action, answer);
    if (action.onDone) this.done(action.onDone, nameOf(action, answer.object));
    return undefined;
  }

  private done({ event, appendName }: OnDone, name: string): void {
    this.event(appendName ? { ...event, message: event.message + name } : event);
  }

  /** Each write with its own time: a run may take many round trips. */
  private causeNow(): Cause {
    return { ...this.cause, at: this.ports.clock.now() };
  }

  private event(event: EventDecision): void {
    this.ports.background(this.ports.events.record(this.source, event, this.causeNow()));
  }

  private note(action: Action, answer: Answer): void {
    if (!answer.ok || action.do === 'event' || action.do === 'delete') return;
    const metadata = (answer.object as KubeObject | undefined)?.metadata;
    if (!metadata?.resourceVersion || !metadata.name) return;
    const resource =
      'target' in action ? action.target.resource : 'resource' in action ? action.resource : 'namespaces';
    this.latest.set(keyOf(resource, metadata.namespace ?? '', metadata.name), metadata);
  }

  private requestOf(action: Exclude<Action, { do: 'event' }>): Sent {
    switch (action.do) {
      case 'create': {
        const { resource, object } = action;
        return {
          method: 'POST',
          path: collectionPath(resource, object.metadata.namespace ?? '', () => versionPart(object.apiVersion)),
          query: MANAGER,
          body: object,
        };
      }
      case 'update':
      case 'update-status':
        return {
          method: 'PUT',
          path: `${pathOf(action.resource, action.object)}${action.do === 'update' ? '' : '/status'}`,
          query: MANAGER,
          body: this.current(action.resource, action.object, action.do === 'update-status'),
        };
      case 'finalize-namespace':
        return {
          method: 'PUT',
          path: `${pathOf('namespaces', action.object)}/finalize`,
          query: MANAGER,
          body: this.current('namespaces', action.object),
        };
      case 'patch': {
        const { resource, namespace, name } = action.target;
        const path = objectPath(resource, namespace, name, this.ports.versionOf);
        return {
          method: 'PATCH',
          path: action.subresource ? `${path}/${action.subresource}` : path,
          query: MANAGER,
          contentType: PATCH_TYPES[action.type ?? 'merge'],
          body: this.preconditioned(action),
        };
      }
      case 'delete': {
        const { resource, namespace, name, uid } = action.target;
        const resourceVersion = action.target.resourceVersion && this.seenVersion(action.target);
        return {
          method: 'DELETE',
          path: objectPath(resource, namespace, name, this.ports.versionOf),
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            ...(uid || resourceVersion
              ? { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } }
              : {}),
            ...(action.propagationPolicy ? { propagationPolicy: action.propagationPolicy } : {}),
            ...(action.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: action.gracePeriodSeconds }),
          },
        };
      }
      case 'delete-collection':
        return {
          method: 'DELETE',
          path: collectionPath(action.resource, action.namespace, this.ports.versionOf),
          body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' },
        };
    }
  }

  /** The object as seen, or as this run's own write left it. */
  private current(resource: string, object: KubeObject, status = false): KubeObject {
    const { namespace, name } = object.metadata;
    const latest = this.latest.get(keyOf(resource, namespace ?? '', name ?? ''));
    if (!latest) return object;
    // A status update carries metadata too: what this run wrote there before stays.
    if (status) return { ...object, metadata: latest };
    return { ...object, metadata: { ...object.metadata, resourceVersion: latest.resourceVersion } };
  }

  /** The version the controller saw, or that this run's own write made of it. */
  private seenVersion({ resource, namespace, name, resourceVersion }: Target): string | undefined {
    return this.latest.get(keyOf(resource, namespace, name))?.resourceVersion ?? resourceVersion;
  }

  /** A merge patch carries uid and resourceVersion itself: the API refuses it when they are not current. */
  private preconditioned({ target, patch, type }: Action & { do: 'patch' }): unknown {
    const latest = this.seenVersion(target);
    if (type === 'json' || (!target.uid && !latest)) return patch;
    const { metadata, ...rest } = patch as { metadata?: object };
    return {
      ...rest,
      metadata: {
        ...metadata,
        ...(target.uid ? { uid: target.uid } : {}),
        ...(latest ? { resourceVersion: latest } : {}),
      },
    };
  }
}

interface Sent {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: string;
  contentType?: string;
  body: unknown;
}

/** Upstream's controllers all write as one manager. */
const MANAGER = 'fieldManager=kube-controller-manager';

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

function isFine(action: Action, status: Status): boolean {
  if (action.ignore?.some((reason) => reason === status.reason)) return true;
  if (status.reason === 'NotFound' && (action.do === 'delete' || action.do === 'patch')) return true;
  // An object created into a namespace that is being deleted would be deleted at once.
  return action.do === 'create' && !!status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating');
}

function pathOf(resource: string, { apiVersion, metadata }: KubeObject): string {
  return objectPath(resource, metadata.namespace ?? '', metadata.name ?? '', () => versionPart(apiVersion));
}

function nameOf(action: Action, object: unknown): string {
  if (action.do === 'delete') return action.target.name;
  return (object as KubeObject | undefined)?.metadata?.name ?? '';
}

/** Runs of actions that do the same. */
function neighbours(actions: readonly Action[]): Action[][] {
  const groups: Action[][] = [];
  for (const action of actions) {
    const last = groups.at(-1);
    if (last?.[0]?.do === action.do) last.push(action);
    else groups.push([action]);
  }
  return groups;
}
