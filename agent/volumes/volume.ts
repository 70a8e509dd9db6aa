/** What a kind of volume must do. One file each; `index.ts` is the table. */
import type { KubeObject } from '../../kube/machinery/object.ts';
import type { Pod, PodSpec } from '../../kube/types.ts';

export type Volume = NonNullable<PodSpec['volumes']>[number];

export interface VolumeContext {
  pod: Pod;
  /** Addresses known so far, for the downward API. */
  node: { name: string; hostIPs: readonly string[]; allocatable: Readonly<Record<string, string>> };
  podIPs: readonly string[];
  /** Where this volume's files go; made and removed by the caller. */
  folder: string;
  object<T extends KubeObject>(resource: 'configmaps' | 'secrets', name: string): Promise<T | undefined>;
  /** A bound service account token (TokenRequest). */
  serviceAccountToken(request: { audience?: string; expirationSeconds: number }): Promise<string>;
}

export interface VolumePlugin {
  /** Its field in `spec.volumes[]`: `configMap`. */
  field: keyof Volume & string;
  /** Folder-name part: `configmap`. */
  name: string;
  /**
   * Makes the volume, or brings it up to date, and returns the host path to mount. Throws an Error whose message goes
   * into the pod's FailedMount event.
   */
  setUp(volume: Volume, context: VolumeContext): Promise<string>;
  /** Undoes what removing the folder does not. */
  tearDown?(folder: string): void;
}
