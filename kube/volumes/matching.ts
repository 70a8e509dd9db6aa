/** Which volume a claim gets (`FindMatchingVolume`, `checkVolumeSatisfyClaim`). */
import { compareQuantities, parseQuantity, type Quantity, unitsOf } from '../machinery/quantity.ts';
import { type Labels, type Selector, selectorFromObject } from '../machinery/selectors/labels.ts';
import { matchesTerm, type NodeSelectorTerm } from '../scheduling/node-selector.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../types.ts';
import { refersTo } from './binding.ts';
import { claimClass, volumeClass } from './classes.ts';

/** The properties of a volume that a claim asks for. */
export interface VolumeFacts {
  name: string;
  class: string;
  /** '' for none. */
  attributesClass: string;
  mode: string;
  accessModes: readonly string[];
  /** A quantity. */
  capacity: string;
  labels: Labels;
  phase: string;
  isDeleting: boolean;
  /** The claim that it is bound to, or kept for. */
  claim?: { namespace: string; name: string; uid: string };
  /** Its node must match one of these; any node will do where absent. */
  nodeTerms?: readonly NodeSelectorTerm[];
}

const NO_LABELS: Labels = Object.freeze({});

export function volumeFacts(volume: PersistentVolume): VolumeFacts {
  const { metadata, spec, status } = volume;
  const { claimRef } = spec ?? {};
  const nodeTerms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
  return {
    name: metadata.name ?? '',
    class: volumeClass(volume),
    attributesClass: spec?.volumeAttributesClassName ?? '',
    mode: spec?.volumeMode ?? 'Filesystem',
    accessModes: spec?.accessModes ?? [],
    capacity: capacityOf(spec?.capacity),
    labels: metadata.labels ?? NO_LABELS,
    phase: status?.phase ?? '',
    isDeleting: metadata.deletionTimestamp !== undefined,
    ...(claimRef
      ? { claim: { namespace: claimRef.namespace ?? '', name: claimRef.name ?? '', uid: claimRef.uid ?? '' } }
      : {}),
    ...(nodeTerms ? { nodeTerms } : {}),
  };
}

export function capacityOf(resources: Readonly<Record<string, string>> | undefined): string {
  return String(resources?.storage ?? '0');
}

const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };
const sizeOf = (text: string): Quantity => parseQuantity(text) ?? ZERO;

/** A volume is reached from nodes by their labels alone, never by a name. */
export function isReachable({ nodeTerms }: Pick<VolumeFacts, 'nodeTerms'>, labels: Labels): boolean {
  return !nodeTerms || nodeTerms.some((term) => matchesTerm(term, '', labels));
}

export function offersModes(
  { accessModes }: Pick<VolumeFacts, 'accessModes'>,
  { spec }: PersistentVolumeClaim,
): boolean {
  return (spec?.accessModes ?? []).every((mode) => accessModes.includes(mode));
}

export interface MatchOptions {
  /** The labels of the node from which it must be reached: the scheduler's, which binds claims that wait for a consumer. */
  node?: Labels;
  /** The class binds once there is a consumer: without a node only volumes that are kept for the claim match. */
  isDelayed: boolean;
  isExcluded?(volume: VolumeFacts): boolean;
}

/** One that is kept for the claim, else the smallest that will do. */
export function findMatchingVolume<V extends VolumeFacts>(
  claim: PersistentVolumeClaim,
  volumes: Iterable<V>,
  { node, isDelayed, isExcluded = () => false }: MatchOptions,
): V | undefined {
  const { spec } = claim;
  const selector: Selector | undefined = spec?.selector ? selectorFromObject(spec.selector) : undefined;
  const requested = sizeOf(capacityOf(spec?.resources?.requests));
  const wantedClass = claimClass(claim);
  const attributesClass = spec?.volumeAttributesClassName ?? '';
  const mode = spec?.volumeMode ?? 'Filesystem';
  let smallest: V | undefined;
  for (const volume of volumes) {
    const isKept = refersTo(volume.claim, claim);
    if (isExcluded(volume) || (volume.claim && !isKept)) continue;
    if (volume.mode !== mode || volume.attributesClass !== attributesClass || volume.isDeleting) continue;
    const size = sizeOf(volume.capacity);
    if (compareQuantities(size, requested) < 0) continue;
    if (isKept) return !node || isReachable(volume, node) ? volume : undefined;
    if (!node && isDelayed) continue;
    if (volume.phase !== 'Available' || volume.class !== wantedClass) continue;
    if (smallest && compareQuantities(sizeOf(smallest.capacity), size) <= 0) continue;
    if (selector && !selector.matches(volume.labels)) continue;
    if (node && !(offersModes(volume, claim) && isReachable(volume, node))) continue;
    smallest = volume;
  }
  return smallest;
}

/** Why a volume that a claim names does not do; undefined where it does (`checkVolumeSatisfyClaim`). */
export function mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const { spec } = claim;
  const facts = volumeFacts(volume);
  if (facts.isDeleting) return `the volume is marked for deletion ${JSON.stringify(facts.name)}`;
  if (unitsOf(facts.capacity) < unitsOf(capacityOf(spec?.resources?.requests))) return 'requested PV is too small';
  if (facts.class !== claimClass(claim)) return 'storageClassName does not match';
  if (facts.attributesClass !== (spec?.volumeAttributesClassName ?? '')) {
    return 'volumeAttributesClassName does not match';
  }
  if (facts.mode !== (spec?.volumeMode ?? 'Filesystem')) return 'incompatible volumeMode';
  return offersModes(facts, claim) ? undefined : 'incompatible accessMode';
}
