/**
 * The volume that a claim of the pod is bound to (kubelet `volumemanager/populator/desired_state_of_world_populator.go`):
 * a folder or a path of this node. Others have drivers of their own, which this agent does not run.
 */
import type { PersistentVolume, PersistentVolumeClaim } from '../../kube/types.ts';
import { isLocalPath } from '../../kube/volumes/local-path.ts';
import { isReachable, volumeFacts } from '../../kube/volumes/matching.ts';
import { hostPathVolume } from './host-path.ts';
import { makeLocalVolume } from './local-path.ts';
import type { PublishedVolume, Volume, VolumeContext, VolumePlugin } from './volume.ts';

/** Not where a volume lies, but what it is. */
const COMMON: ReadonlySet<string> = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

export const claimVolume: VolumePlugin = {
  field: 'persistentVolumeClaim',
  name: 'persistent-volume-claim',
  publish(volume, context) {
    const { claimName = '', readOnly = false } = volume.persistentVolumeClaim ?? {};
    return publish(claimName, readOnly, context);
  },
};

/** A claim that was made for the pod, and is named after it. */
export const ephemeralVolume: VolumePlugin = {
  field: 'ephemeral',
  name: 'ephemeral',
  publish: (volume, context) => publish(`${context.pod.metadata.name}-${volume.name}`, false, context, true),
};

async function publish(
  name: string,
  readOnly: boolean,
  context: VolumeContext,
  isOwn = false,
): Promise<PublishedVolume> {
  const volume = await boundVolume(name, context, isOwn);
  if (volume.spec?.volumeMode === 'Block') throw new Error('block volumes are not built into this node agent yet');
  const labels = await context.nodeLabels();
  if (!isReachable(volumeFacts(volume), labels)) throw new Error('no matching NodeSelectorTerms');
  return { path: await pathOf(volume, context), readOnly };
}

async function boundVolume(name: string, context: VolumeContext, isOwn: boolean): Promise<PersistentVolume> {
  const { namespace = '', uid } = context.pod.metadata;
  const claim = await context.claim(name);
  const problem = (why: string): Error => new Error(`error processing PVC ${namespace}/${name}: ${why}`);
  if (!claim)
    throw problem(`failed to fetch PVC from API server: persistentvolumeclaims ${JSON.stringify(name)} not found`);
  if (isOwn && !claim.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid)) {
    const { name: pod } = context.pod.metadata;
    throw problem(`PVC ${namespace}/${name} was not created for pod ${namespace}/${pod} (pod is not owner)`);
  }
  if (claim.metadata.deletionTimestamp) throw problem('PVC is being deleted');
  const { volumeName = '' } = claim.spec ?? {};
  const phase = claim.status?.phase ?? '';
  if (phase !== 'Bound' || volumeName === '') {
    const [shownPhase, shownName] = [JSON.stringify(phase), JSON.stringify(volumeName)];
    throw problem(
      `PVC ${namespace}/${name} has non-bound phase (${shownPhase}) or empty pvc.Spec.VolumeName (${shownName})`,
    );
  }
  const volume = await context.persistentVolume(volumeName);
  if (!volume) throw problem(`failed to fetch PV ${volumeName} from API server: not found`);
  if (!isBound(volume, claim)) throw problem(`found PV object ${volumeName} with an incorrect pv.Spec.ClaimRef.UID`);
  return volume;
}

function isBound({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  return spec?.claimRef?.uid === metadata.uid;
}

async function pathOf(volume: PersistentVolume, context: VolumeContext): Promise<string> {
  const { hostPath, local } = volume.spec ?? {};
  const { fsGroup } = context.pod.spec?.securityContext ?? {};
  if (hostPath && isLocalPath(volume)) {
    await makeLocalVolume(hostPath.path, fsGroup);
    return hostPath.path;
  }
  const name = volume.metadata.name ?? '';
  if (hostPath) return (await hostPathVolume.publish({ name, hostPath } as Volume, context)).path;
  if (local) {
    const here = { name, hostPath: { path: local.path, type: 'Directory' } };
    return (await hostPathVolume.publish(here as Volume, context)).path;
  }
  const kind = Object.keys(volume.spec ?? {}).find((field) => !COMMON.has(field)) ?? 'of this kind';
  throw new Error(`persistent volumes of kind ${kind} are not built into this node agent yet`);
}
