/** Whether a driver that publishes its capacity has enough of it at a node for a claim (`hasEnoughCapacity`, KEP-1472). */
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import {
  type LabelSelectorObject,
  type Labels,
  type Selector,
  selectorFromObject,
} from '../../../kube/machinery/selectors/labels.ts';
import { ByNodeLabel } from '../../../kube/scheduling/by-node-label.ts';
import type { CSIDriver, PersistentVolumeClaim, StorageClass } from '../../../kube/types.ts';
import type { Snapshot } from '../cache/snapshot.ts';

interface StorageCapacity {
  storageClassName: string;
  nodeTopology?: LabelSelectorObject;
  capacity?: string;
  maximumVolumeSize?: string;
}

export function hasEnoughCapacity(
  { spec }: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  nodeLabels: Labels,
  snapshot: Snapshot,
): boolean {
  const requested = spec?.resources?.requests?.storage;
  if (requested === undefined) return true;
  const driver = snapshot.lookup(keyOf('csidrivers.storage.k8s.io', '', provisioner)) as unknown as
    | CSIDriver
    | undefined;
  if (driver?.spec?.storageCapacity !== true) return true;
  const wanted = unitsOf(requested);
  const reachable =
    capacitiesOf(snapshot)
      .get(metadata.name ?? '')
      ?.from(nodeLabels) ?? [];
  return reachable.some(({ limit, nodes }) => limit >= wanted && nodes.matches(nodeLabels));
}

interface Known {
  limit: number;
  nodes: Selector;
}

type Capacities = ReadonlyMap<string, ByNodeLabel<Known>>;

const byList = new WeakMap<object, Capacities>();

/** By class. Those of a list are read once, since each node asks for them. */
function capacitiesOf({ list }: Snapshot): Capacities {
  const all = list(keyPrefix('csistoragecapacities.storage.k8s.io'));
  const known = byList.get(all);
  if (known) return known;
  const byClass = new Map<string, ByNodeLabel<Known>>();
  for (const object of all) {
    const { storageClassName, nodeTopology, capacity, maximumVolumeSize } = object as unknown as StorageCapacity;
    const limit = maximumVolumeSize ?? capacity;
    if (limit === undefined || !nodeTopology) continue;
    const ofClass = byClass.get(storageClassName) ?? new ByNodeLabel<Known>();
    byClass.set(storageClassName, ofClass);
    const nodes = selectorFromObject(nodeTopology);
    const label = nodes.requirements.find(({ operator }) => operator === '=' || operator === 'in');
    ofClass.add({ limit: unitsOf(limit), nodes }, label);
  }
  byList.set(all, byClass);
  return byClass;
}
