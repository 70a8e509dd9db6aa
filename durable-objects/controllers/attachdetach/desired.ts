/** The volumes that a node's pods want there (`populator`, `CreateVolumeSpec`). */
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { CSIDriver } from '../../../kube/types.ts';
import { bindableVolume, CLAIMS, claimFacts, podClaims, VOLUMES } from '../persistent-volume-binder/facts.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import { type CsiVolume, csiVolume, DRIVERS, podsByNode, uniqueName } from './facts.ts';

export interface WantedVolume extends CsiVolume {
  /** The name of the PersistentVolume. */
  volume: string;
  /** The claim's. */
  namespace: string;
  claim: string;
  pods: Projection[];
}

/** By unique name. */
export function wantedVolumes(node: string, view: View): Map<string, WantedVolume> {
  const wanted = new Map<string, WantedVolume>();
  for (const pod of view.index(podsByNode, node)) {
    for (const claim of podClaims.of(pod)?.names ?? []) {
      const found = volumeOf(pod, claim, view);
      if (!found || isAttachedByItself(found.driver, view)) continue;
      const name = uniqueName(found);
      const known = wanted.get(name);
      if (known) known.pods.push(pod);
      else wanted.set(name, { ...found, namespace: pod.namespace, claim, pods: [pod] });
    }
  }
  return wanted;
}

function volumeOf(pod: Projection, claim: string, view: View): (CsiVolume & { volume: string }) | undefined {
  const claimed = view.projection(keyOf(CLAIMS, pod.namespace, claim));
  if (podClaims.of(pod)?.own?.includes(claim) && claimed?.owner?.uid !== pod.uid) return undefined;
  const { volume = '', isBound } = claimFacts.of(claimed) ?? {};
  if (!isBound || volume === '') return undefined;
  const projection = view.projection(keyOf(VOLUMES, '', volume));
  const csi = csiVolume.of(projection);
  const isOurs = bindableVolume.of(projection)?.claim?.uid === claimed?.uid;
  return csi && isOurs ? { ...csi, volume } : undefined;
}

/** A driver that is not known wants it done for it. */
export function isAttachedByItself(driver: string, view: View): boolean {
  return view.get<CSIDriver & { metadata: object }>(DRIVERS, '', driver)?.spec?.attachRequired === false;
}
