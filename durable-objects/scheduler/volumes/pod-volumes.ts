/** The volumes of a pod on a node: which of its claims get a volume that is there, and for which one is to be made. */
import { compareQuantities, parseQuantity } from '../../../kube/machinery/quantity.ts';
import { keyOf, keyPrefix } from '../../../kube/machinery/resource.ts';
import type { Labels } from '../../../kube/machinery/selectors/labels.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../kube/types.ts';
import { NO_PROVISIONER, SELECTED_NODE } from '../../../kube/volumes/annotations.ts';
import { claimClass } from '../../../kube/volumes/classes.ts';
import {
  capacityOf,
  findMatchingVolume,
  isReachable,
  type VolumeFacts,
  volumeFacts,
} from '../../../kube/volumes/matching.ts';
import type { Snapshot } from '../cache/snapshot.ts';
import { hasEnoughCapacity } from './capacity.ts';
import { ReachableVolumes } from './reachable-volumes.ts';

type Claim = PersistentVolumeClaim;
export type Volume = VolumeFacts & { object: PersistentVolume };

/** `ConflictReason`s */
const NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
const BIND_CONFLICT = "node(s) didn't find available persistent volumes to bind";
const NOT_ENOUGH_SPACE = 'node(s) did not have enough free storage';
const VOLUME_MISSING = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

export const claimKey = ({ metadata }: Claim): string =>
  keyOf('persistentvolumeclaims', metadata.namespace ?? '', metadata.name ?? '');
export const volumeKey = (name: string): string => keyOf('persistentvolumes', '', name);

/** The state of a pod's claims, on whatever node. */
export interface PodVolumeClaims {
  /** The volumes of bound claims; undefined for one that does not exist. */
  bound: readonly (Pick<VolumeFacts, 'nodeTerms'> | undefined)[];
  /** Claims that get a volume as the pod gets a node, the smallest first. */
  delayed: readonly Claim[];
  /** By class, those of the classes of such claims. */
  volumes: ReadonlyMap<string, ReachableVolumes<Volume>>;
}

export interface PodVolumes {
  bindings: readonly { claim: Claim; volume: Volume }[];
  provisions: readonly Claim[];
}

/** Volumes are parsed once a slice, and looked at for each pod of it. */
const known = new WeakMap<object, Volume>();

function describe(object: PersistentVolume): Volume {
  let volume = known.get(object);
  if (!volume) {
    volume = { ...volumeFacts(object), object };
    known.set(object, volume);
  }
  return volume;
}

export function podVolumeClaims(
  bound: readonly Claim[],
  unbound: readonly Claim[],
  snapshot: Snapshot,
): PodVolumeClaims {
  // For a claim whose node is chosen, a volume is made there.
  const matched = unbound.filter((claim) => selectedNode(claim, snapshot) === undefined);
  const volumes = new Map(matched.map((claim) => [claimClass(claim), new ReachableVolumes<Volume>()]));
  if (volumes.size > 0) {
    for (const object of snapshot.list(keyPrefix('persistentvolumes'))) {
      const volume = describe(object as unknown as PersistentVolume);
      volumes.get(volume.class)?.add(volume);
    }
  }
  return {
    bound: bound.map(({ spec }) => {
      const object = snapshot.lookup(volumeKey(spec?.volumeName ?? ''));
      return object && describe(object as unknown as PersistentVolume);
    }),
    delayed: [...unbound].sort(bySize),
    volumes,
  };
}

function bySize(a: Claim, b: Claim): number {
  const [x, y] = [a, b].map(({ spec }) => parseQuantity(capacityOf(spec?.resources?.requests)));
  return x && y ? compareQuantities(x, y) : 0;
}

/** The node as far as volumes see it. */
export interface VolumeNode {
  name: string;
  labels: Labels;
}

/** Why the node will not do, or what is to be done there (`FindPodVolumes`). */
export function findPodVolumes(claims: PodVolumeClaims, node: VolumeNode, snapshot: Snapshot): string[] | PodVolumes {
  const reasons: string[] = [];
  for (const volume of claims.bound) {
    if (volume && isReachable(volume, node.labels)) continue;
    reasons.push(volume ? NODE_CONFLICT : VOLUME_MISSING);
    break;
  }
  const found = ofDelayed(claims, node, snapshot);
  if (typeof found === 'string') {
    // Upstream tells of missing volumes last.
    if (reasons[0] === VOLUME_MISSING) reasons.unshift(found);
    else reasons.push(found);
  }
  return reasons.length > 0 || typeof found === 'string' ? reasons : found;
}

/** The node that was chosen for a claim, be it that this is not written yet. */
function selectedNode(claim: Claim, snapshot: Snapshot): string | undefined {
  return claim.metadata.annotations?.[SELECTED_NODE] ?? snapshot.assumed.get(claimKey(claim));
}

function ofDelayed({ delayed, volumes }: PodVolumeClaims, node: VolumeNode, snapshot: Snapshot): string | PodVolumes {
  const bindings: { claim: Claim; volume: Volume }[] = [];
  const provisions: Claim[] = [];
  const unmatched: Claim[] = [];
  const chosen = new Set<string>();
  const reachable = new Map<string, readonly Volume[]>();
  if (delayed.some((claim) => (selectedNode(claim, snapshot) ?? node.name) !== node.name)) return BIND_CONFLICT;
  for (const claim of delayed) {
    if (selectedNode(claim, snapshot) !== undefined) {
      provisions.push(claim);
      continue;
    }
    const isExcluded = ({ name }: VolumeFacts): boolean => {
      const holder = snapshot.assumed.get(volumeKey(name));
      return chosen.has(name) || (holder !== undefined && holder !== claim.metadata.uid);
    };
    const options = { node: node.labels, isDelayed: true, isExcluded };
    const ofClass = claimClass(claim);
    const offered = reachable.get(ofClass) ?? volumes.get(ofClass)?.from(node.labels) ?? [];
    reachable.set(ofClass, offered);
    const volume = findMatchingVolume(claim, offered, options);
    if (!volume) unmatched.push(claim);
    else {
      chosen.add(volume.name);
      bindings.push({ claim, volume });
    }
  }
  provisions.push(...unmatched);
  for (const claim of provisions) {
    const problem = unprovisionable(claim, node, snapshot);
    if (problem !== undefined) return problem;
  }
  return { bindings, provisions };
}

/** `checkVolumeProvisions` */
function unprovisionable(claim: Claim, node: VolumeNode, snapshot: Snapshot): string | undefined {
  const key = keyOf('storageclasses.storage.k8s.io', '', claimClass(claim));
  const storageClass = snapshot.lookup(key) as unknown as StorageClass | undefined;
  if (!storageClass?.provisioner || storageClass.provisioner === NO_PROVISIONER) return BIND_CONFLICT;
  if (!isInTopology(storageClass, node.labels)) return BIND_CONFLICT;
  return hasEnoughCapacity(claim, storageClass, node.labels, snapshot) ? undefined : NOT_ENOUGH_SPACE;
}

/** `MatchTopologySelectorTerms` */
function isInTopology({ allowedTopologies = [] }: StorageClass, labels: Labels): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) => {
    if (matchLabelExpressions.length === 0) return false;
    return matchLabelExpressions.every(({ key, values }) => {
      return Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
    });
  });
}
