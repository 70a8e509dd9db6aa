/** Projections by a name of theirs. One alone stands for itself: most owners have one dependent. */
import type { Projection } from './view.ts';

const NONE: readonly Projection[] = Object.freeze([]);

export class Index {
  private readonly entries = new Map<string, Projection | Set<Projection>>();

  of(name: string): Iterable<Projection> {
    const entry = this.entries.get(name);
    if (entry === undefined) return NONE;
    return entry instanceof Set ? entry : [entry];
  }

  add(name: string, projection: Projection): void {
    const entry = this.entries.get(name);
    if (entry === undefined) this.entries.set(name, projection);
    else if (entry instanceof Set) entry.add(projection);
    else if (entry !== projection) this.entries.set(name, new Set([entry, projection]));
  }

  delete(name: string, projection: Projection): void {
    const entry = this.entries.get(name);
    if (entry === projection) this.entries.delete(name);
    else if (entry instanceof Set && entry.delete(projection) && entry.size === 0) this.entries.delete(name);
  }
}
