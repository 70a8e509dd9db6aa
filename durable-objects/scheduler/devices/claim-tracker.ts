/**
 * The devices that ResourceClaims hold, as the log tells of them (`dynamicresources/allocateddevices.go`, `dra_manager.go`):
 * those of claims whose allocation is about to be written, too.
 */
import { AllocatedDevices, heldBy } from '../../../kube/devices/allocated.ts';
import { EXTENDED_RESOURCE_CLAIM } from '../../../kube/devices/claims.ts';
import type { Allocation, Result } from '../../../kube/devices/types.ts';
import type { KubeObject } from '../../../kube/machinery/object.ts';
import type { Key } from '../../../kube/machinery/resource.ts';

export const CLAIMS = 'resourceclaims.resource.k8s.io';

interface Known {
  revision: number;
  isAllocated: boolean;
  held: readonly Result[];
  /** The pod for whose extended resources it stands. */
  podUid?: string;
}

export interface ClaimState {
  key: Key;
  revision: number;
  gone: boolean;
  object(): KubeObject;
}

export class ClaimTracker {
  readonly allocated = new AllocatedDevices();
  /** Of claims that matter: allocated ones, and those of extended resources. */
  readonly #known = new Map<Key, Known>();
  readonly #pending = new Map<string, readonly Result[]>();
  /** The claims that stand for a pod, of which there are two while one goes and another is there already. */
  readonly #ofPods = new Map<string, Set<Key>>();

  /** Whether the claim gave devices back. */
  take({ key, revision, gone, object }: ClaimState): boolean {
    const before = this.#known.get(key);
    if (before && before.revision >= revision) return false;
    const after = gone ? undefined : knownOf(object(), revision);
    if (before) this.#remove(key, before);
    if (after) this.#add(key, after);
    return before?.isAllocated === true && !after?.isAllocated;
  }

  /** A claim as its own write has left it; the log tells of it later. */
  assume(key: Key, object: KubeObject): void {
    this.take({ key, revision: Number(object.metadata.resourceVersion), gone: false, object: () => object });
  }

  /** Its allocation is about to be written. */
  begin(uid: string, allocation: Allocation): void {
    this.end(uid);
    const held = heldBy(allocation);
    this.#pending.set(uid, held);
    this.allocated.add(held, 1);
  }

  end(uid: string): void {
    this.allocated.add(this.#pending.get(uid) ?? [], -1);
    this.#pending.delete(uid);
  }

  isPending(uid: string): boolean {
    return this.#pending.has(uid);
  }

  /** The claim that stands for the extended resources of a pod. */
  ofExtendedResources(podUid: string): Key | undefined {
    const [first] = this.#ofPods.get(podUid) ?? [];
    return first;
  }

  #add(key: Key, known: Known): void {
    this.#known.set(key, known);
    this.allocated.add(known.held, 1);
    if (known.podUid === undefined) return;
    const ofPod = this.#ofPods.get(known.podUid);
    if (ofPod) ofPod.add(key);
    else this.#ofPods.set(known.podUid, new Set([key]));
  }

  #remove(key: Key, { held, podUid }: Known): void {
    this.#known.delete(key);
    this.allocated.add(held, -1);
    if (podUid === undefined) return;
    const ofPod = this.#ofPods.get(podUid);
    ofPod?.delete(key);
    if (ofPod?.size === 0) this.#ofPods.delete(podUid);
  }
}

function knownOf({ metadata, status }: KubeObject, revision: number): Known | undefined {
  const { allocation } = (status ?? {}) as { allocation?: Allocation };
  const isExtended = metadata.annotations?.[EXTENDED_RESOURCE_CLAIM] === 'true';
  const podUid = isExtended ? metadata.ownerReferences?.find(({ controller }) => controller)?.uid : undefined;
  if (!allocation && podUid === undefined) return undefined;
  return {
    revision,
    isAllocated: allocation !== undefined,
    held: heldBy(allocation),
    ...(podUid === undefined ? {} : { podUid }),
  };
}
