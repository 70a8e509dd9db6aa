import { keyOf } from '../../../kube/machinery/resource.ts';
import type { PersistentVolumeClaim, Pod, StorageClass } from '../../../kube/types.ts';
import { SELECTED_NODE } from '../../../kube/volumes/annotations.ts';
import { boundTo, isFullyBound } from '../../../kube/volumes/binding.ts';
import { claimClass, isDelayed } from '../../../kube/volumes/classes.ts';
import { claimsOf } from '../cache/claims.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { DEFAULT_ARGS, type VolumeBindingArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Plugin, Wait, Write } from '../framework/interface.ts';
import { type Rejection, unresolvable } from '../framework/rejection.ts';
import {
  claimKey,
  findPodVolumes,
  type PodVolumeClaims,
  podVolumeClaims,
  type VolumeNode,
  volumeKey,
} from '../volumes/pod-volumes.ts';
import { concernsVolumes } from '../volumes/queueing-hints.ts';

const STATE = 'VolumeBinding';

type Claim = PersistentVolumeClaim;

/**
 * Claims must exist and, unless their class waits for a consumer, be bound; the node must be one that their volumes can be
 * reached from. Claims that wait get a volume with the node, or its name, by which a provisioner makes one there; the pod
 * is bound once they are (`volumebinding/volume_binding.go`, `binder.go`).
 */
export function volumeBinding({ bindTimeoutSeconds }: VolumeBindingArgs): Plugin {
  return {
    name: 'VolumeBinding',
    prefers: 'volumes',
    wakesOn: [
      'changed:persistentvolumeclaims',
      'changed:persistentvolumes',
      'changed:storageclasses.storage.k8s.io',
      'changed:csidrivers.storage.k8s.io',
      'changed:csistoragecapacities.storage.k8s.io',
      'node-added',
      'node-labels',
    ],
    hint: concernsVolumes,

    preFilter(cycle) {
      const { pod, snapshot } = cycle;
      const claims = claimsOf(pod, snapshot);
      if (claims.length === 0) return 'skip';
      const bound: Claim[] = [];
      const delayed: Claim[] = [];
      let isImmediate = false;
      for (const { name, ephemeral, claim } of claims) {
        const problem = problemOf(pod, name, ephemeral, claim);
        if (problem !== undefined || !claim) return unresolvable(problem ?? '');
        if (isFullyBound(claim)) bound.push(claim);
        else if (!claim.spec?.volumeName && waitsForConsumer(claim, snapshot)) delayed.push(claim);
        else isImmediate = true;
      }
      if (isImmediate) return unresolvable('pod has unbound immediate PersistentVolumeClaims');
      const state = podVolumeClaims(bound, delayed, snapshot);
      if (delayed.length === 0 && state.bound.every((volume) => volume && !volume.nodeTerms)) return 'skip';
      cycle.set(STATE, state);
      return undefined;
    },

    filter(cycle, node): Rejection | undefined {
      const found = findPodVolumes(cycle.get<PodVolumeClaims>(STATE)!, seen(node), cycle.snapshot);
      return Array.isArray(found) ? unresolvable(...found) : undefined;
    },

    preBind(cycle, node): Rejection | Wait | undefined {
      const state = cycle.get<PodVolumeClaims>(STATE);
      if (!state || state.delayed.length === 0) return undefined;
      return handOver(cycle, state, seen(node), bindTimeoutSeconds * 1000);
    },
  };
}

export const VolumeBinding = volumeBinding(DEFAULT_ARGS.VolumeBinding);

function seen({ name, facts }: NodeInfo): VolumeNode {
  return { name, labels: facts?.labels ?? {} };
}

function problemOf(pod: Pod, name: string, isEphemeral: boolean, claim: Claim | undefined): string | undefined {
  const quoted = JSON.stringify(name);
  if (!claim) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
      : `persistentvolumeclaim ${quoted} not found`;
  }
  const { metadata, spec, status } = claim;
  if (status?.phase === 'Lost') {
    return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${JSON.stringify(spec?.volumeName ?? '')}`;
  }
  if (metadata.deletionTimestamp) return `persistentvolumeclaim ${quoted} is being deleted`;
  const isOwn = metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pod.metadata.uid);
  if (!isEphemeral || isOwn) return undefined;
  const { namespace } = pod.metadata;
  return `PVC ${namespace}/${name} was not created for pod ${namespace}/${pod.metadata.name} (pod is not owner)`;
}

function waitsForConsumer(claim: Claim, snapshot: Snapshot): boolean {
  const key = keyOf('storageclasses.storage.k8s.io', '', claimClass(claim));
  return isDelayed(snapshot.lookup(key) as unknown as StorageClass | undefined);
}

/**
 * Tells the binder and provisioners of the decision, and waits for them (`BindPodVolumes`). What is written counts for
 * other pods already while it is on its way.
 */
function handOver(
  { snapshot, hasWaited }: CycleState,
  state: PodVolumeClaims,
  node: VolumeNode,
  timeout: number,
): Rejection | Wait {
  const found = findPodVolumes(state, node, snapshot);
  if (Array.isArray(found)) return unresolvable(...found);
  const writes: Write[] = [];
  const assumed: [string, string][] = [];
  let undone: string | undefined;
  for (const { claim, volume } of found.bindings) {
    const body = boundTo(volume.object, claim);
    if (!body || snapshot.assumed.has(volumeKey(volume.name))) continue;
    undone ??= `ClaimRef got reset for pv ${JSON.stringify(volume.name)}`;
    writes.push({ method: 'PUT', path: `/api/v1/persistentvolumes/${volume.name}`, body });
    assumed.push([volumeKey(volume.name), claim.metadata.uid ?? '']);
  }
  for (const claim of found.provisions) {
    const { metadata } = claim;
    if (metadata.annotations?.[SELECTED_NODE] !== undefined || snapshot.assumed.has(claimKey(claim))) continue;
    undone ??= `provisioning failed for PVC ${JSON.stringify(metadata.name)}`;
    const annotations = { ...metadata.annotations, [SELECTED_NODE]: node.name };
    const path = `/api/v1/namespaces/${metadata.namespace}/persistentvolumeclaims/${metadata.name}`;
    writes.push({ method: 'PUT', path, body: { ...claim, metadata: { ...metadata, annotations } } });
    assumed.push([claimKey(claim), node.name]);
  }
  if (hasWaited && undone !== undefined) return unresolvable(`binding volumes: ${undone}`);
  for (const [key, value] of assumed) snapshot.assumed.set(key, value);
  return {
    timeout,
    expired: 'binding volumes: context deadline exceeded',
    writes,
    written: () => {
      for (const [key] of assumed) snapshot.assumed.delete(key);
    },
  };
}
