/** The seats of one priority level, and the queues of those of its requests that find none. */
import type { LevelSeats } from '../../../kube/flowcontrol/concurrency.ts';
import { isExempt } from '../../../kube/flowcontrol/concurrency.ts';
import type { LevelConfiguration } from './configuration.ts';
import { type FlowRequest, flowOf } from './execution.ts';

export interface Waiter {
  request: FlowRequest;
  resolve(): void;
  reject(reason: Refusal): void;
}

/** The reason why a request is given no seat, as metrics have it. */
export type Refusal = 'concurrency-limit' | 'queue-full' | 'time-out';

/** The requests of one flow that one program makes in one namespace. */
export interface WaitingQueue {
  flow: string;
  waiters: readonly Waiter[];
}

interface Flow {
  /** By the turn: requests of one flow that different programs make in different namespaces take turns. */
  turns: Map<string, Waiter[]>;
  /** Waiters in all of them. */
  size: number;
}

/** Whether a request can begin: not while there are too few seats, or too many are held by wide requests. */
export type Beginning = 'now' | 'no-seats' | 'others-are-wide';

export interface Place {
  flow: string;
  turn: string;
}

export class Level {
  configuration: LevelConfiguration;
  seats: LevelSeats = { nominal: 0, min: 0, max: 0 };
  /** Seats that its requests hold, and of those the ones that requests for several hold. */
  taken = 0;
  takenByWide = 0;
  waiting = 0;
  /** Since the level is known to this server. */
  readonly total = { dispatched: 0, rejected: 0, timedOut: 0 };
  /** Flows whose requests wait, in the order of their turns. */
  readonly #flows = new Map<string, Flow>();

  constructor(configuration: LevelConfiguration) {
    this.configuration = configuration;
  }

  get isExempt(): boolean {
    return isExempt(this.configuration.spec);
  }

  /** The length of its queue now; or the reason why it may not wait: the level has no queues, or the flow's are full. */
  enqueue(turn: string, waiter: Waiter): number | Refusal {
    const queuing = this.configuration.spec.limited?.limitResponse?.queuing;
    if (!queuing) return 'concurrency-limit';
    const flow = flowOf(waiter.request);
    const { queueLengthLimit = 0, handSize = 0 } = queuing;
    const own = this.#flows.get(flow) ?? { turns: new Map<string, Waiter[]>(), size: 0 };
    // Upstream deals a flow so many queues of that length.
    if (own.size >= queueLengthLimit * handSize) return 'queue-full';
    this.#flows.set(flow, own);
    const waiters = own.turns.get(turn) ?? [];
    if (waiters.length >= queueLengthLimit) return 'queue-full';
    own.turns.set(turn, waiters);
    waiters.push(waiter);
    own.size++;
    this.waiting++;
    return waiters.length;
  }

  *queues(): Generator<WaitingQueue> {
    for (const [flow, { turns }] of this.#flows) for (const waiters of turns.values()) yield { flow, waiters };
  }

  /**
   * The place of the next request that can begin. One that finds too few seats keeps its turn; one that only waits until
   * other wide ones have ended lets others pass.
   */
  next(canBegin: (width: number) => Beginning): Place | undefined {
    for (const [flow, { turns }] of this.#flows) {
      for (const [turn, [head]] of turns) {
        const beginning = canBegin(head?.request.width ?? 1);
        if (beginning === 'now') return { flow, turn };
        if (beginning === 'no-seats') return undefined;
      }
    }
    return undefined;
  }

  /** Takes the first request of a place out; its flow, and its turn within that, go behind the others. */
  dequeue({ flow: name, turn }: Place): Waiter | undefined {
    const flow = this.#flows.get(name);
    const waiters = flow?.turns.get(turn);
    const waiter = waiters?.shift();
    if (!flow || !waiters || !waiter) return undefined;
    flow.size--;
    this.waiting--;
    flow.turns.delete(turn);
    if (waiters.length > 0) flow.turns.set(turn, waiters);
    this.#flows.delete(name);
    if (flow.size > 0) this.#flows.set(name, flow);
    return waiter;
  }

  /** Refuses the requests that have waited since before `oldest`. Returns how many. */
  refuseBefore(oldest: number): number {
    const before = this.waiting;
    for (const [name, flow] of this.#flows) {
      for (const [turn, waiters] of flow.turns) {
        while (waiters[0] && waiters[0].request.arrived < oldest) {
          waiters.shift()?.reject('time-out');
          this.total.timedOut++;
          flow.size--;
          this.waiting--;
        }
        if (waiters.length === 0) flow.turns.delete(turn);
      }
      if (flow.size === 0) this.#flows.delete(name);
    }
    return before - this.waiting;
  }
}
