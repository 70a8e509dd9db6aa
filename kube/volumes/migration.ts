/** Plugins of Kubernetes' own that CSI drivers have taken the place of (`csi-translation-lib`, `csimigration`). */
import { MIGRATED_TO } from './annotations.ts';

const DRIVERS: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
};

/** The driver in a plugin's place; undefined for a provisioner that acts itself. */
export function driverInPlaceOf(provisioner: string): string | undefined {
  return Object.hasOwn(DRIVERS, provisioner) ? DRIVERS[provisioner] : undefined;
}

/** The fields of volumes that such plugins are told by. */
const SOURCES: Readonly<Record<string, string>> = {
  awsElasticBlockStore: 'kubernetes.io/aws-ebs',
  gcePersistentDisk: 'kubernetes.io/gce-pd',
  azureDisk: 'kubernetes.io/azure-disk',
  azureFile: 'kubernetes.io/azure-file',
  cinder: 'kubernetes.io/cinder',
  vsphereVolume: 'kubernetes.io/vsphere-volume',
  portworxVolume: 'kubernetes.io/portworx-volume',
};

/** The plugin of a volume that a driver has taken the place of; undefined for all others. */
export function replacedPlugin(spec: object | undefined): string | undefined {
  const source = Object.keys(SOURCES).find((field) => (spec as Record<string, unknown> | undefined)?.[field]);
  return source && SOURCES[source];
}

type Annotations = Readonly<Record<string, string>>;

/** The annotations, as they should tell who acts in a provisioner's place; undefined where they do. */
export function migratedAnnotations(
  annotations: Annotations | undefined,
  provisioner: string | undefined,
): Record<string, string> | undefined {
  if (!annotations || provisioner === undefined) return undefined;
  const driver = driverInPlaceOf(provisioner);
  if (driver !== undefined) {
    return annotations[MIGRATED_TO] === driver ? undefined : { ...annotations, [MIGRATED_TO]: driver };
  }
  if (!annotations[MIGRATED_TO]) return undefined;
  const { [MIGRATED_TO]: _, ...rest } = annotations;
  return rest;
}
