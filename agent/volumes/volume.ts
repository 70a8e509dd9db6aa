/** The port of a volume plugin. One file each; `plugins.ts` is the table. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, PodSpec } from '../../kube/types.ts';

export type Volume = NonNullable<PodSpec['volumes']>[number];

/** The inputs of a pod's volumes. */
export interface VolumeRequest {
  pod: Pod;
  /** Addresses known so far, for the downward API. */
  node: { name: string; hostIPs: readonly string[]; allocatable: Readonly<Record<string, string>> };
  podIPs: readonly string[];
  object<T extends KubeObject>(resource: 'configmaps' | 'secrets', name: string): Promise<T | undefined>;
  /** As they are now; undefined where there is none. */
  claim(name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  nodeLabels(): Promise<Readonly<Record<string, string>>>;
  /** A bound service account token (TokenRequest). */
  serviceAccountToken(request: { audience?: string; expirationSeconds: number }): Promise<string>;
}

export interface VolumeContext extends VolumeRequest {
  /** The folder of this volume in this pod. */
  folder: string;
  /** The mount point of this volume for all pods of the node; empty for a kind that is not staged. */
  staging: string;
}

export interface PublishedVolume {
  /** Path on the node that containers mount. */
  path: string;
  /** Containers may not write to it, whatever they ask for. */
  readOnly: boolean;
}

/**
 * Every step may be repeated, and finds by itself what was done before: in the mount table, or on the disk. An Error's
 * message goes into the pod's FailedMount event.
 */
export interface VolumePlugin {
  /** The plugin's field in `spec.volumes[]`: `configMap`. */
  readonly field: keyof Volume & string;
  /** Folder-name part: `configmap`. */
  readonly name: string;
  /** A name for what is mounted once on the node and shared by pods. With it, `stage` mounts that at `staging`. */
  handle?(volume: Volume, context: VolumeRequest): string;
  stage?(volume: Volume, context: VolumeContext): Promise<void>;
  /** Undone when no pod uses what is staged any more, before it is unmounted. */
  unstage?(staging: string): Promise<void>;
  /** Makes the volume for one pod. */
  publish(volume: Volume, context: VolumeContext): Promise<PublishedVolume>;
  /** Writes the content as the cluster has it now. */
  refresh?(volume: Volume, context: VolumeContext): Promise<void>;
  /** Undone when the pod is over, before its folder is unmounted and removed. */
  unpublish?(folder: string): Promise<void>;
}
