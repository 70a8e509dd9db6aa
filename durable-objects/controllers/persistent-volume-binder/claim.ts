/** One look at a claim: it is bound to a volume, has one provisioned, or waits (`syncClaim`). */
import type { StorageClass } from '../../../kube/types.ts';
import {
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from '../../../kube/volumes/annotations.ts';
import { refersTo } from '../../../kube/volumes/binding.ts';
import { claimClass, defaultClassOf, hasClass, isDelayed } from '../../../kube/volumes/classes.ts';
import { mismatch } from '../../../kube/volumes/matching.ts';
import { migratedAnnotations } from '../../../kube/volumes/migration.ts';
import type { View } from '../runtime/view/view.ts';
import { type Claim, Draft, type Volume } from './binding.ts';
import { CLASSES, ofClaim, podClaims, podsByClaim, VOLUMES } from './facts.ts';
import { provision } from './provision.ts';
import { bestMatch } from './search.ts';

export function syncClaim(stored: Claim, view: View): Draft {
  const draft = new Draft();
  const claim = annealed(stored, draft);
  if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) syncBound(claim, view, draft);
  else if (claim.spec?.volumeName) syncNamed(claim, claim.spec.volumeName, view, draft);
  else syncUnbound(claim, view, draft);
  return draft;
}

function annealed(claim: Claim, draft: Draft): Claim {
  const { annotations } = claim.metadata;
  const provisioner = annotations?.[STORAGE_PROVISIONER] ?? annotations?.[BETA_STORAGE_PROVISIONER];
  const migrated = migratedAnnotations(annotations, provisioner);
  return migrated ? draft.update({ ...claim, metadata: { ...claim.metadata, annotations: migrated } }) : claim;
}

function volumeOf(view: View, name: string): Volume | undefined {
  return view.get<Volume>(VOLUMES, '', name);
}

/** Any volume will do. */
function syncUnbound(claim: Claim, view: View, draft: Draft): void {
  const name = claimClass(claim);
  const storageClass = name === '' ? undefined : view.get<StorageClass>(CLASSES, '', name);
  const waits = isDelayed(storageClass);
  const match = bestMatch(claim, waits, view);
  if (match) {
    draft.bind(match, claim);
    return;
  }
  const byDefault = hasClass(claim) ? undefined : defaultClassOf(view.list<StorageClass>(CLASSES));
  if (byDefault !== undefined) {
    draft.update({ ...claim, spec: { ...claim.spec, storageClassName: byDefault } } as Claim);
    return;
  }
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) tellOfConsumers(claim, view, draft);
  else if (name !== '') {
    provision(claim, name, storageClass, draft);
    return;
  } else {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    draft.event(claim, { type: 'Normal', reason: 'FailedBinding', message });
  }
  draft.setClaimPhase(claim, 'Pending');
}

function tellOfConsumers(claim: Claim, view: View, draft: Draft): void {
  const { namespace = '', name = '' } = claim.metadata;
  const pods = [...view.index(podsByClaim, ofClaim(namespace, name))]
    .filter((pod) => !podClaims.of(pod)?.isScheduled)
    .map((pod) => pod.name)
    .sort();
  const message = 'waiting for first consumer to be created before binding';
  if (pods.length === 0) draft.event(claim, { type: 'Normal', reason: 'WaitForFirstConsumer', message });
  else {
    const waited = `waiting for pod${pods.length > 1 ? 's' : ''} ${pods.join(',')} to be scheduled`;
    draft.event(claim, { type: 'Normal', reason: 'WaitForPodScheduled', message: waited });
  }
}

/** The claim names its volume. */
function syncNamed(claim: Claim, name: string, view: View, draft: Draft): void {
  const volume = volumeOf(view, name);
  const reference = volume?.spec?.claimRef;
  if (!volume) draft.setClaimPhase(claim, 'Pending');
  else if (!reference) {
    const why = mismatch(volume, claim);
    if (why === undefined) {
      draft.bind(volume, claim);
      return;
    }
    const message = `Cannot bind to requested volume ${JSON.stringify(name)}: ${why}`;
    draft.event(claim, { type: 'Warning', reason: 'VolumeMismatch', message });
    draft.setClaimPhase(claim, 'Pending');
  } else if (refersTo(reference, claim)) draft.bind(volume, claim);
  else {
    const message = `volume ${JSON.stringify(name)} already bound to a different claim.`;
    draft.event(claim, { type: 'Warning', reason: 'FailedBinding', message });
    const isOwnDoing = claim.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
    if (!isOwnDoing) draft.setClaimPhase(claim, 'Pending');
  }
}

/** The claim was bound once. */
function syncBound(claim: Claim, view: View, draft: Draft): void {
  const lose = (reason: string, message: string): void => {
    draft.setClaimPhase(claim, 'Lost', undefined, { type: 'Warning', reason, message });
  };
  const name = claim.spec?.volumeName;
  if (!name) {
    lose('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
    return;
  }
  const volume = volumeOf(view, name);
  if (!volume) lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  else if (!volume.spec?.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) draft.bind(volume, claim);
  else lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
