/** Things that a node is to be compared with, found by its labels, since thousands of them are each for one node. */
import { type Labels, labelOf } from '../machinery/selectors/labels.ts';
import type { NodeSelectorTerm } from './node-selector.ts';

/** A label that a node must have, with one of these values. */
export interface NodeLabel {
  key: string;
  values: readonly string[];
}

/** One that all nodes have which one of the terms matches; undefined where there may be none. */
export function labelOfNodes([term, another]: readonly NodeSelectorTerm[]): NodeLabel | undefined {
  if (!term || another) return undefined;
  const wanted = term.matchExpressions?.find(({ operator }) => operator === 'In');
  return wanted && { key: wanted.key, values: wanted.values ?? [] };
}

/** Things in the order in which they were added, with their places among all. */
class Placed<T> {
  readonly items: T[] = [];
  readonly places: number[] = [];

  add(item: T, place: number): void {
    this.items.push(item);
    this.places.push(place);
  }
}

export class ByNodeLabel<T> {
  #count = 0;
  readonly #anywhere = new Placed<T>();
  readonly #byLabel = new Map<string, Map<string, Placed<T>>>();

  /** Without a label, for any node. */
  add(item: T, label: NodeLabel | undefined): void {
    const place = this.#count++;
    if (!label) {
      this.#anywhere.add(item, place);
      return;
    }
    const byValue = this.#byLabel.get(label.key) ?? new Map<string, Placed<T>>();
    this.#byLabel.set(label.key, byValue);
    for (const value of new Set(label.values)) {
      const placed = byValue.get(value) ?? new Placed<T>();
      byValue.set(value, placed);
      placed.add(item, place);
    }
  }

  /** For a node with these labels, in the order in which they were added. */
  from(labels: Labels): readonly T[] {
    const own: Placed<T>[] = [];
    for (const [key, byValue] of this.#byLabel) {
      const value = labelOf(labels, key);
      const placed = value === undefined ? undefined : byValue.get(value);
      if (placed) own.push(placed);
    }
    // Most often there are things for any node alone, or for one label alone, which every node would copy.
    return merged(this.#anywhere, own.length > 1 ? sorted(own) : (own[0] ?? new Placed<T>()));
  }
}

function sorted<T>(all: readonly Placed<T>[]): Placed<T> {
  const pairs = all.flatMap(({ items, places }) => places.map((place, i) => ({ item: items[i] as T, place })));
  const result = new Placed<T>();
  for (const { item, place } of pairs.sort((a, b) => a.place - b.place)) result.add(item, place);
  return result;
}

function merged<T>(a: Placed<T>, b: Placed<T>): readonly T[] {
  if (b.items.length === 0) return a.items;
  if (a.items.length === 0) return b.items;
  const result: T[] = [];
  let next = 0;
  for (const [i, place] of a.places.entries()) {
    for (; (b.places[next] ?? place) < place; next++) result.push(b.items[next] as T);
    result.push(a.items[i] as T);
  }
  for (; next < b.items.length; next++) result.push(b.items[next] as T);
  return result;
}
