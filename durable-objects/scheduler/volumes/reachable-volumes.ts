/** Volumes by the nodes that reach them. */
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import { ByNodeLabel, labelOfNodes } from '../../../kube/scheduling/by-node-label.ts';
import type { VolumeFacts } from '../../../kube/volumes/matching.ts';

export class ReachableVolumes<V extends VolumeFacts> {
  readonly #volumes = new ByNodeLabel<V>();

  add(volume: V): void {
    // One that is kept for a claim counts on all nodes.
    this.#volumes.add(volume, volume.claim ? undefined : labelOfNodes(volume.nodeTerms ?? []));
  }

  /** In the order in which they were added: all that a node with these labels reaches, and some that it may not. */
  from(labels: Labels): readonly V[] {
    return this.#volumes.from(labels);
  }
}
