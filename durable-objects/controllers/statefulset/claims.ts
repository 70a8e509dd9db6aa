/**
 * The claims of a StatefulSet's pods, and their owners by `persistentVolumeClaimRetentionPolicy` (KEP-1847; upstream
 * `statefulset/stateful_set_utils.go`, `stateful_pod_control.go`).
 */
import type { KubeObject, OwnerReference } from '../../../kube/machinery/object.ts';
import type { PersistentVolumeClaim, StatefulSet } from '../../../kube/types.ts';
import { controllerRef } from '../common/controller-ref.ts';
import type { View } from '../runtime/view/view.ts';
import { claimName, isInRange, podName } from './pod.ts';

export const CLAIMS = 'persistentvolumeclaims';

/** A pod of the set, made or not. */
export interface Claimant {
  ordinal: number;
  /** '' of a pod that is not made. */
  uid: string;
}

/** The claims as they are to be made, in the order of their templates. */
export function claimsFor(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
  const matchLabels = set.spec?.selector?.matchLabels as Record<string, string> | undefined;
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const { metadata, spec } = template;
    const labels = { ...metadata?.labels, ...matchLabels };
    const named = { ...metadata, name: claimName(set, template, ordinal), namespace: set.metadata.namespace, labels };
    return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: named, spec } as PersistentVolumeClaim;
  });
}

export interface Present {
  wanted: PersistentVolumeClaim;
  /** undefined where there is no such claim yet. */
  claim: PersistentVolumeClaim | undefined;
}

/** The claims beside what there is of them. */
export function presentClaims(set: StatefulSet, ordinal: number, view: View): Present[] {
  return claimsFor(set, ordinal).map((wanted) => ({
    wanted,
    claim: view.get<PersistentVolumeClaim>(CLAIMS, wanted.metadata.namespace ?? '', wanted.metadata.name ?? ''),
  }));
}

/** A claim of an earlier pod of the name, which is about to go with it. */
export function isStale(set: StatefulSet, claim: PersistentVolumeClaim, pod: Claimant): boolean {
  return policyOf(set).whenScaled !== 'Retain' && hasStaleOwner(claim, podOf(set, pod));
}

/** Another object controls the claim, so that the policy cannot. */
export function hasConflict(set: StatefulSet, claim: PersistentVolumeClaim, pod: Claimant): boolean {
  const { whenDeleted, whenScaled } = policyOf(set);
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false;
  const [own, podRef] = [controllerRef(set as unknown as KubeObject), podOf(set, pod)];
  return ownersOf(claim).some((reference) => {
    if (isNamed(reference, own)) return reference.uid !== own.uid;
    if (isNamed(reference, podRef)) return reference.uid !== podRef.uid;
    return reference.controller === true;
  });
}

/** The claim with the owners that the policy asks for; undefined where it has them, or is another's. */
export function withOwners(
  set: StatefulSet,
  claim: PersistentVolumeClaim,
  pod: Claimant,
): PersistentVolumeClaim | undefined {
  const [own, podRef] = [controllerRef(set as unknown as KubeObject), podOf(set, pod)];
  if (hasStaleOwner(claim, own) || hasStaleOwner(claim, podRef)) return undefined;
  const owners = ownersOf(claim);
  const others = owners.filter((reference) => !isNamed(reference, own) && !isNamed(reference, podRef));
  const has = { set: isOwned(claim, own), pod: isOwned(claim, podRef) };
  if (hasConflict(set, claim, pod)) return has.set || has.pod ? owned(claim, others) : undefined;
  const isUncontrolled = owners.some(({ uid, controller }) => (uid === own.uid || uid === podRef.uid) && !controller);
  const wants = wantedOwners(set, pod);
  if (!isUncontrolled && has.set === wants.set && has.pod === wants.pod) return undefined;
  return owned(claim, [...others, ...(wants.pod ? [podRef] : []), ...(wants.set ? [own] : [])]);
}

/** A claim goes with the set, or with a pod that the set is scaled below. */
function wantedOwners(set: StatefulSet, { ordinal }: Claimant): { set: boolean; pod: boolean } {
  const { whenDeleted, whenScaled } = policyOf(set);
  const isScaledDown = whenScaled === 'Delete' && !isInRange(set, ordinal);
  return { set: whenDeleted === 'Delete' && !isScaledDown, pod: isScaledDown };
}

function policyOf({ spec }: StatefulSet): { whenDeleted: string; whenScaled: string } {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec?.persistentVolumeClaimRetentionPolicy ?? {};
  return { whenDeleted, whenScaled };
}

function podOf(set: StatefulSet, { ordinal, uid }: Claimant): OwnerReference {
  const name = podName(set, ordinal);
  return { apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true };
}

function ownersOf({ metadata }: PersistentVolumeClaim): OwnerReference[] {
  return (metadata.ownerReferences ?? []) as OwnerReference[];
}

function owned(claim: PersistentVolumeClaim, ownerReferences: OwnerReference[]): PersistentVolumeClaim {
  return { ...claim, metadata: { ...claim.metadata, ownerReferences } };
}

function isNamed(reference: OwnerReference, owner: OwnerReference): boolean {
  return reference.apiVersion === owner.apiVersion && reference.kind === owner.kind && reference.name === owner.name;
}

function isOwned(claim: PersistentVolumeClaim, { uid }: OwnerReference): boolean {
  return ownersOf(claim).some((reference) => reference.uid === uid);
}

function hasStaleOwner(claim: PersistentVolumeClaim, owner: OwnerReference): boolean {
  const reference = ownersOf(claim).find((each) => isNamed(each, owner));
  return reference !== undefined && reference.uid !== owner.uid;
}
