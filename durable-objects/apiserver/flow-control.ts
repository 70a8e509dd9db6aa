/**
 * Seats for requests under way, and queues for those that find none (apiserver
 * `pkg/util/flowcontrol/fairqueuing/queueset`). Reads and writes have seats of their own. A flow is a user's requests
 * in one namespace: they wait in their order, and the flows take turns. A seat lasts until the answer has been read,
 * but for watches, as upstream. Time is only looked at while something waits, so nothing of this keeps an object
 * awake.
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
/** A quarter of upstream's request timeout, as there. */
const MAX_WAIT_MS = 15_000;
/** Upstream's request timeout: an answer whose reading stalls for so long loses its seat. */
const MAX_STALL_MS = 60_000;
const LOOK_EVERY_MS = 1000;

export interface Seat {
  /** Gives it back; a second call does nothing. */
  leave(): void;
  /** Gives it back when the body has been read, or is not read any more. */
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
      // The cluster's own parts must not be starved by its users. Upstream lets `system:masters` pass, too; here most users
      // are masters of their cluster.
      return request.cause !== undefined ? seats.take() : seats.enter(`${user.name}\n${info.namespace}`);
    },
  };
}

interface Waiter {
  since: number;
  resolve(seat: Seat): void;
  reject(error: Error): void;
}

class Seats {
  readonly #ports: Ports;
  /** 0 means no limit, as upstream. */
  readonly #limit: number;
  #taken = 0;
  #waiting = 0;
  /** Flows that wait, in the order of their turns. */
  readonly #queues = new Map<string, Waiter[]>();
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

  enter(flow: string): Seat | Promise<Seat> {
    if (this.#waiting === 0 && this.#isFree()) return this.take();
    const queue = this.#queues.get(flow) ?? [];
    if (queue.length >= MAX_QUEUE || this.#waiting >= MAX_WAITING) throw tooManyRequests();
    if (queue.length === 0) this.#queues.set(flow, queue);
    this.#waiting++;
    if (!this.#isLooking) void this.#lookAtTimes();
    return new Promise((resolve, reject) => queue.push({ since: this.#ports.clock.now(), resolve, reject }));
  }

  #isFree(): boolean {
    return this.#limit === 0 || this.#taken < this.#limit;
  }

  #dispatch(): void {
    while (this.#waiting > 0 && this.#isFree()) {
      const [flow, queue] = this.#queues.entries().next().value as [string, Waiter[]];
      const waiter = queue.shift();
      this.#waiting--;
      // Behind the others, for its next turn.
      this.#queues.delete(flow);
      if (queue.length > 0) this.#queues.set(flow, queue);
      waiter?.resolve(this.take());
    }
  }

  async #lookAtTimes(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiting > 0) {
      await this.#ports.sleep(LOOK_EVERY_MS);
      const now = this.#ports.clock.now();
      for (const [seat, asked] of this.#reading) if (now - asked > MAX_STALL_MS) seat.leave();
      for (const [flow, queue] of this.#queues) {
        while (queue[0] && now - queue[0].since > MAX_WAIT_MS) {
          queue.shift()?.reject(tooManyRequests());
          this.#waiting--;
        }
        if (queue.length === 0) this.#queues.delete(flow);
      }
    }
    this.#isLooking = false;
  }
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
