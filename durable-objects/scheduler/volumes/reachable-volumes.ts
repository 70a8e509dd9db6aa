/** Volumes by the nodes that reach them, since volumes on the disks of thousands of nodes are each for one of these. */
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import { labelOf } from '../../../kube/machinery/selectors/labels.ts';
import type { VolumeFacts } from '../../../kube/volumes/matching.ts';

interface Placed<V> {
  volume: V;
  /** Its place among all. */
  at: number;
}

export class ReachableVolumes<V extends VolumeFacts> {
  #count = 0;
  readonly #anywhere: Placed<V>[] = [];
  /** By a label that a node must have, and its value. */
  readonly #byLabel = new Map<string, Map<string, Placed<V>[]>>();

  add(volume: V): void {
    const placed = { volume, at: this.#count++ };
    const label = labelOfNodes(volume);
    if (!label) {
      this.#anywhere.push(placed);
      return;
    }
    const byValue = this.#byLabel.get(label.key) ?? new Map<string, Placed<V>[]>();
    this.#byLabel.set(label.key, byValue);
    for (const value of new Set(label.values)) {
      const volumes = byValue.get(value);
      if (volumes) volumes.push(placed);
      else byValue.set(value, [placed]);
    }
  }

  /** In the order in which they were added: all that a node with these labels reaches, and some that it may not. */
  from(labels: Labels): V[] {
    const found = [...this.#anywhere];
    for (const [key, byValue] of this.#byLabel) {
      const value = labelOf(labels, key);
      if (value !== undefined) found.push(...(byValue.get(value) ?? []));
    }
    return found.sort((a, b) => a.at - b.at).map(({ volume }) => volume);
  }
}

/** One that all nodes have that reach the volume. A volume that is kept for a claim counts on all nodes. */
function labelOfNodes({ claim, nodeTerms }: VolumeFacts): { key: string; values: readonly string[] } | undefined {
  const [term, another] = nodeTerms ?? [];
  if (claim || !term || another) return undefined;
  const wanted = term.matchExpressions?.find(({ operator }) => operator === 'In');
  return wanted && { key: wanted.key, values: wanted.values ?? [] };
}
