/** How a volume and a claim are bound to one another (`storage/volume/pv_helpers.go`). */
import { sameJson } from '../machinery/equality.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../types.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER } from './annotations.ts';

interface Reference {
  namespace?: string;
  name?: string;
  uid?: string;
}

/** Whether a volume's reference is to the claim; one without a uid is to any claim of its name. */
export function refersTo(
  reference: Reference | undefined,
  { metadata }: Pick<PersistentVolumeClaim, 'metadata'>,
): boolean {
  if (!reference) return false;
  if (reference.name !== metadata.name || reference.namespace !== metadata.namespace) return false;
  return !reference.uid || reference.uid === metadata.uid;
}

/** The volume as it is bound to the claim; undefined where it is so already (`GetBindVolumeToClaim`). */
export function boundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume | undefined {
  const { metadata, spec } = volume;
  const reference = spec?.claimRef;
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const isExact = reference?.name === name && reference?.namespace === namespace && reference?.uid === uid;
  const claimRef = isExact
    ? reference
    : { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
  const annotations = refersTo(reference, claim)
    ? metadata.annotations
    : { ...metadata.annotations, [BOUND_BY_CONTROLLER]: metadata.annotations?.[BOUND_BY_CONTROLLER] ?? 'yes' };
  if (isExact && sameJson(annotations, metadata.annotations)) return undefined;
  return {
    ...volume,
    metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
    spec: { ...spec, claimRef } as PersistentVolume['spec'],
  };
}

/** Both sides name each other. */
export function isFullyBound({ metadata, spec }: PersistentVolumeClaim): boolean {
  return !!spec?.volumeName && metadata.annotations?.[BIND_COMPLETED] !== undefined;
}
