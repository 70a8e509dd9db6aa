/** A volume whose claim is gone is kept, deleted or recycled (`reclaimVolume`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { IN_TREE_FINALIZER, MIGRATED_TO, PROVISIONED_BY } from '../../../kube/volumes/annotations.ts';
import type { View } from '../runtime/view/view.ts';
import type { Draft, Volume } from './binding.ts';
import { CLAIMS, ofClaim, podsByClaim, VOLUMES } from './facts.ts';
import { IN_TREE, lacking, undeletable } from './plugins.ts';
import { createRecycler, deleteRecycler, isOlderThan, recyclerEnd, recyclerName } from './recycler.ts';

/** A run that is to come without any change; `memo`: its time. */
export interface Again {
  requeueAfter: number;
  memo: string;
}

export interface Run {
  /** Milliseconds since the epoch. */
  now: number;
  /** Of {@link Again}. */
  memo?: string;
}

const RECYCLE = 'VolumeFailedRecycle';
/** Upstream looks at everything anew as often. */
const SYNC_PERIOD = 15_000;

export function reclaim(volume: Volume, view: View, draft: Draft, run: Run): Again | undefined {
  if (volume.metadata.annotations?.[MIGRATED_TO]) return undefined;
  const policy = volume.spec?.persistentVolumeReclaimPolicy;
  if (policy === 'Recycle') return recycle(volume, view, draft, run);
  if (policy === 'Delete') remove(volume, draft);
  return undefined;
}

function fail(volume: Volume, draft: Draft, reason: string, message: string): void {
  draft.setVolumePhase(volume, 'Failed', message, { type: 'Warning', reason, message });
}

/** Why it cannot be deleted; 'elsewhere' where that is for another to do; undefined where it can. */
function refusal(volume: Volume): string | undefined {
  const { metadata, spec } = volume;
  const provisioner = metadata.annotations?.[PROVISIONED_BY];
  const why = provisioner ? lacking('deletable', provisioner) : undeletable(volume);
  if (why === undefined) return undefined;
  const isExternal = provisioner ? !provisioner.startsWith(IN_TREE) : spec?.csi !== undefined;
  return isExternal ? 'elsewhere' : why;
}

/** Of the plugin for volumes on a host (`host_path.go`). */
function deleterProblem({ metadata, spec }: Volume): string | undefined {
  const path = spec?.hostPath?.path;
  if (path === undefined) {
    const why = 'spec.PersistentVolumeSource.HostPath is nil';
    return `failed to create deleter for volume ${JSON.stringify(metadata.name)}: ${why}`;
  }
  return /\/tmp\/.+/.test(path) ? undefined : `host_path deleter only supports /tmp/.+ but received provided ${path}`;
}

function remove(volume: Volume, draft: Draft): void {
  const why = refusal(volume);
  if (why === 'elsewhere') return;
  const problem = why ?? deleterProblem(volume);
  if (problem !== undefined) {
    fail(volume, draft, 'VolumeFailedDelete', problem);
    return;
  }
  const { metadata } = volume;
  const { finalizers = [], name = '', uid } = metadata;
  if (finalizers.includes(IN_TREE_FINALIZER)) {
    const others = finalizers.filter((finalizer) => finalizer !== IN_TREE_FINALIZER);
    draft.update({ ...volume, metadata: { ...metadata, finalizers: others } });
  }
  if (metadata.deletionTimestamp) return;
  draft.actions.push({ do: 'delete', target: { resource: VOLUMES, namespace: '', name, uid } });
}

/** A pod empties it, and then it is free again. */
function recycle(volume: Volume, view: View, draft: Draft, { now, memo }: Run): Again | undefined {
  const { namespace = '', name = '' } = volume.spec?.claimRef ?? {};
  const users = [...view.index(podsByClaim, ofClaim(namespace, name))].map((pod) => `${pod.namespace}/${pod.name}`);
  if (users.length > 0 && !view.get(CLAIMS, namespace, name)) {
    const message = `Volume is used by pods: ${users.sort().join(',')}`;
    draft.event(volume, { type: 'Normal', reason: RECYCLE, message });
    return undefined;
  }
  if (!volume.spec?.hostPath && !volume.spec?.nfs) {
    fail(volume, draft, RECYCLE, 'No recycler plugin found for the volume!');
    return undefined;
  }
  const pod = view.get<KubeObject>('pods', 'default', recyclerName(volume));
  if (!pod) {
    const due = memo === undefined ? now + SYNC_PERIOD : Number(memo);
    if (volume.status?.phase === 'Failed' && now < due) return { requeueAfter: due - now, memo: String(due) };
    draft.actions.push(createRecycler(volume));
    return undefined;
  }
  if (isOlderThan(pod, volume)) {
    // It was not made to empty the volume, whatever became of it.
    draft.actions.push(deleteRecycler(volume));
    fail(volume, draft, RECYCLE, 'Recycle failed: old recycler pod found, will retry later');
    return undefined;
  }
  const end = recyclerEnd(pod);
  if (end === undefined) return undefined;
  draft.actions.push(deleteRecycler(volume));
  if (end.error !== undefined) fail(volume, draft, RECYCLE, `Recycle failed: failed to recycle volume: ${end.error}`);
  else {
    draft.event(volume, { type: 'Normal', reason: 'VolumeRecycled', message: 'Volume recycled' });
    draft.unbind(volume);
  }
  return undefined;
}
