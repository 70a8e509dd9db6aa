import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import { claimsOf } from '../cache/claims.ts';
import type { Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';
import { concernsClaims } from '../volumes/queueing-hints.ts';

const STATE = 'VolumeZone';
/** The labels of zones and regions; the older of two names is matched by the newer as well. */
const TOPOLOGY: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
};

interface Topology {
  label: string;
  values: readonly string[];
}

/** A volume that is labelled with zones or regions is reached from their nodes alone (`volumezone/volume_zone.go`). */
export const VolumeZone: Plugin = {
  name: 'VolumeZone',
  wakesOn: ['changed:persistentvolumeclaims', 'changed:persistentvolumes', 'node-added', 'node-labels'],
  hint: concernsClaims,

  preFilter(cycle) {
    const { pod, snapshot } = cycle;
    const topologies: Topology[] = [];
    for (const { claim, ephemeral } of claimsOf(pod, snapshot)) {
      const name = ephemeral ? undefined : claim?.spec?.volumeName;
      if (!name) continue;
      const volume = snapshot.lookup(keyOf('persistentvolumes', '', name));
      if (!volume) return unresolvable(`persistentvolume ${JSON.stringify(name)} not found`);
      const labels: Labels = volume.metadata.labels ?? {};
      for (const label in TOPOLOGY) {
        const value = labels[label];
        const values = value?.split('__') ?? [];
        // A list of zones with an empty one says nothing, and so does an empty list.
        if (value !== undefined && !values.includes('')) topologies.push({ label, values });
      }
    }
    if (topologies.length === 0) return 'skip';
    cycle.set(STATE, topologies);
    return undefined;
  },

  filter(cycle, node) {
    const labels = node.facts?.labels ?? {};
    // In a cluster of one zone, nodes may have no such labels at all.
    if (!Object.keys(TOPOLOGY).some((label) => labels[label] !== undefined)) return undefined;
    for (const { label, values } of cycle.get<readonly Topology[]>(STATE) ?? []) {
      const value = labels[label] ?? labels[TOPOLOGY[label] ?? ''];
      if (value === undefined || !values.includes(value)) return unresolvable('node(s) had no available volume zone');
    }
    return undefined;
  },
};
