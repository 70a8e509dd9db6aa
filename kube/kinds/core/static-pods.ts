/** Static pods, which a kubelet reads from files, and their mirrors in the API (kubelet `types/pod_update.go`). */
import type { Pod } from '../../types.ts';

export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_SOURCE = 'kubernetes.io/config.source';
export const CONFIG_SEEN = 'kubernetes.io/config.seen';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';

/** The sources that a pod may have. */
export const FILE_SOURCE = 'file';
export const API_SOURCE = 'api';

type WithAnnotations = Pick<Pod, 'metadata'>;

export const isMirrorPod = ({ metadata }: WithAnnotations): boolean =>
  metadata.annotations?.[CONFIG_MIRROR] !== undefined;

/** Only a kubelet may ask: its sources set the annotation. In the API any client may have set it. */
export const isStaticPod = ({ metadata }: WithAnnotations): boolean =>
  metadata.annotations?.[CONFIG_SOURCE] === FILE_SOURCE;
