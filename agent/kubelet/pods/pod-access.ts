/** The state that the parts of one pod's worker share: the pod as it is now, and its memory. */
import { about, type PodEvent, type PodMemory } from '../../../kube/pod-lifecycle/index.ts';
import type { Pod } from '../../../kube/types.ts';
import type { VolumeRequest } from '../../volumes/volume.ts';
import type { PodPorts } from './pod-ports.ts';

export interface PodAccess {
  pod(): Pod;
  memory(): PodMemory;
  remember(memory: PodMemory): void;
  /** Something has changed: the pod must be looked at. */
  wake(): void;
}

export interface ActionOutcome {
  /** Something in the runtime changed: look again at once. */
  acted: boolean;
  /** The start of a container has begun. */
  begun?: boolean;
  /** The rest of the actions make no sense now. */
  stop?: boolean;
  /** The action has failed before, and is not worth trying again earlier. */
  retryAt?: number;
}

/** Records an event about the pod, or about one of its containers. */
export function recordEvent(ports: PodPorts, pod: Pod, event: PodEvent, container?: string): void {
  ports.events.pod(pod, container === undefined ? event : about(pod, container, event));
}

export function volumeRequest(ports: PodPorts, pod: Pod, podIPs: readonly string[]): VolumeRequest {
  const { tokens, objects, owner, hostIPs, allocatable } = ports;
  const { namespace = '', uid = '' } = pod.metadata;
  return {
    pod,
    node: { name: owner.node, hostIPs: hostIPs(), allocatable },
    podIPs,
    object: (resource, object) => objects.get(resource, namespace, object, uid),
    claim: (name) => objects.read(`/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}`),
    persistentVolume: (name) => objects.read(`/api/v1/persistentvolumes/${name}`),
    nodeLabels: async () => (await objects.read(`/api/v1/nodes/${owner.node}`))?.metadata.labels ?? {},
    serviceAccountToken: ({ audience, expirationSeconds }) => tokens.get(pod, audience, expirationSeconds),
  };
}
