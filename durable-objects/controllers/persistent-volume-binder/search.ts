/** The volume that fits a claim best (`index.go`). */
import type { PersistentVolume } from '../../../kube/types.ts';
import { claimClass } from '../../../kube/volumes/classes.ts';
import { findMatchingVolume, offersModes, volumeFacts } from '../../../kube/volumes/matching.ts';
import type { View } from '../runtime/view/view.ts';
import type { Claim } from './binding.ts';
import { type BindableVolume, bindableVolume, ofClaim, ofClass, VOLUMES, volumesByUse } from './facts.ts';

/** Of the volumes with the fewest access modes, one that is kept for the claim, else the smallest. */
export function bestMatch(claim: Claim, isDelayed: boolean, view: View): PersistentVolume | undefined {
  const taken = new Set<string>();
  const groups = candidates(claim, isDelayed, view);
  for (const volumes of groups) {
    for (;;) {
      const isExcluded = ({ name }: { name: string }): boolean => taken.has(name);
      const found = findMatchingVolume(claim, volumes, { isDelayed, isExcluded });
      if (!found) break;
      // The view may be behind the volume as it is stored.
      const stored = view.get<PersistentVolume>(VOLUMES, '', found.name);
      if (stored && findMatchingVolume(claim, [volumeFacts(stored)], { isDelayed })) return stored;
      taken.add(found.name);
    }
  }
  return undefined;
}

function candidates(claim: Claim, isDelayed: boolean, view: View): BindableVolume[][] {
  const { namespace = '', name = '' } = claim.metadata;
  const uses = [ofClaim(namespace, name), ...(isDelayed ? [] : [ofClass(claimClass(claim))])];
  const groups = new Map<string, BindableVolume[]>();
  for (const use of uses) {
    for (const projection of view.index(volumesByUse, use)) {
      const volume = bindableVolume.of(projection);
      if (!volume || !offersModes(volume, claim)) continue;
      const group = groups.get(volume.modes);
      if (group) group.push(volume);
      else groups.set(volume.modes, [volume]);
    }
  }
  const count = (modes: string): number => modes.split(',').length;
  return [...groups].sort(([a], [b]) => count(a) - count(b) || (a < b ? -1 : 1)).map(([, volumes]) => volumes);
}
