/**
 * Seats for requests under way, and queues for those that find none (apiserver `pkg/util/flowcontrol`). FlowSchemas sort
 * requests into priority levels and flows; a seat lasts until the answer has been read, of a watch until its first events.
 * Time is only looked at while something waits, so nothing of this keeps an object awake.
 */

import type { RequestInfo } from '../../../kube/machinery/request/request-info.ts';
import type { DerivedStore } from '../derived.ts';
import { tooManyRequests } from '../errors.ts';
import type { Query } from '../query.ts';
import type { ApiRequest, UserInfo } from '../request.ts';
import type { Limits, ServerPorts } from '../server.ts';
import { type Classified, FlowConfiguration } from './configuration.ts';
import type { FlowState } from './dump.ts';
import { Execution, type ExecutionPorts, type FlowRequest, FREE, type Seat } from './execution.ts';
import { FlowMetrics } from './flow-metrics.ts';
import type { Level } from './level.ts';
import { Levels } from './levels.ts';
import { type ListWidth, MAX_SEATS, makeListWidth } from './list-width.ts';

/** kube-apiserver's `--max-requests-inflight` and `--max-mutating-requests-inflight`, whose sum is shared. */
const DEFAULTS: Limits = { readsInFlight: 400, writesInFlight: 200 };
/**
 * The limit over all levels: each request that waits holds its body. A level always has its even part of it, whatever
 * waits in others.
 */
const MAX_WAITING = 400;
/** A body is parsed, checked and printed in one piece: about a millisecond for so many code units. */
const BODY_PER_SEAT = 100_000;
/** A quarter of upstream's request timeout, as there. */
const MAX_WAIT_MS = 15_000;
/** An answer that is still being read after so long, while others wait, loses its seat, and is read on without it. */
const MAX_READ_MS = 10_000;
const LOOK_EVERY_MS = 1000;

export type { Seat } from './execution.ts';

export interface FlowControl {
  /** undefined for requests of the cluster's own parts, which must not be starved by its users. */
  classify(user: UserInfo, info: RequestInfo, request: ApiRequest): Classified | undefined;
  /** A seat, at once or once there is one. Throws 429 when too many wait already, or when it takes too long. */
  enter(classified: Classified | undefined, user: UserInfo, info: RequestInfo, request: Asked): Seat | Promise<Seat>;
  state(): FlowState;
}

interface Asked {
  query: Query;
  /** The name of the client's program. */
  agent(): string;
  /** Code units. */
  bodySize: number;
}

type Ports = Pick<ServerPorts, 'clock' | 'sleep' | 'metrics' | 'kinds'> & {
  store: DerivedStore & { count(prefix: string): number };
};

export function makeFlowControl(ports: Ports, limits: Partial<Limits> = {}): FlowControl {
  return new PriorityAndFairness(ports, { ...DEFAULTS, ...limits });
}

class PriorityAndFairness implements FlowControl {
  readonly #ports: Ports;
  readonly #configuration: FlowConfiguration;
  readonly #levels: Levels;
  readonly #listWidth: ListWidth;
  readonly #metrics: FlowMetrics;
  readonly #executions = new Set<Execution>();
  readonly #ofExecutions: ExecutionPorts;
  #waiting = 0;
  #isLooking = false;

  constructor(ports: Ports, { readsInFlight, writesInFlight }: Limits) {
    this.#ports = ports;
    this.#configuration = new FlowConfiguration(ports.store);
    const total =
      readsInFlight === 0 || writesInFlight === 0 ? Number.POSITIVE_INFINITY : readsInFlight + writesInFlight;
    this.#levels = new Levels(total);
    this.#metrics = new FlowMetrics(ports.metrics, () => this.#current());
    this.#ofExecutions = { now: () => ports.clock.now(), ended: (execution) => this.#ended(execution) };
    this.#listWidth = makeListWidth(
      (prefix) => ports.store.count(prefix),
      () => ports.clock.now(),
    );
  }

  classify(user: UserInfo, info: RequestInfo, { cause }: ApiRequest): Classified | undefined {
    return cause === undefined ? this.#configuration.current().classify(user, info) : undefined;
  }

  enter(classified: Classified | undefined, user: UserInfo, info: RequestInfo, asked: Asked): Seat | Promise<Seat> {
    if (!classified) return FREE;
    const level = this.#current().named(classified.level.name);
    if (!level) return FREE;
    const distinguisher = distinguisherOf(classified, user, info);
    const request: FlowRequest = {
      classified,
      distinguisher,
      user,
      info,
      arrived: this.#ports.clock.now(),
      width: level.isExempt ? 1 : this.#levels.fitted(level, this.#widthOf(info, asked)),
      counts: this.#metrics.countsOf(classified),
    };
    if (level.isExempt || (level.waiting === 0 && this.#levels.canBegin(level, request.width) === 'now')) {
      return this.#take(level, request, request.arrived);
    }
    return this.#wait(level, request, `${asked.agent()} ${info.namespace}`);
  }

  state(): FlowState {
    return { levels: [...this.#current().all()], executions: this.#executions };
  }

  #wait(level: Level, request: FlowRequest, turn: string): Promise<Seat> {
    const { promise, resolve, reject } = Promise.withResolvers<Seat>();
    const now = (): number => this.#ports.clock.now();
    const length =
      this.#waiting >= MAX_WAITING && level.waiting >= MAX_WAITING / this.#levels.size
        ? 'queue-full'
        : level.enqueue(turn, {
            request,
            resolve: () => {
              const started = now();
              this.#metrics.dequeued(request, started, true);
              resolve(this.#take(level, request, started));
            },
            reject: (reason) => {
              this.#metrics.dequeued(request, now(), false);
              this.#metrics.refused(request, reason);
              reject(tooManyRequests());
            },
          });
    if (typeof length === 'string') {
      level.total.rejected++;
      this.#metrics.refused(request, length);
      throw tooManyRequests();
    }
    this.#metrics.queued(request, length);
    this.#waiting++;
    // The requests before it may wait for seats of another level, or for more seats.
    this.#dispatch();
    if (!this.#isLooking) void this.#lookAtTimes();
    return promise;
  }

  /** The levels as they are configured now. */
  #current(): Levels {
    this.#levels.follow(this.#configuration.current());
    return this.#levels;
  }

  #widthOf({ verb, isResource, group, version, resource, name }: RequestInfo, { query, bodySize }: Asked): number {
    if (bodySize > BODY_PER_SEAT) return Math.min(MAX_SEATS, Math.ceil(bodySize / BODY_PER_SEAT));
    const sendsState = verb === 'watch' && asksForState(query);
    // A list or watch of one object by its name costs as much as a get.
    if (!isResource || name !== '' || (verb !== 'list' && !sendsState)) return 1;
    const hasSelector = Boolean(query.get('labelSelector') || query.get('fieldSelector'));
    return this.#listWidth({
      resource: this.#ports.kinds.findResource(group, version, resource)?.storage,
      limit: sendsState ? 0 : Number(query.get('limit')),
      hasSelector,
    });
  }

  #take(level: Level, request: FlowRequest, started: number): Seat {
    level.taken += request.width;
    if (request.width > 1) level.takenByWide += request.width;
    level.total.dispatched++;
    const execution = new Execution(request, started, this.#ofExecutions);
    this.#executions.add(execution);
    this.#metrics.begun(execution);
    return execution;
  }

  #ended(execution: Execution): void {
    const { classified, width } = execution.request;
    this.#executions.delete(execution);
    this.#metrics.ended(execution, this.#ports.clock.now());
    const level = this.#levels.named(classified.level.name);
    if (level) {
      level.taken -= width;
      if (width > 1) level.takenByWide -= width;
    }
    this.#levels.forgetIdle();
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#waiting > 0) {
      const next = this.#levels.next();
      if (!next) return;
      this.#waiting--;
      next.level.dequeue(next.place)?.resolve();
    }
  }

  async #lookAtTimes(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting > 0) {
      await this.#ports.sleep(LOOK_EVERY_MS);
      const now = this.#ports.clock.now();
      for (const execution of this.#executions) {
        if (now - (execution.readSince ?? now) > MAX_READ_MS) execution.leave();
      }
      for (const level of this.#levels.all()) this.#waiting -= level.refuseBefore(now - MAX_WAIT_MS);
      this.#levels.forgetIdle();
      // Those behind the refused ones may need fewer seats than they did.
      this.#dispatch();
    }
    this.#isLooking = false;
  }
}

/**
 * Whether the watch begins with the objects that exist, from the query alone as upstream (`list_work_estimator.go`).
 */
function asksForState(query: Query): boolean {
  const from = query.get('resourceVersion') ?? '';
  return from === '' || from === '0' || query.get('sendInitialEvents') === 'true';
}

function distinguisherOf({ schema }: Classified, user: UserInfo, info: RequestInfo): string {
  switch (schema.spec.distinguisherMethod?.type) {
    case 'ByUser':
      return user.name;
    case 'ByNamespace':
      return info.namespace;
    default:
      return '';
  }
}
