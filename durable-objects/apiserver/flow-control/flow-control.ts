/**
 * Seats for requests under way, and queues for those that find none (apiserver `pkg/util/flowcontrol`). FlowSchemas sort
 * requests into priority levels and flows; a seat lasts until the answer has been read, but for watches, as upstream.
 * Time is only looked at while something waits, so nothing of this keeps an object awake.
 */
import { groupResource } from '../../../kube/machinery/resource.ts';
import type { DerivedStore } from '../derived.ts';
import { tooManyRequests } from '../errors.ts';
import type { Query } from '../query.ts';
import type { ApiRequest, UserInfo } from '../request.ts';
import type { RequestInfo } from '../request-info.ts';
import type { Limits, ServerPorts } from '../server.ts';
import { type Classified, FlowConfiguration } from './configuration.ts';
import type { Level } from './level.ts';
import { Levels } from './levels.ts';
import { type ListWidth, makeListWidth } from './list-width.ts';

/** kube-apiserver's `--max-requests-inflight` and `--max-mutating-requests-inflight`, whose sum is shared. */
const DEFAULTS: Limits = { readsInFlight: 400, writesInFlight: 200 };
/** The limit over all levels: each request that waits holds its body. */
const MAX_WAITING = 400;
/** A quarter of upstream's request timeout, as there. */
const MAX_WAIT_MS = 15_000;
/** An answer whose reading stalls for so long, while others wait, loses its seat, and can be read on without it. */
const MAX_STALL_MS = 10_000;
const LOOK_EVERY_MS = 1000;

export interface Seat {
  /** Gives the seat back; a second call does nothing. */
  leave(): void;
  /** Gives the seat back when the body has been read, or is not read any more. */
  holdWhileRead(body: Iterable<string>): Iterable<string>;
}

export interface FlowControl {
  /** undefined for requests of the cluster's own parts, which must not be starved by its users. */
  classify(user: UserInfo, info: RequestInfo, request: ApiRequest): Classified | undefined;
  /** A seat, at once or once there is one. Throws 429 when too many wait already, or when it takes too long. */
  enter(classified: Classified | undefined, user: UserInfo, info: RequestInfo, request: Asked): Seat | Promise<Seat>;
}

interface Asked {
  query: Query;
  /** Of the program that asks. */
  agent: string;
}

type Ports = Pick<ServerPorts, 'clock' | 'sleep'> & { store: DerivedStore & { count(prefix: string): number } };

const FREE: Seat = { leave: () => {}, holdWhileRead: (body) => body };

export function makeFlowControl(ports: Ports, limits: Partial<Limits> = {}): FlowControl {
  return new PriorityAndFairness(ports, { ...DEFAULTS, ...limits });
}

class PriorityAndFairness implements FlowControl {
  readonly #ports: Ports;
  readonly #configuration: FlowConfiguration;
  readonly #levels: Levels;
  readonly #listWidth: ListWidth;
  /** Seats whose answer is being read, and when more of it was last asked for. */
  readonly #reading = new Map<Seat, number>();
  #waiting = 0;
  #isLooking = false;

  constructor(ports: Ports, { readsInFlight, writesInFlight }: Limits) {
    this.#ports = ports;
    this.#configuration = new FlowConfiguration(ports.store);
    const total =
      readsInFlight === 0 || writesInFlight === 0 ? Number.POSITIVE_INFINITY : readsInFlight + writesInFlight;
    this.#levels = new Levels(total);
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
    this.#levels.follow(this.#configuration.current());
    const level = this.#levels.named(classified.level.name);
    if (!level || level.isExempt) return FREE;
    const width = this.#levels.fitted(level, this.#widthOf(info, asked.query));
    if (level.waiting === 0 && this.#levels.isFree(level, width)) return this.#take(level, width);
    if (this.#waiting >= MAX_WAITING) throw tooManyRequests();
    const flow = flowOf(classified, user, info);
    const turn = `${asked.agent} ${info.namespace}`;
    let seated: (seat: Seat) => void = () => {};
    let refused: (error: Error) => void = () => {};
    const promise = new Promise<Seat>((resolve, reject) => {
      seated = resolve;
      refused = reject;
    });
    const since = this.#ports.clock.now();
    level.enqueue(flow, turn, { since, width, resolve: () => seated(this.#take(level, width)), reject: refused });
    this.#waiting++;
    if (!this.#isLooking) void this.#lookAtTimes();
    return promise;
  }

  #widthOf({ verb, isResource, group, resource }: RequestInfo, query: Query): number {
    if (!isResource || verb !== 'list') return 1;
    const hasSelector = Boolean(query.get('labelSelector') || query.get('fieldSelector'));
    return this.#listWidth({
      resource: groupResource(group, resource),
      limit: Number(query.get('limit')),
      hasSelector,
    });
  }

  #take(level: Level, width: number): Seat {
    level.taken += width;
    let isTaken = true;
    const seat: Seat = {
      leave: () => {
        if (!isTaken) return;
        isTaken = false;
        level.taken -= width;
        this.#reading.delete(seat);
        this.#dispatch();
      },
      holdWhileRead: (body) =>
        whileRead(
          body,
          () => void (isTaken && this.#reading.set(seat, this.#ports.clock.now())),
          () => seat.leave(),
        ),
    };
    return seat;
  }

  #dispatch(): void {
    while (this.#waiting > 0) {
      const level = this.#levels.next();
      if (!level) return;
      this.#waiting--;
      level.dequeue()?.resolve();
    }
  }

  async #lookAtTimes(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting > 0) {
      await this.#ports.sleep(LOOK_EVERY_MS);
      const now = this.#ports.clock.now();
      for (const [seat, asked] of this.#reading) if (now - asked > MAX_STALL_MS) seat.leave();
      for (const level of this.#levels.all()) this.#waiting -= level.refuseBefore(now - MAX_WAIT_MS);
    }
    this.#isLooking = false;
  }
}

function flowOf({ schema }: Classified, user: UserInfo, info: RequestInfo): string {
  const { name, spec } = schema;
  switch (spec.distinguisherMethod?.type) {
    case 'ByUser':
      return `${name} ${user.name}`;
    case 'ByNamespace':
      return `${name} ${info.namespace}`;
    default:
      return name;
  }
}

/** The same body; `touch` is called when more of it is asked for, and `end` once it has been read, or is left. */
function whileRead(body: Iterable<string>, touch: () => void, end: () => void): Iterable<string> {
  const inner = body[Symbol.iterator]();
  touch();
  const iterator: IterableIterator<string> = {
    [Symbol.iterator]: () => iterator,
    next() {
      touch();
      try {
        const result = inner.next();
        if (result.done) end();
        return result;
      } catch (error) {
        end();
        throw error;
      }
    },
    return() {
      end();
      inner.return?.();
      return { done: true, value: undefined };
    },
  };
  return iterator;
}
