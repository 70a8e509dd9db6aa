/** Things that a node is to be compared with, found by its labels, since thousands of them are each for one node. */
import { type Labels, labelOf } from '../../../kube/machinery/selectors/labels.ts';

/** A label that a node must have, with one of these values. */
export interface NodeLabel {
  key: string;
  values: readonly string[];
}

interface Placed<T> {
  item: T;
  /** Its place among all. */
  at: number;
}

export class ByNodeLabel<T> {
  #count = 0;
  readonly #anywhere: Placed<T>[] = [];
  readonly #byLabel = new Map<string, Map<string, Placed<T>[]>>();

  /** Without a label, for any node. */
  add(item: T, label: NodeLabel | undefined): void {
    const placed = { item, at: this.#count++ };
    if (!label) {
      this.#anywhere.push(placed);
      return;
    }
    const byValue = this.#byLabel.get(label.key) ?? new Map<string, Placed<T>[]>();
    this.#byLabel.set(label.key, byValue);
    for (const value of new Set(label.values)) {
      const items = byValue.get(value);
      if (items) items.push(placed);
      else byValue.set(value, [placed]);
    }
  }

  /** For a node with these labels, in the order in which they were added. */
  from(labels: Labels): T[] {
    const found = [...this.#anywhere];
    for (const [key, byValue] of this.#byLabel) {
      const value = labelOf(labels, key);
      if (value !== undefined) found.push(...(byValue.get(value) ?? []));
    }
    return found.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }
}
