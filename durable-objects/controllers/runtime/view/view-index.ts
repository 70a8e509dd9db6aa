/** Projections by a value of theirs. A single one is kept without a set: most owners have one dependent. */
import type { Projection } from './projection.ts';

const NONE: readonly Projection[] = Object.freeze([]);

export class Index {
  private readonly entries = new Map<string, Projection | Set<Projection>>();

  of(value: string): Iterable<Projection> {
    const entry = this.entries.get(value);
    if (entry === undefined) return NONE;
    return entry instanceof Set ? entry : [entry];
  }

  size(value: string): number {
    const entry = this.entries.get(value);
    return entry === undefined ? 0 : entry instanceof Set ? entry.size : 1;
  }

  add(value: string, projection: Projection): void {
    const entry = this.entries.get(value);
    if (entry === undefined) this.entries.set(value, projection);
    else if (entry instanceof Set) entry.add(projection);
    else if (entry !== projection) this.entries.set(value, new Set([entry, projection]));
  }

  delete(value: string, projection: Projection): void {
    const entry = this.entries.get(value);
    if (entry === projection) this.entries.delete(value);
    else if (entry instanceof Set && entry.delete(projection) && entry.size === 0) this.entries.delete(value);
  }
}
