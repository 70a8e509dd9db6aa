import type { Chosen, Unschedulable } from './schedule.ts';

/** Nodes that are looked at before others get a turn: about five milliseconds. */
const LONG = 5000;
/** A pod costs as much as so many nodes, beside those that are looked at for it. */
const POD = 100;
/** Looking for the pods to preempt costs so many times as much as looking at the node. */
const PREEMPTION = 8;

/** The work of one turn. It is counted, because the clock stands still meanwhile. */
export class Slice {
  #spent = 0;

  begin(): void {
    this.#spent = 0;
  }

  get isOver(): boolean {
    return this.#spent >= LONG;
  }

  pod(): void {
    this.#spent += POD;
  }

  /** Work that is as much as looking at so many nodes. */
  spend(nodes: number): void {
    this.#spent += nodes;
  }

  looked(nodes: number, outcome: Chosen | Unschedulable): void {
    this.#spent += nodes * ('victims' in outcome ? PREEMPTION : 1);
  }
}
