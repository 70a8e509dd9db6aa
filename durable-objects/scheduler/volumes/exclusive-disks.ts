/** Disks that pods name themselves and that pods of one node may not share (`isVolumeConflict`). */
import type { Pod } from '../../../kube/types.ts';

export interface ExclusiveDisk {
  id: string;
  /** Pods that only read it may share it. */
  readOnly: boolean;
  /** Of an RBD image: it is the same one where one of them is. */
  monitors?: readonly string[];
}

export function exclusiveDisks(pod: Pod): ExclusiveDisk[] {
  return (pod.spec?.volumes ?? []).flatMap(({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }) => {
    const disks: ExclusiveDisk[] = [];
    if (gcePersistentDisk) {
      const { pdName, readOnly = false } = gcePersistentDisk;
      disks.push({ id: `gce ${pdName}`, readOnly });
    }
    if (awsElasticBlockStore) disks.push({ id: `aws ${awsElasticBlockStore.volumeID}`, readOnly: false });
    if (iscsi) disks.push({ id: `iscsi ${iscsi.iqn}`, readOnly: iscsi.readOnly ?? false });
    if (rbd)
      disks.push({ id: `rbd ${rbd.pool}/${rbd.image}`, readOnly: rbd.readOnly ?? false, monitors: rbd.monitors });
    return disks;
  });
}

export function disksClash(wanted: readonly ExclusiveDisk[] = [], taken: readonly ExclusiveDisk[] = []): boolean {
  return wanted.some((a) => taken.some((b) => clash(a, b)));
}

function clash(a: ExclusiveDisk, b: ExclusiveDisk): boolean {
  if (a.id !== b.id || (a.readOnly && b.readOnly)) return false;
  return !a.monitors || a.monitors.some((monitor) => b.monitors?.includes(monitor));
}
