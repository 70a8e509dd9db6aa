/** The state of one evaluation. */
import type { Value } from '../values/value.ts';
import { BudgetExceeded } from './work.ts';

/** The value of a variable by its name; undefined where it has none. */
export type Variables = (name: string) => Value | undefined;

export class Frame {
  readonly variables: Variables;
  /** Of variables that macros introduce. */
  readonly slots: Value[] = [];
  private readonly limit: number;
  cost = 0;

  constructor(variables: Variables, limit: number) {
    this.variables = variables;
    this.limit = limit;
  }

  charge(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new BudgetExceeded();
  }
}

/** The compiled form of a node of the syntax tree. */
export type Step = (frame: Frame) => Value;
