/** Volumes that are folders of a node: Islet's own provisioner, and the class by which a new cluster has them. */

import { trimEndOf } from '../machinery/trim.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../types.ts';
import { EXTERNAL_FINALIZER, PROVISIONED_BY } from './annotations.ts';
import { capacityOf } from './matching.ts';

export const LOCAL_PATH = 'islet.dev/local-path';
/** The parameter of a class that names the folder which its volumes lie in. */
const FOLDER = 'path';
const DEFAULT_FOLDER = '/var/lib/islet/volumes';
const HOSTNAME = 'kubernetes.io/hostname';

/** kind and minikube have one of this name, too. */
export const STANDARD_CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: LOCAL_PATH,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
} as const;

export function isLocalPath({ metadata }: PersistentVolume): boolean {
  return metadata.annotations?.[PROVISIONED_BY] === LOCAL_PATH;
}

/** The name of a claim's volume (`getProvisionedVolumeNameForClaim`). */
export function provisionedName({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid}`;
}

/** Whether a path is that of such a volume, so that it may be removed. */
export function isVolumeFolder(path: string): boolean {
  return /^(?:\/[^/]+)*\/pvc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_[^/]+$/.test(path) && !/\/\.\.?\//.test(path);
}

/** Why no folder will do; undefined where one does. */
export function unsupported({ spec }: PersistentVolumeClaim): string | undefined {
  if (spec?.volumeMode === 'Block') return 'a folder of a node is no block device';
  // An empty folder in place of the data or the volume that was asked for would be worse than none.
  if (spec?.dataSource || spec?.dataSourceRef) return 'a folder of a node is made empty: it has no data source';
  if (spec?.selector) return 'claim.Spec.Selector is not supported';
  if (spec?.volumeAttributesClassName) return 'a folder of a node has no attributes: volumeAttributesClassName';
  const shared = spec?.accessModes?.find((mode) => mode !== 'ReadWriteOnce' && mode !== 'ReadWriteOncePod');
  return shared && `a folder of a node cannot be had with the access mode ${shared}`;
}

/**
 * The finalizers of a volume as they should be: one whose folder is to be removed stays until it is, in whatever order the
 * claim and the volume are deleted (KEP-2644). Undefined where they are so.
 */
export function heldFinalizers({ metadata, spec, status }: PersistentVolume): string[] | undefined {
  const { finalizers = [], deletionTimestamp } = metadata;
  const isHeld = finalizers.includes(EXTERNAL_FINALIZER);
  if (spec?.persistentVolumeReclaimPolicy !== 'Delete') {
    return isHeld ? finalizers.filter((name) => name !== EXTERNAL_FINALIZER) : undefined;
  }
  if (isHeld || deletionTimestamp || status?.phase !== 'Bound') return undefined;
  return [...finalizers, EXTERNAL_FINALIZER];
}

/** `hostname`: the label of the node. */
export function localVolume(
  claim: PersistentVolumeClaim,
  { metadata, reclaimPolicy, parameters }: StorageClass,
  hostname: string,
): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const volume = provisionedName(claim);
  const folder = trimEndOf(parameters?.[FOLDER] ?? '', '/') || DEFAULT_FOLDER;
  const isHere = { key: HOSTNAME, operator: 'In', values: [hostname] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volume,
      annotations: { [PROVISIONED_BY]: LOCAL_PATH },
      ...(reclaimPolicy === 'Retain' ? {} : { finalizers: [EXTERNAL_FINALIZER] }),
    },
    spec: {
      capacity: { storage: capacityOf(claim.spec?.resources?.requests) },
      accessModes: claim.spec?.accessModes,
      volumeMode: 'Filesystem',
      persistentVolumeReclaimPolicy: reclaimPolicy ?? 'Delete',
      storageClassName: metadata.name,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion },
      hostPath: { path: `${folder}/${volume}_${namespace}_${name}`, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [isHere] }] } },
    },
  } as PersistentVolume;
}
