/** The writes that bind a volume and a claim, and those that undo it, in upstream's order. */
import { sameJson } from '../../../kube/machinery/equality.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { parseQuantity } from '../../../kube/machinery/quantity.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../kube/types.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, PRE_RESIZE_CAPACITY } from '../../../kube/volumes/annotations.ts';
import { boundTo } from '../../../kube/volumes/binding.ts';
import { eventAbout } from '../common/controller-ref.ts';
import type { Action, EventDecision } from '../runtime/plan.ts';
import { CLAIMS, VOLUMES } from './facts.ts';

export type Volume = PersistentVolume;
export type Claim = PersistentVolumeClaim;
type VolumeStatus = NonNullable<Volume['status']>;
type ClaimStatus = NonNullable<Claim['status']>;
type Requests = ClaimStatus['capacity'];

export interface Told {
  type: EventDecision['type'];
  reason: string;
  message: string;
}

/** A volume or a claim as a run changes it, and the actions that do so. */
export class Draft {
  readonly actions: Action[] = [];

  event(about: Volume | Claim, { type, reason, message }: Told): void {
    this.actions.push({ do: 'event', event: eventAbout(about as unknown as KubeObject, type, reason, message) });
  }

  update<T extends Volume | Claim>(object: T): T {
    this.actions.push({ do: 'update', resource: resourceOf(object), object: object as unknown as KubeObject });
    return object;
  }

  #updateStatus<T extends Volume | Claim>(object: T): T {
    this.actions.push({ do: 'update-status', resource: resourceOf(object), object: object as unknown as KubeObject });
    return object;
  }

  /** Tells of it only where the phase is another one. */
  setVolumePhase(volume: Volume, phase: string, message = '', told?: Told): Volume {
    if (volume.status?.phase === phase) return volume;
    const { message: _, ...status } = volume.status ?? {};
    const next = { ...status, phase, ...(message ? { message } : {}) } as VolumeStatus;
    const updated = this.#updateStatus({ ...volume, status: next });
    if (told) this.event(updated, told);
    return updated;
  }

  /** `volume` has what the status tells of it; without one it tells nothing. */
  setClaimPhase(claim: Claim, phase: string, volume?: Volume, told?: Told): Claim {
    const status = (claim.status ?? {}) as ClaimStatus;
    if (told && status.phase === phase) return claim;
    const next = volume ? claimStatus(status, phase, volume) : unbound(status, phase);
    const updated = sameJson(next, status) ? claim : this.#updateStatus({ ...claim, status: next });
    if (told) this.event(updated, told);
    return updated;
  }

  /** The volume first (`bind`). */
  bind(volume: Volume, claim: Claim): void {
    const changed = boundTo(volume, claim);
    const bound = this.setVolumePhase(changed ? this.update(changed) : volume, 'Bound');
    this.setClaimPhase(this.#bindClaim(claim, bound.metadata.name ?? ''), 'Bound', bound);
  }

  #bindClaim(claim: Claim, volumeName: string): Claim {
    const { metadata, spec } = claim;
    const isNamed = spec?.volumeName === volumeName;
    if (isNamed && metadata.annotations?.[BIND_COMPLETED] !== undefined) return claim;
    const annotations = {
      ...(isNamed ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }),
      [BIND_COMPLETED]: 'yes',
      ...metadata.annotations,
    };
    return this.update({ ...claim, metadata: { ...metadata, annotations }, spec: { ...spec, volumeName } } as Claim);
  }

  /** A volume that its maker kept for the claim is kept for it still (`unbindVolume`). */
  unbind(volume: Volume): void {
    const { metadata, spec } = volume;
    const { claimRef, ...rest } = spec ?? {};
    const { [BOUND_BY_CONTROLLER]: byController, ...annotations } = metadata.annotations ?? {};
    const { uid: _, ...reference } = claimRef ?? {};
    const unbound = byController === undefined ? { ...volume, spec: { ...rest, claimRef: reference } } : release();
    this.setVolumePhase(this.update(unbound as Volume), 'Available');

    function release(): object {
      const { annotations: _, ...kept } = metadata;
      const isEmpty = Object.keys(annotations).length === 0;
      return { ...volume, metadata: isEmpty ? kept : { ...kept, annotations }, spec: rest };
    }
  }
}

function resourceOf({ kind }: Volume | Claim): string {
  return kind === 'PersistentVolume' ? VOLUMES : CLAIMS;
}

function unbound(
  { accessModes: _a, capacity: _c, currentVolumeAttributesClassName: _n, ...rest }: ClaimStatus,
  phase: string,
) {
  return { ...rest, phase } as ClaimStatus;
}

/**
 * The size is told as the claim becomes bound, and not once it is: what a claim has may be less than what its volume has,
 * while a file system grows. The class of attributes likewise: from then on the driver's resizer tells it.
 */
function claimStatus(status: ClaimStatus, phase: string, { metadata, spec }: Volume): ClaimStatus {
  const next = { ...status, phase, accessModes: spec?.accessModes } as ClaimStatus;
  if (status.phase === phase) return next;
  const before = metadata.annotations?.[PRE_RESIZE_CAPACITY];
  if (before !== undefined) {
    const storage = parseQuantity(before) ? before : spec?.capacity?.storage;
    next.capacity = { ...status.capacity, storage } as Requests;
  } else if (!isSameSize(status.capacity, spec?.capacity)) next.capacity = spec?.capacity;
  const { volumeAttributesClassName: attributes } = spec ?? {};
  if (status.phase === 'Pending') {
    if (attributes === undefined) delete next.currentVolumeAttributesClassName;
    else next.currentVolumeAttributesClassName = attributes;
  }
  return next;
}

function isSameSize(a: Requests, b: Requests): boolean {
  if (a?.storage === undefined || b?.storage === undefined) return false;
  return parseQuantity(a.storage)?.nano === parseQuantity(b.storage)?.nano;
}
