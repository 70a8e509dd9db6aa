import { keyOf } from '../../../kube/machinery/resource.ts';
import type { Pod } from '../../../kube/types.ts';
import { type Plugin, unresolvable } from '../framework.ts';

interface Claim {
  metadata: { deletionTimestamp?: string };
  spec?: { volumeName?: string };
}

/** Claims must exist and be bound: nothing provisions or binds volumes by itself here. */
export const VolumeBinding: Plugin = {
  name: 'VolumeBinding',
  wakesOn: ['volume', 'pod-updated'],
  preFilter({ pod, snapshot }) {
    const names = claimsOf(pod);
    if (names.length === 0) return 'skip';
    let unbound = false;
    for (const name of names) {
      const key = keyOf('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
      const claim = snapshot.lookup(key) as Claim | undefined;
      if (!claim) return unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} not found`);
      if (claim.metadata.deletionTimestamp) {
        return unresolvable(`persistentvolumeclaim ${JSON.stringify(name)} is being deleted`);
      }
      if (!claim.spec?.volumeName) unbound = true;
    }
    return unbound ? unresolvable('pod has unbound immediate PersistentVolumeClaims') : undefined;
  },
};

function claimsOf(pod: Pod): string[] {
  const names: string[] = [];
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.persistentVolumeClaim) names.push(volume.persistentVolumeClaim.claimName);
    else if (volume.ephemeral) names.push(`${pod.metadata.name}-${volume.name}`);
  }
  return names;
}
