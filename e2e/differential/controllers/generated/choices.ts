/** The choices of a generated scenario: the same for a seed. */
import { chance } from '../../../../durable-objects/scheduler/testing/objects.ts';
import type { Json } from '../../mutations.ts';
import type { Step } from '../scenario.ts';

export class Choices {
  readonly #next: () => number;

  constructor(seed: number) {
    const { next } = chance(Math.imul(seed, 2_654_435_761));
    // Seeds that are near begin alike.
    for (let i = 0; i < 5; i++) next();
    this.#next = next;
  }

  one<T>(values: readonly T[]): T {
    return values[Math.floor(this.#next() * values.length)] as T;
  }

  /** True so often, of 100 times. */
  often(percent: number): boolean {
    return this.#next() * 100 < percent;
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  /** These fields so often, of 100 times. */
  maybe(percent: number, make: () => Json): Json {
    return this.often(percent) ? make() : {};
  }
}

/** A kind of workload: an object of it, and edits that may be asked for in any order. */
export interface Sort {
  nodes: number;
  object: Json;
  /** The next edit. */
  edit(): Step;
}
