/** Volumes by the nodes that reach them. */
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import type { VolumeFacts } from '../../../kube/volumes/matching.ts';
import { ByNodeLabel, type NodeLabel } from './by-node-label.ts';

export class ReachableVolumes<V extends VolumeFacts> {
  readonly #volumes = new ByNodeLabel<V>();

  add(volume: V): void {
    this.#volumes.add(volume, labelOfNodes(volume));
  }

  /** In the order in which they were added: all that a node with these labels reaches, and some that it may not. */
  from(labels: Labels): readonly V[] {
    return this.#volumes.from(labels);
  }
}

/** One that all nodes have that reach the volume. A volume that is kept for a claim counts on all nodes. */
function labelOfNodes({ claim, nodeTerms }: VolumeFacts): NodeLabel | undefined {
  const [term, another] = nodeTerms ?? [];
  if (claim || !term || another) return undefined;
  const wanted = term.matchExpressions?.find(({ operator }) => operator === 'In');
  return wanted && { key: wanted.key, values: wanted.values ?? [] };
}
