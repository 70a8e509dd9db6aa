/**
 * Seats for requests under way, and queues for those that find none (apiserver
 * `pkg/util/flowcontrol/fairqueuing/queueset`). Reads and writes have seats of their own. A flow is a user's requests
 * in one namespace: they wait in their order. Users take turns, and so do the flows of each. A seat lasts until the
 * answer has been read, but for watches, as upstream. Time is only looked at while something waits, so nothing of this
 * keeps an object awake.
 */
import { tooManyRequests } from './errors.ts';
import type { ApiRequest, UserInfo } from './request.ts';
import type { RequestInfo } from './request-info.ts';
import type { Limits, ServerPorts } from './server.ts';

const DEFAULTS: Limits = { readsInFlight: 400, writesInFlight: 200 };
const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
/** Requests of one flow that wait, as upstream's `queueLengthLimit`. */
const MAX_QUEUE = 50;
/** The limit over all flows: each request that waits holds its body. */
const MAX_WAITING = 400;
/** The limit of one user, whose requests may name any number of namespaces: others find room, too. */
const MAX_OF_USER = MAX_WAITING / 2;
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
  /** A seat, at once or once there is one. Throws 429 when too many wait already, or when it takes too long. */
  enter(user: UserInfo, info: RequestInfo, request: ApiRequest): Seat | Promise<Seat>;
}

type Ports = Pick<ServerPorts, 'clock' | 'sleep'>;

export function makeFlowControl(ports: Ports, limits: Partial<Limits> = {}): FlowControl {
  const { readsInFlight, writesInFlight } = { ...DEFAULTS, ...limits };
  const reads = new Seats(ports, readsInFlight);
  const writes = new Seats(ports, writesInFlight);
  return {
    enter(user, info, request) {
      const seats = READS.has(info.verb) ? reads : writes;
      // The cluster's own parts must not be starved by its users. Upstream lets `system:masters` pass, too; here most
      // users are masters of their cluster.
      return request.cause !== undefined ? seats.take() : seats.enter(user.name, info.namespace);
    },
  };
}

interface Waiter {
  since: number;
  resolve(seat: Seat): void;
  reject(error: Error): void;
}

interface UserQueue {
  /** By namespace, in the order of their turns. */
  flows: Map<string, Waiter[]>;
  /** Waiters in all of them. */
  size: number;
}

class Seats {
  readonly #ports: Ports;
  /** 0 means no limit, as upstream. */
  readonly #limit: number;
  #taken = 0;
  #waiting = 0;
  /** Users whose requests wait, in the order of their turns. */
  readonly #users = new Map<string, UserQueue>();
  /** Seats whose answer is being read, and when more of it was last asked for. */
  readonly #reading = new Map<Seat, number>();
  #isLooking = false;

  constructor(ports: Ports, limit: number) {
    this.#ports = ports;
    this.#limit = limit;
  }

  take(): Seat {
    this.#taken++;
    let isTaken = true;
    const seat: Seat = {
      leave: () => {
        if (!isTaken) return;
        isTaken = false;
        this.#taken--;
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

  enter(user: string, namespace: string): Seat | Promise<Seat> {
    if (this.#waiting === 0 && this.#isFree()) return this.take();
    const queue = this.#users.get(user) ?? { flows: new Map<string, Waiter[]>(), size: 0 };
    const flow = queue.flows.get(namespace) ?? [];
    if (flow.length >= MAX_QUEUE || queue.size >= MAX_OF_USER || this.#waiting >= MAX_WAITING) throw tooManyRequests();
    if (queue.size === 0) this.#users.set(user, queue);
    if (flow.length === 0) queue.flows.set(namespace, flow);
    queue.size++;
    this.#waiting++;
    if (!this.#isLooking) void this.#lookAtTimes();
    return new Promise((resolve, reject) => flow.push({ since: this.#ports.clock.now(), resolve, reject }));
  }

  #isFree(): boolean {
    return this.#limit === 0 || this.#taken < this.#limit;
  }

  #dispatch(): void {
    while (this.#waiting > 0 && this.#isFree()) {
      const [user, queue] = first(this.#users);
      const [namespace, flow] = first(queue.flows);
      const waiter = flow.shift();
      queue.size--;
      this.#waiting--;
      // The flow and its user go behind the others, for their next turn.
      queue.flows.delete(namespace);
      if (flow.length > 0) queue.flows.set(namespace, flow);
      this.#users.delete(user);
      if (queue.size > 0) this.#users.set(user, queue);
      waiter?.resolve(this.take());
    }
  }

  async #lookAtTimes(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting > 0) {
      await this.#ports.sleep(LOOK_EVERY_MS);
      const now = this.#ports.clock.now();
      for (const [seat, asked] of this.#reading) if (now - asked > MAX_STALL_MS) seat.leave();
      for (const [user, queue] of this.#users) {
        this.#waiting -= refuseLate(queue, now);
        if (queue.size === 0) this.#users.delete(user);
      }
    }
    this.#isLooking = false;
  }
}

/** Refuses the requests that have waited too long; returns how many. */
function refuseLate(queue: UserQueue, now: number): number {
  const before = queue.size;
  for (const [namespace, flow] of queue.flows) {
    while (flow[0] && now - flow[0].since > MAX_WAIT_MS) {
      flow.shift()?.reject(tooManyRequests());
      queue.size--;
    }
    if (flow.length === 0) queue.flows.delete(namespace);
  }
  return before - queue.size;
}

/** The first entry of a map that has one. */
function first<T>(map: ReadonlyMap<string, T>): [string, T] {
  return map.entries().next().value as [string, T];
}

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
