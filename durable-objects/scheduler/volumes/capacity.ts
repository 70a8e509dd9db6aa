/** Whether a driver that tells of its room has enough of it for a claim (`hasEnoughCapacity`, KEP-1472). */
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import { type LabelSelectorObject, selectorFromObject } from '../../../kube/machinery/selectors/labels.ts';
import type { CSIDriver, PersistentVolumeClaim, StorageClass } from '../../../kube/types.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { VolumeNode } from './pod-volumes.ts';

interface StorageCapacity {
  storageClassName: string;
  nodeTopology?: LabelSelectorObject;
  capacity?: string;
  maximumVolumeSize?: string;
}

export function hasEnoughCapacity(
  { spec }: PersistentVolumeClaim,
  { metadata, provisioner }: StorageClass,
  { labels }: VolumeNode,
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
    return unitsOf(limit) >= unitsOf(requested) && selectorFromObject(nodeTopology).matches(labels);
  });
}
