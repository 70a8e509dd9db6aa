import { keyOf } from '../../../kube/machinery/resource.ts';
import type { CSINode, PersistentVolume, StorageClass, VolumeAttachment } from '../../../kube/types.ts';
import { claimClass } from '../../../kube/volumes/classes.ts';
import { driverInPlaceOf } from '../../../kube/volumes/migration.ts';
import { claimNamed } from '../cache/claims.ts';
import type { PodInfo } from '../cache/projections.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import type { Plugin } from '../framework/interface.ts';
import { unresolvable, unschedulable } from '../framework/rejection.ts';
import { type InlineDisk, inlineDisk } from '../volumes/inline-disks.ts';
import { concernsClaims } from '../volumes/queueing-hints.ts';

/** Drivers by volume, a volume being named by its driver and handle. */
type Volumes = Map<string, string>;

/** As many volumes of a driver as its CSINode allows (`nodevolumelimits/csi.go`). */
export const NodeVolumeLimits: Plugin = {
  name: 'NodeVolumeLimits',
  wakesOn: [
    'changed:csinodes.storage.k8s.io',
    'changed:volumeattachments.storage.k8s.io',
    'changed:persistentvolumeclaims',
    'pod-removed',
  ],
  hint(waiting, observed) {
    const before = observed.pod?.before;
    return before ? Boolean(before.claims ?? before.inlineDisks) : concernsClaims(waiting, observed);
  },

  preFilter: ({ info }) => (info.claims || info.inlineDisks ? undefined : 'skip'),

  filter({ info, snapshot }, node) {
    const csiNode = snapshot.lookup(keyOf('csinodes.storage.k8s.io', '', node.name)) as CSINode | undefined;
    const lacking = (info.claims ?? []).find((name) => !claimNamed(info.namespace, name, snapshot));
    if (lacking !== undefined) {
      const notFound = `persistentvolumeclaim ${JSON.stringify(lacking)} not found`;
      return unresolvable(`looking up PVC ${info.namespace}/${lacking}: ${notFound}`);
    }
    const limits = limitsOf(csiNode);
    if (limits.size === 0) return undefined;
    const wanted: Volumes = new Map();
    addVolumes(info, snapshot, wanted);
    const attached: Volumes = attachedTo(node.name, snapshot);
    for (const pod of wanted.size > 0 ? node.pods.values() : []) addVolumes(pod, snapshot, attached, wanted);
    const isExceeded = [...limits].some(([driver, limit]) => {
      const more = count(wanted, driver);
      return more > 0 && more + count(attached, driver) > limit;
    });
    return isExceeded ? unschedulable('node(s) exceed max volume count') : undefined;
  },
};

function count(volumes: Volumes, driver: string): number {
  let found = 0;
  for (const one of volumes.values()) if (one === driver) found++;
  return found;
}

function limitsOf(csiNode: CSINode | undefined): Map<string, number> {
  const limits = new Map<string, number>();
  for (const { name, allocatable } of csiNode?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
  }
  return limits;
}

/** Volumes of a pod are added to those of its node; a volume that is there counts no more among those `wanted`. */
function addVolumes(
  { namespace, claims = [], inlineDisks = [] }: PodInfo,
  snapshot: Snapshot,
  volumes: Volumes,
  wanted?: Volumes,
) {
  const disks = [...claims.map((name) => diskOfClaim(namespace, name, snapshot)), ...inlineDisks];
  for (const disk of disks) {
    if (!disk) continue;
    const name = `${disk.driver}/${disk.handle}`;
    volumes.set(name, disk.driver);
    wanted?.delete(name);
  }
}

function diskOfClaim(namespace: string, name: string, snapshot: Snapshot): InlineDisk | undefined {
  const claim = claimNamed(namespace, name, snapshot);
  if (!claim) return undefined;
  const volumeName = claim.spec?.volumeName;
  const volume =
    volumeName && (snapshot.lookup(keyOf('persistentvolumes', '', volumeName)) as PersistentVolume | undefined);
  if (volume) {
    const { csi } = volume.spec ?? {};
    return csi ? { driver: csi.driver, handle: csi.volumeHandle } : inlineDisk(volume.spec ?? {});
  }
  // A volume that is still to be made counts already.
  const provisioner = (
    snapshot.lookup(keyOf('storageclasses.storage.k8s.io', '', claimClass(claim))) as StorageClass | undefined
  )?.provisioner;
  if (!provisioner) return undefined;
  return { driver: driverInPlaceOf(provisioner) ?? provisioner, handle: `to be made for ${namespace}/${name}` };
}

const byNode = new WeakMap<object, Map<string, VolumeAttachment[]>>();

/** Those of a list are sorted by their nodes once, since each node asks for its own. */
function attachmentsOf(node: string, { list }: Snapshot): readonly VolumeAttachment[] {
  const all = list('volumeattachments.storage.k8s.io/') as unknown as readonly VolumeAttachment[];
  const known = byNode.get(all) ?? Map.groupBy(all, ({ spec }) => spec.nodeName);
  byNode.set(all, known);
  return known.get(node) ?? [];
}

/** Volumes that are attached, or on their way, though no pod of the node uses them. */
function attachedTo(node: string, snapshot: Snapshot): Volumes {
  const volumes: Volumes = new Map();
  for (const { spec } of attachmentsOf(node, snapshot)) {
    const name = spec.source.persistentVolumeName;
    if (!name) continue;
    const volume = snapshot.lookup(keyOf('persistentvolumes', '', name)) as PersistentVolume | undefined;
    const handle = volume?.spec?.csi?.volumeHandle;
    if (handle) volumes.set(`${spec.attacher}/${handle}`, spec.attacher);
  }
  return volumes;
}
