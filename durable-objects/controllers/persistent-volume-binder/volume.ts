/** One look at a volume: its phase, and the claim that it is bound to (`syncVolume`). */
import { EXTERNAL_FINALIZER, IN_TREE_FINALIZER, PROVISIONED_BY } from '../../../kube/volumes/annotations.ts';
import { driverInPlaceOf, migratedAnnotations } from '../../../kube/volumes/migration.ts';
import type { View } from '../runtime/view/view.ts';
import { type Claim, Draft, type Volume } from './binding.ts';
import { CLAIMS } from './facts.ts';
import { IN_TREE } from './plugins.ts';
import { type Again, type Run, reclaim } from './reclaim.ts';

export function syncVolume(stored: Volume, view: View, run: Run): { draft: Draft; again?: Again } {
  const draft = new Draft();
  const volume = annealed(stored, draft);
  const { claimRef: reference } = volume.spec ?? {};
  if (!reference?.uid) {
    draft.setVolumePhase(volume, 'Available');
    return { draft };
  }
  const named = view.get<Claim>(CLAIMS, reference.namespace ?? '', reference.name ?? '');
  const claim = named?.metadata.uid === reference.uid ? named : undefined;
  const { name = '' } = volume.metadata;
  if (!claim) return { draft, again: release(volume, view, draft, run) };
  const bound = claim.spec?.volumeName;
  if (bound === name) draft.setVolumePhase(volume, 'Bound');
  else if (!bound) tellOfModes(volume, claim, draft);
  else if (isProvisioned(volume)) return { draft, again: release(volume, view, draft, run) };
  else draft.unbind(volume);
  return { draft };
}

/** Its claim has another volume, so that this one is needed no more. */
function isProvisioned({ metadata, spec }: Volume): boolean {
  return metadata.annotations?.[PROVISIONED_BY] !== undefined && spec?.persistentVolumeReclaimPolicy === 'Delete';
}

function release(volume: Volume, view: View, draft: Draft, run: Run): Again | undefined {
  const { phase } = volume.status ?? {};
  // A failure stays in sight while the volume is reclaimed anew.
  const isTold = phase === 'Released' || phase === 'Failed';
  return reclaim(isTold ? volume : draft.setVolumePhase(volume, 'Released'), view, draft, run);
}

/** The claim's own run binds it, unless it cannot. */
function tellOfModes(volume: Volume, claim: Claim, draft: Draft): void {
  if ((volume.spec?.volumeMode ?? 'Filesystem') === (claim.spec?.volumeMode ?? 'Filesystem')) return;
  const quoted = (name: string | undefined): string => JSON.stringify(name ?? '');
  const reason = 'VolumeMismatch';
  const why = 'due to incompatible volumeMode.';
  const ofVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${quoted(claim.metadata.name)} ${why}`;
  const ofClaim = `Cannot bind PersistentVolume ${quoted(volume.metadata.name)} to requested PersistentVolumeClaim ${why}`;
  draft.event(volume, { type: 'Warning', reason, message: ofVolume });
  draft.event(claim, { type: 'Warning', reason, message: ofClaim });
}

/** The annotations and finalizers as they should be (`updateVolumeMigrationAnnotationsAndFinalizers`). */
function annealed(volume: Volume, draft: Draft): Volume {
  const { metadata } = volume;
  const annotations = migratedAnnotations(metadata.annotations, metadata.annotations?.[PROVISIONED_BY]);
  const finalizers = finalizersOf(volume);
  if (!annotations && !finalizers) return volume;
  const changed = { ...metadata, ...(annotations ? { annotations } : {}), ...(finalizers ? { finalizers } : {}) };
  return draft.update({ ...volume, metadata: changed });
}

function finalizersOf({ metadata, spec }: Volume): string[] | undefined {
  const provisioner = metadata.annotations?.[PROVISIONED_BY];
  if (provisioner === undefined) return undefined;
  const { finalizers = [] } = metadata;
  const isHeld = finalizers.includes(IN_TREE_FINALIZER);
  if (driverInPlaceOf(provisioner) !== undefined) {
    return isHeld ? finalizers.filter((name) => name !== IN_TREE_FINALIZER) : undefined;
  }
  if (!provisioner.startsWith(IN_TREE)) return undefined;
  const holds = spec?.persistentVolumeReclaimPolicy === 'Delete';
  const others = finalizers.filter((name) => name !== IN_TREE_FINALIZER && name !== EXTERNAL_FINALIZER);
  const wanted = isHeld && holds ? finalizers.filter((name) => name !== EXTERNAL_FINALIZER) : others;
  if (holds && !isHeld) wanted.push(IN_TREE_FINALIZER);
  return wanted.length === finalizers.length && holds === isHeld ? undefined : wanted;
}
