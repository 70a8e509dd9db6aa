/** Whether a driver that publishes its capacity has enough of it at a node for a claim (`hasEnoughCapacity`, KEP-1472). */
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import { type LabelSelectorObject, type Labels, selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
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
  return snapshot.list(keyPrefix('csistoragecapacities.storage.k8s.io')).some((object) => {
    const { storageClassName, nodeTopology, capacity, maximumVolumeSize } = object as unknown as StorageCapacity;
    const limit = maximumVolumeSize ?? capacity;
    if (storageClassName !== metadata.name || limit === undefined || !nodeTopology) return false;
    return unitsOf(limit) >= unitsOf(requested) && selectorFromObject(nodeTopology).matches(nodeLabels);
  });
}
