import { keyOf } from '../../../kube/machinery/resource.ts';
import { matchesTerm, type NodeSelectorTerm } from '../../../kube/scheduling/node-selector.ts';
import { claimsOf } from '../claims.ts';
import { type Plugin, type Rejection, unresolvable } from '../framework.ts';

const STATE = 'VolumeBinding';

interface Volume {
  spec?: { nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } } };
}

interface State {
  /** For each bound volume that not every node can reach, the terms of which its node must match one. */
  required: readonly NodeSelectorTerm[][];
  missing: boolean;
}

/**
 * Claims must exist and be bound, and the node must be one that their volumes can be reached from
 * (`volumebinding/volume_binding.go`, `binder.go`). Islet itself neither provisions nor binds volumes.
 */
export const VolumeBinding: Plugin = {
  name: 'VolumeBinding',
  wakesOn: ['changed:persistentvolumeclaims', 'changed:persistentvolumes', 'node-added', 'node-labels'],

  preFilter(cycle) {
    const { pod, snapshot } = cycle;
    const claims = claimsOf(pod, snapshot);
    if (claims.length === 0) return 'skip';
    const required: NodeSelectorTerm[][] = [];
    let unbound = false;
    let missing = false;
    for (const { name, ephemeral, claim } of claims) {
      const quoted = JSON.stringify(name);
      if (!claim) {
        return unresolvable(
          ephemeral
            ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
            : `persistentvolumeclaim ${quoted} not found`,
        );
      }
      const volumeName = claim.spec?.volumeName;
      if (claim.status?.phase === 'Lost') {
        return unresolvable(
          `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(volumeName ?? '')}`,
        );
      }
      if (claim.metadata.deletionTimestamp) return unresolvable(`persistentvolumeclaim ${quoted} is being deleted`);
      if (!volumeName) {
        unbound = true;
        continue;
      }
      const volume = snapshot.lookup(keyOf('persistentvolumes', '', volumeName)) as Volume | undefined;
      const terms = volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms;
      if (!volume) missing = true;
      else if (terms) required.push(terms);
    }
    if (unbound) return unresolvable('pod has unbound immediate PersistentVolumeClaims');
    if (required.length === 0 && !missing) return 'skip';
    cycle.set(STATE, { required, missing } satisfies State);
    return undefined;
  },

  filter(cycle, node): Rejection | undefined {
    const { required, missing } = cycle.get<State>(STATE) as State;
    const labels = node.facts?.labels ?? {};
    // A volume's node is matched by its labels alone, never by its name.
    const reachable = required.every((terms) => terms.some((term) => matchesTerm(term, '', labels)));
    if (!reachable) return unresolvable("node(s) didn't match PersistentVolume's node affinity");
    if (missing) return unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
    return undefined;
  },
};
