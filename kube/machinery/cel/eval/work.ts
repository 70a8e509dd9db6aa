/**
 * What upstream's costs leave out: comparing, copying, printing and converting what lists and maps hold. `x == x` costs
 * by the size of the outermost map, and the sum of two lists nothing for their items, so that an evaluation well within
 * its limit could take minutes.
 */

/** Ends an evaluation that has cost more than it may. */
export class BudgetExceeded extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** Steps that the costs by upstream's formulas cover: no object of the usual size has as many members. */
const FREE = 10_000;
/** Further steps that take as long as a unit of cost. */
const STEPS = 2;

let left = Number.POSITIVE_INFINITY;

/** Takes steps of the evaluation under way. */
export function work(steps: number): void {
  left -= steps;
  if (left < 0) throw new BudgetExceeded();
}

/** Characters of a text that take as long to look through as a step. */
const CHARACTERS = 256;

/** Takes the steps to look through a text, which upstream counts as one. */
export function workOn({ length }: string): void {
  if (length >= CHARACTERS) work(Math.floor(length / CHARACTERS));
}

/** Runs an evaluation that may cost so much; `cost` is that of the steps beyond the free ones. */
export function working<T>(limit: number, run: () => T): { result: T; cost: number } {
  const before = left;
  const most = FREE + limit * STEPS;
  left = most;
  try {
    const result = run();
    return { result, cost: Math.max(0, Math.floor((most - left - FREE) / STEPS)) };
  } finally {
    left = before;
  }
}
