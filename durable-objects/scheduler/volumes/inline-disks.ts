/** Disks of plugins of Kubernetes' own, as the CSI drivers in their place know them (`csi-translation-lib/plugins`). */
import type { Pod } from '../../../kube/types.ts';
import { driverInPlaceOf } from '../../../kube/volumes/migration.ts';

export interface InlineDisk {
  driver: string;
  /** The driver's name of the disk. */
  handle: string;
}

/** The sources that a volume of a pod, or a PersistentVolume, may have. */
interface Sources {
  awsElasticBlockStore?: { volumeID: string };
  gcePersistentDisk?: { pdName: string };
  azureDisk?: { diskURI: string };
  cinder?: { volumeID: string };
  portworxVolume?: { volumeID: string };
}

export function inlineDisk(sources: Sources): InlineDisk | undefined {
  const { awsElasticBlockStore, gcePersistentDisk, azureDisk, cinder, portworxVolume } = sources;
  // `aws://zone/vol-1` is the disk `vol-1`.
  const ebs = awsElasticBlockStore?.volumeID;
  if (ebs !== undefined) return disk('kubernetes.io/aws-ebs', ebs.slice(ebs.lastIndexOf('/') + 1));
  if (gcePersistentDisk) return disk('kubernetes.io/gce-pd', gcePersistentDisk.pdName);
  if (azureDisk) return disk('kubernetes.io/azure-disk', azureDisk.diskURI);
  if (cinder) return disk('kubernetes.io/cinder', cinder.volumeID);
  return portworxVolume && disk('kubernetes.io/portworx-volume', portworxVolume.volumeID);
}

function disk(plugin: string, handle: string): InlineDisk {
  return { driver: driverInPlaceOf(plugin) ?? plugin, handle };
}

export function inlineDisks(pod: Pod): InlineDisk[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => inlineDisk(volume) ?? []);
}
