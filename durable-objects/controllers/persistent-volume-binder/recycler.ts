/** The pod that empties a volume (`recycler_client.go`, `NewPersistentVolumeRecyclerPodTemplate`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { unitsOf } from '../../../kube/machinery/quantity.ts';
import { timeOf } from '../../../kube/machinery/time.ts';
import type { Pod } from '../../../kube/types.ts';
import { capacityOf } from '../../../kube/volumes/matching.ts';
import type { Action } from '../runtime/plan.ts';
import type { Volume } from './binding.ts';

const PREFIX = 'recycler-for-';
export const RECYCLER_NAMESPACE = 'default';
const GI = 2 ** 30;
/** Seconds for each Gi of the volume. */
const TIME_PER_GI = 30;
const LEAST_TIME = { hostPath: 60, nfs: 300 };
const SCRIPT = 'test -e /scrub && find /scrub -mindepth 1 -delete && test -z "$(ls -A /scrub)" || exit 1';

export function recyclerName({ metadata }: Volume): string {
  return `${PREFIX}${metadata.name}`;
}

/** The name of the volume that a pod is to empty. */
export function recycledBy(pod: string): string | undefined {
  return pod.startsWith(PREFIX) ? pod.slice(PREFIX.length) : undefined;
}

export function createRecycler(volume: Volume): Action {
  const { hostPath, nfs, capacity } = volume.spec ?? {};
  const least = hostPath ? LEAST_TIME.hostPath : LEAST_TIME.nfs;
  const time = Math.floor(unitsOf(capacityOf(capacity)) / GI) * TIME_PER_GI;
  const source = hostPath
    ? { hostPath: { path: hostPath.path } }
    : { nfs: { server: nfs?.server ?? '', path: nfs?.path ?? '' } };
  return {
    do: 'create',
    resource: 'pods',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: recyclerName(volume), namespace: RECYCLER_NAMESPACE },
      spec: {
        activeDeadlineSeconds: Math.max(time, least),
        restartPolicy: 'Never',
        volumes: [{ name: 'vol', ...source }],
        containers: [
          {
            name: 'pv-recycler',
            image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.6',
            command: ['/bin/sh'],
            args: ['-c', SCRIPT],
            volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
          },
        ],
      },
    } as KubeObject,
    ignore: ['AlreadyExists'],
  };
}

export function deleteRecycler(volume: Volume): Action {
  return {
    do: 'delete',
    target: { resource: 'pods', namespace: RECYCLER_NAMESPACE, name: recyclerName(volume) },
  };
}

/** A pod that was there before the volume came to be released, or failed: anyone may make one of that name. */
export function isOlderThan({ metadata }: KubeObject, { status }: Volume): boolean {
  return timeOf(metadata.creationTimestamp) < timeOf(status?.lastPhaseTransitionTime);
}

/** Undefined while it runs. */
export function recyclerEnd(pod: KubeObject): { error?: string } | undefined {
  const { phase, message } = (pod as unknown as Pod).status ?? {};
  if (phase === 'Succeeded') return {};
  return phase === 'Failed' ? { error: message || 'pod failed, pod.Status.Message unknown' } : undefined;
}
