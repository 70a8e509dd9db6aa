/** Performs a Plan: every action re-enters at the top of the API as a request of the controller's user. */
import type { Cause } from '../../../kube/machinery/cause.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { type Key, keyOf } from '../../../kube/machinery/resource.ts';
import type { Status } from '../../../kube/machinery/status.ts';
import type { Measurement, Registry } from '../../../kube/metrics/registry.ts';
import type { UsageFollow } from '../../../wire/usage.ts';
import { unfold } from './compound.ts';
import { type Condition, withCondition } from './conditions.ts';
import type { Controller } from './controller.ts';
import type { EventRecorder, EventSource } from './events.ts';
import { identityOf } from './identity.ts';
import type { VersionOf } from './paths.ts';
import type { Action, Answer, Effects, EventDecision, Inquiry, OnDone, Plan, Question } from './plan.ts';
import { PlanRequests, questionPath } from './plan-requests.ts';
import type { Clock, RequestPort } from './ports.ts';

/** upstream's `SlowStartInitialBatchSize` */
const SLOW_START = 1;
/** At a time: more would hold up other people's requests. */
const MAX_PARALLEL = 64;
/** Actions that begin in one turn: a create of a pod takes half a millisecond up to its commit. */
const PER_TURN = 16;

/** `untold`: the run was refused, and neither an event nor a condition tells so. */
export type Outcome = { ok: true } | { ok: false; status: Status; untold?: true };
type Failure = { action: Action; status: Status };

export interface PlanRunnerPorts {
  request: RequestPort;
  events: EventRecorder;
  effects: Effects;
  /** Of {@link Question}. */
  follow(asked: UsageFollow): boolean;
  clock: Clock;
  metrics: Registry;
  versionOf: VersionOf;
  /** Resolves once others have had a turn. */
  pause(): Promise<void>;
  /** Runs work in the background; `idle()` waits for it. */
  background(work: Promise<void>): void;
}

export interface PlanRunner {
  perform(controller: Controller, key: Key, saw: number, plan: Plan): Promise<Outcome>;
  /** Asks an inquiry's questions, one after the other. */
  ask(controller: Controller, key: Key, saw: number, inquiry: Inquiry): Promise<Plan>;
  /** Records an event about a change, after those before it. */
  record(controller: Controller, key: Key, saw: number, event: EventDecision): void;
}

export function createPlanRunner(ports: PlanRunnerPorts): PlanRunner {
  let recorded: Promise<void> = Promise.resolve();
  return {
    perform: (controller, key, saw, plan) => new Run(ports, controller, key, saw).perform(plan),
    ask: (controller, key, saw, inquiry) => new Run(ports, controller, key, saw).ask(inquiry),
    record(controller, key, saw, event) {
      const cause = { kind: 'controller' as const, at: ports.clock.now(), name: controller.name, key, saw };
      recorded = recorded.then(() => ports.events.record(sourceOf(controller), event, cause));
      ports.background(recorded);
    },
  };
}

function sourceOf(controller: Controller): EventSource {
  return { component: controller.eventSource ?? controller.name, ...identityOf(controller) };
}

class Run {
  private readonly ports: PlanRunnerPorts;
  private readonly source: EventSource;
  private readonly cause: Cause & { kind: 'controller' };
  private readonly requests: PlanRequests;
  private told = false;

  constructor(ports: PlanRunnerPorts, controller: Controller, key: Key, saw: number) {
    this.ports = ports;
    this.source = sourceOf(controller);
    this.requests = new PlanRequests(ports.versionOf);
    this.cause = { kind: 'controller', at: ports.clock.now(), name: controller.name, key, saw };
  }

  async perform({ actions, apart = [], parallel = false }: Plan): Promise<Outcome> {
    const asides = await this.apart(apart);
    const failure = await this.inOrder(actions, parallel);
    for (const { action, status } of [...asides, ...(failure ? [failure] : [])]) await this.refused(action, status);
    const [first = failure] = asides;
    if (!first) return { ok: true };
    const { status } = first;
    return this.told || isOfTheMoment(status) ? { ok: false, status } : { ok: false, status, untold: true };
  }

  async ask(inquiry: Inquiry): Promise<Plan> {
    for (let step = inquiry.next(); ; ) {
      if (step.done) return step.value;
      step = inquiry.next(await this.answerTo(step.value));
    }
  }

  private async answerTo(question: Question): Promise<Answer> {
    if ('follow' in question) return { ok: true, object: this.ports.follow(question.follow) };
    const query = 'query' in question ? question.query : undefined;
    return this.send({ method: 'GET', path: questionPath(question, this.ports.versionOf), query });
  }

  private async apart(runs: readonly (readonly Action[])[]): Promise<Failure[]> {
    const failures: Failure[] = [];
    for (let at = 0; at < runs.length; at += MAX_PARALLEL) {
      const ended = await this.inTurns(runs.slice(at, at + MAX_PARALLEL), (actions) => this.inOrder(actions, false));
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
    const isSlow = actions[0]?.do === 'create' || actions[0]?.do === 'sequence';
    let size = isSlow ? SLOW_START : MAX_PARALLEL;
    let first: Failure | undefined;
    for (let at = 0; at < actions.length && !(isSlow && first); ) {
      const batch = actions.slice(at, at + size);
      at += batch.length;
      size = Math.min(size * 2, MAX_PARALLEL);
      const statuses = await this.inTurns(batch, (action) => this.one(action));
      for (const [index, status] of statuses.entries()) if (status) first ??= { action: batch[index]!, status };
    }
    return first;
  }

  /** Begins all without waiting for one another, and lets others have a turn now and then. */
  private inTurns<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
    let turn: Promise<void> | undefined;
    const begun = items.map((item, index) => {
      if (index > 0 && index % PER_TURN === 0) turn = turn ? turn.then(this.ports.pause) : this.ports.pause();
      return turn ? turn.then(() => run(item)) : run(item);
    });
    return Promise.all(begun);
  }

  /** Records the outcome that the action names for a refusal; after a conflict the key is only tried again. */
  private async refused({ onRefused }: Action, status: Status): Promise<void> {
    if (!onRefused || isOfTheMoment(status)) return;
    this.told = true;
    const { message = 'unknown error' } = status;
    const { event, alsoEvent, condition } = onRefused;
    for (const told of [event, alsoEvent]) if (told) this.event({ ...told, message: told.message + message });
    if (!condition) return;
    const { resource, object } = condition;
    const before = object.status as { conditions?: Condition[] } | undefined;
    const completed = { ...condition.condition, message: `${condition.condition.message ?? ''}${message}` };
    const conditions = withCondition(before?.conditions ?? [], completed);
    await this.one({ do: 'update-status', resource, object: { ...object, status: { ...before, conditions } } });
  }

  /** The Status it was refused with; undefined when it was done (or need not be). */
  private async one(action: Action): Promise<Status | undefined> {
    if (action.do === 'event') {
      this.event(action.event);
      return undefined;
    }
    if (action.do === 'effect' || action.do === 'if-allowed' || action.do === 'sequence') {
      const unfolded = await unfold(action, this.ports.effects, (sent) => this.send(sent));
      if ('status' in unfolded) return unfolded;
      const failure = await this.inOrder(unfolded, false);
      if (failure && action.do === 'sequence') await this.refused(failure.action, failure.status);
      return failure?.status;
    }
    const answer = await this.send(this.requests.of(action));
    if (!answer.ok) {
      if (isFine(action, answer.status)) return undefined;
      this.measured(action.metrics?.refused);
      return answer.status;
    }
    this.measured(action.metrics?.done);
    // The last state of a deleted object is of no use, and reading it would parse it.
    const object = action.do === 'delete' ? undefined : answer.object;
    this.requests.answered(action, object);
    if (action.onDone) this.done(action.onDone, nameOf(action, object));
    return undefined;
  }

  private send(sent: Omit<Parameters<RequestPort['request']>[0], 'user' | 'groups' | 'cause'>) {
    const { user, groups } = this.source;
    return this.ports.request.request({ user, groups, cause: this.causeNow(), ...sent });
  }

  private measured(measurements: readonly Measurement[] = []): void {
    for (const one of measurements) this.ports.metrics.record(one);
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
}

/** Another writer was faster, and the next run sees what it wrote. */
const isOfTheMoment = ({ reason }: Status): boolean => reason === 'Conflict' || reason === 'AlreadyExists';

function isFine(action: Action, status: Status): boolean {
  if (action.ignore?.some((reason) => reason === status.reason)) return true;
  if (status.reason === 'NotFound' && (action.do === 'delete' || action.do === 'patch')) return true;
  // An object created into a namespace that is being deleted would be deleted at once.
  return action.do === 'create' && !!status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating');
}

function nameOf(action: Action, object: unknown): string {
  if (action.do === 'delete') return action.target.name;
  return (object as KubeObject | undefined)?.metadata?.name ?? '';
}

/** Runs of actions that do the same, each to another object: the second write of one carries on from the first. */
function neighbours(actions: readonly Action[]): Action[][] {
  const groups: Action[][] = [];
  const written = new Set<string>();
  for (const action of actions) {
    const object = objectOf(action);
    const last = groups.at(-1);
    if (last?.[0]?.do === action.do && !written.has(object)) last.push(action);
    else {
      groups.push([action]);
      written.clear();
    }
    if (object !== '') written.add(object);
  }
  return groups;
}

/** '' where no other action can be about the same object. */
function objectOf(action: Action): string {
  if ('target' in action) return keyOf(action.target.resource, action.target.namespace, action.target.name);
  if (!('resource' in action && 'object' in action)) return '';
  const { namespace = '', name = '' } = action.object.metadata;
  return name === '' ? '' : keyOf(action.resource, namespace, name);
}
