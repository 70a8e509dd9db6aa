/** Projections of nodes, volumes and attachments. Volumes have upstream's unique names. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Node, PersistentVolume, VolumeAttachment } from '../../../kube/types.ts';
import { podsByNode } from '../common/pods.ts';
import { defineIndex, defineProjection, type Projection } from '../runtime/view/projection.ts';

export const ATTACHMENTS = 'volumeattachments.storage.k8s.io';
export const DRIVERS = 'csidrivers.storage.k8s.io';
/** Of a node whose kubelet leaves it to the controller. */
const MANAGED = 'volumes.kubernetes.io/controller-managed-attach-detach';
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const CSI = 'kubernetes.io/csi/';
const SEPARATOR = '^';

export { podsByNode };

export interface NodeVolumes {
  isManaged: boolean;
  isReady: boolean;
  isOutOfService: boolean;
  /** Volumes that its kubelet has mounted, and those that the controller told it are attached, by unique names. */
  inUse: readonly string[];
  attached: readonly { name: string; devicePath: string }[];
}

export const nodeVolumes = defineProjection<NodeVolumes>({
  field: 'volumes',
  resource: 'nodes',
  compute(object) {
    const { metadata, spec, status } = object as unknown as Node;
    return {
      isManaged: metadata.annotations?.[MANAGED] !== undefined,
      isReady: status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false,
      isOutOfService: spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) ?? false,
      inUse: status?.volumesInUse ?? [],
      attached: (status?.volumesAttached ?? []).map(({ name, devicePath }) => ({ name, devicePath })),
    };
  },
});

/** All that a node has mounted, or was told is attached, by unique names. */
export function volumesOn(node: Projection | undefined): Set<string> {
  const { inUse = [], attached = [] } = nodeVolumes.of(node) ?? {};
  return new Set([...inUse, ...attached.map(({ name }) => name)]);
}

/** Nodes by the unique names of their volumes, which outlast the PersistentVolumes. */
export const nodesByVolume = defineIndex({
  name: 'Nodes by volume',
  resource: 'nodes',
  values: (projection) => [...volumesOn(projection)],
});

export interface CsiVolume {
  driver: string;
  handle: string;
  /** Several nodes may have it at a time. */
  isShared: boolean;
}

/** Absent of volumes of other kinds. */
export const csiVolume = defineProjection<CsiVolume>({
  field: 'csi',
  resource: 'persistentvolumes',
  compute(object, intern) {
    const { csi, accessModes = [] } = (object as unknown as PersistentVolume).spec ?? {};
    if (!csi) return undefined;
    const isShared =
      accessModes.length === 0 || accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
    return { driver: intern.text(csi.driver), handle: csi.volumeHandle, isShared };
  },
});

/** PersistentVolumes by the unique name of what they stand for. */
export const volumesByHandle = defineIndex({
  name: 'Volumes by handle',
  resource: 'persistentvolumes',
  values(projection) {
    const csi = csiVolume.of(projection);
    return csi ? [uniqueName(csi)] : [];
  },
});

interface Attachment {
  node: string;
  /** '' of one whose volume is described in the attachment itself. */
  volume: string;
  isAttached: boolean;
  error?: string;
}

export const attachment = defineProjection<Attachment>({
  field: 'attachment',
  resource: ATTACHMENTS,
  compute(object, intern) {
    const { spec, status } = object as unknown as VolumeAttachment;
    const error = status?.attachError?.message;
    return {
      node: intern.text(spec?.nodeName ?? ''),
      volume: spec?.source?.persistentVolumeName ?? '',
      isAttached: status?.attached === true,
      ...(error === undefined ? {} : { error }),
    };
  },
});

/** By node, and by volume. */
export const attachments = defineIndex({
  name: 'Attachments',
  resource: ATTACHMENTS,
  values(projection) {
    const { node, volume } = attachment.of(projection) ?? {};
    return [...(node ? [onNode(node)] : []), ...(volume ? [ofVolume(volume)] : [])];
  },
});

export const onNode = (name: string): string => `node ${name}`;
export const ofVolume = (name: string): string => `volume ${name}`;

export function uniqueName({ driver, handle }: Pick<CsiVolume, 'driver' | 'handle'>): string {
  return `${CSI}${driver}${SEPARATOR}${handle}`;
}

/** Undefined for a volume of another plugin. */
export function parseUniqueName(name: string): Pick<CsiVolume, 'driver' | 'handle'> | undefined {
  const at = name.indexOf(SEPARATOR);
  if (!name.startsWith(CSI) || at < 0) return undefined;
  return { driver: name.slice(CSI.length, at), handle: name.slice(at + 1) };
}

/** `getAttachmentName` */
export function attachmentName({ driver, handle }: Pick<CsiVolume, 'driver' | 'handle'>, node: string): string {
  return `csi-${bytesToHex(sha256(new TextEncoder().encode(`${handle}${driver}${node}`)))}`;
}
