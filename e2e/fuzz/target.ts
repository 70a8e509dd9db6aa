/** An entry point that is tried with generated input, and the properties of every answer. */
import type fc from 'fast-check';

export interface Limits {
  /** Milliseconds of CPU that one input may take; no limit where a test must not depend on the machine. */
  cpuMs?: number;
}

export interface Trial<T> {
  /** Throws where something does not hold. */
  attempt(input: T): Promise<void> | void;
  close?(): Promise<void>;
}

export interface Target<T = unknown> {
  name: string;
  /** A line for people. */
  about: string;
  input: fc.Arbitrary<T>;
  /** Runs in `npm test`. */
  quickRuns: number;
  open(limits: Limits): Promise<Trial<T>> | Trial<T>;
}

/** So that targets with inputs of different types stand in one table. */
export function target<T>(of: Target<T>): Target {
  return of as unknown as Target;
}

const TRIES = 3;

/**
 * Runs `work`, and throws when it takes more CPU than it may. What was slow is done again, and the quickest counts: a
 * garbage collection or a compilation is no fault of the input.
 */
export async function timed<T>({ cpuMs }: Limits, work: () => T | Promise<T>): Promise<T> {
  let start = process.cpuUsage();
  const result = await work();
  if (cpuMs === undefined) return result;
  let least = millisecondsSince(start);
  for (let tries = 1; least > cpuMs && tries < TRIES; tries++) {
    start = process.cpuUsage();
    await work();
    least = Math.min(least, millisecondsSince(start));
  }
  if (least > cpuMs) throw new Error(`took ${Math.round(least)} ms of CPU; ${cpuMs} are allowed`);
  return result;
}

function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
