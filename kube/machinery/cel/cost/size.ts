/** Ranges of sizes and costs, which end at the largest uint64 (cel-go `checker/cost.go`). */
export interface Range {
  min: number;
  max: number;
}

const MAX = 2 ** 64;

const capped = (value: number): number => Math.min(value, MAX);
/** Nothing times the largest is nothing. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : capped(a * b));

export const fixed = (value: number): Range => ({ min: value, max: value });
export const UNKNOWN: Range = { min: 0, max: MAX };

export function add(a: Range, b: Range): Range {
  return { min: capped(a.min + b.min), max: capped(a.max + b.max) };
}

export function multiply(a: Range, b: Range): Range {
  return { min: times(a.min, b.min), max: times(a.max, b.max) };
}

/** Rounded up. */
export function scale({ min, max }: Range, factor: number): Range {
  return { min: capped(Math.ceil(min * factor)), max: capped(Math.ceil(max * factor)) };
}

export function union(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
