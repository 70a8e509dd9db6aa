/** A request that flow control looks after, and its seats while it is executed. */

import type { RequestInfo } from '../../../kube/machinery/request/request-info.ts';
import type { Histogram, Value } from '../../../kube/metrics/registry.ts';
import type { ApiAnswer, UserInfo, WatchSpec } from '../request.ts';
import type { Classified } from './configuration.ts';

export interface FlowRequest {
  classified: Classified;
  /** The flow's distinguisher within its schema. */
  distinguisher: string;
  user: UserInfo;
  info: RequestInfo;
  /** Milliseconds since the epoch. */
  arrived: number;
  /** The seats that it takes. */
  width: number;
  counts: FlowCounts;
}

/** Numbers of the requests of one schema in one level. */
export interface FlowCounts {
  readonly level: string;
  readonly schema: string;
  executing: number;
  executingSeats: number;
  inQueue: number;
  inQueueSeats: number;
  kept: Kept;
}

/** The series of the registry's present generation. */
export interface Kept {
  generation: number;
  dispatched: Value;
  estimatedSeats: Histogram;
  regularSeconds: Histogram;
}

/** The name of the flow: the schema's and the distinguisher. */
export function flowOf({ classified, distinguisher }: FlowRequest): string {
  return `${classified.schema.name} ${distinguisher}`;
}

export interface Seat {
  /** Gives the seat back; a second call does nothing. */
  leave(): void;
  /** Gives the seat back when the body has been read, or is not read any more. */
  holdWhileRead(body: Iterable<string>): Iterable<string>;
  /** Keeps the seat until the function that is returned is called: for a watch, when its initial state was sent. */
  holdUntilBegun(): () => void;
}

/** Whether the seat goes on with the answer: until its body was read, or until a watch has sent the state. */
export function keepsSeat(answer: ApiAnswer, seat: Seat): boolean {
  if (answer.type === 'response' && typeof answer.body !== 'string') {
    answer.body = seat.holdWhileRead(answer.body);
    return true;
  }
  if (answer.type !== 'watch' || !beginsWithState(answer.watch)) return false;
  answer.begun = seat.holdUntilBegun();
  return true;
}

/** Whether the watch begins with the objects that exist. */
const beginsWithState = ({ after, initialEvents }: WatchSpec): boolean => after === undefined || initialEvents === true;

export const FREE: Seat = { leave: () => {}, holdWhileRead: (body) => body, holdUntilBegun: () => () => {} };

export interface ExecutionPorts {
  /** Milliseconds since the epoch. */
  now(): number;
  ended(execution: Execution): void;
}

/** The seats of one request. */
export class Execution implements Seat {
  readonly request: FlowRequest;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** The time since which its answer is read, in milliseconds since the epoch. */
  readSince: number | undefined;
  readonly #ports: ExecutionPorts;
  #isOver = false;

  constructor(request: FlowRequest, started: number, ports: ExecutionPorts) {
    this.request = request;
    this.#ports = ports;
    this.started = started;
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ports.ended(this);
  }

  holdWhileRead(body: Iterable<string>): Iterable<string> {
    this.readSince = this.#ports.now();
    return whileRead(body, () => this.leave());
  }

  holdUntilBegun(): () => void {
    this.readSince = this.#ports.now();
    return () => this.leave();
  }
}

/** The same body; `end` is called once it has been read, or is left, also before its first piece. */
function whileRead(body: Iterable<string>, end: () => void): Iterable<string> {
  const inner = body[Symbol.iterator]();
  const iterator: IterableIterator<string> = {
    [Symbol.iterator]: () => iterator,
    next() {
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
