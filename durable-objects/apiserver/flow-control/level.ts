/** The seats of one priority level, and the queues of those of its requests that find none. */
import type { LevelSeats } from '../../../kube/flowcontrol/concurrency.ts';
import { isExempt } from '../../../kube/flowcontrol/concurrency.ts';
import { tooManyRequests } from '../errors.ts';
import type { LevelConfiguration } from './configuration.ts';

export interface Waiter {
  since: number;
  width: number;
  resolve(): void;
  reject(error: Error): void;
}

interface Flow {
  /** By the turn: requests of one flow that different programs make in different namespaces take turns. */
  turns: Map<string, Waiter[]>;
  /** Waiters in all of them. */
  size: number;
}

export class Level {
  configuration: LevelConfiguration;
  seats: LevelSeats = { nominal: 0, min: 0, max: 0 };
  /** Seats that its requests hold. */
  taken = 0;
  waiting = 0;
  /** Flows whose requests wait, in the order of their turns. */
  readonly #flows = new Map<string, Flow>();

  constructor(configuration: LevelConfiguration) {
    this.configuration = configuration;
  }

  get isExempt(): boolean {
    return isExempt(this.configuration.spec);
  }

  /** Throws 429 when the level has no queues, or the flow's are full. */
  enqueue(flow: string, turn: string, waiter: Waiter): void {
    const queuing = this.configuration.spec.limited?.limitResponse?.queuing;
    if (!queuing) throw tooManyRequests();
    const { queueLengthLimit = 0, handSize = 0 } = queuing;
    const own = this.#flows.get(flow) ?? { turns: new Map<string, Waiter[]>(), size: 0 };
    // Upstream deals a flow so many queues of that length.
    if (own.size >= queueLengthLimit * handSize) throw tooManyRequests();
    this.#flows.set(flow, own);
    const waiters = own.turns.get(turn) ?? [];
    if (waiters.length >= queueLengthLimit) throw tooManyRequests();
    own.turns.set(turn, waiters);
    waiters.push(waiter);
    own.size++;
    this.waiting++;
  }

  /** The width of the request whose turn is next. */
  get nextWidth(): number {
    const [, flow] = first(this.#flows);
    return first(flow.turns)[1][0]?.width ?? 1;
  }

  /** Takes the next request out; its flow, and its turn within that, go behind the others. */
  dequeue(): Waiter | undefined {
    const [name, flow] = first(this.#flows);
    const [turn, waiters] = first(flow.turns);
    const waiter = waiters.shift();
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
        while (waiters[0] && waiters[0].since < oldest) {
          waiters.shift()?.reject(tooManyRequests());
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

/** The first entry of a map that has one. */
function first<T>(map: ReadonlyMap<string, T>): [string, T] {
  return map.entries().next().value as [string, T];
}
