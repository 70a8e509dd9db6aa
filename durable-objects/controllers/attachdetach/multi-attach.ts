/**
 * Why a volume that one node alone may have cannot be attached to a second one (`reportMultiAttachError`). Volumes of one
 * driver and handle are one volume, whatever PersistentVolumes there are of it.
 */
import { keyOf, parseKey } from '../../../kube/machinery/resource.ts';
import { podFacts } from '../common/pods.ts';
import { bindableVolume, ofClaim, podsByClaim, VOLUMES } from '../persistent-volume-binder/facts.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import type { WantedVolume } from './desired.ts';
import {
  ATTACHMENTS,
  attachment,
  attachmentName,
  attachments,
  nodesByVolume,
  ofVolume,
  uniqueName,
  volumesByHandle,
} from './facts.ts';

/** 'leaving': the other node is about to let it go, which upstream waits for in silence. */
export function multiAttachError(
  wanted: WantedVolume,
  node: string,
  view: View,
): { error: string } | 'leaving' | undefined {
  if (wanted.isShared) return undefined;
  const volumes = [...view.index(volumesByHandle, uniqueName(wanted))];
  const holders = [
    ...volumes.flatMap((volume) => attachedElsewhere(volume, wanted, node, view)),
    ...orphansElsewhere(wanted, node, view),
  ];
  if (holders.length === 0) return undefined;
  if (holders.every(({ deleting }) => deleting)) return 'leaving';
  const users = volumes.flatMap((volume) => usersElsewhere(volume, node, view));
  const local = users.filter(({ namespace }) => namespace === wanted.namespace).map(({ name }) => name);
  const others = users.length - local.length;
  return { error: `Multi-Attach error for volume ${JSON.stringify(wanted.volume)} ${why(local.sort(), others)}` };
}

function why(local: readonly string[], others: number): string {
  const elsewhere = `${others} pod(s) in different namespaces`;
  if (local.length > 0) {
    return `Volume is already used by pod(s) ${local.join(', ')}${others > 0 ? ` and ${elsewhere}` : ''}`;
  }
  if (others > 0) return `Volume is already used by ${elsewhere}`;
  return "Volume is already exclusively attached to one node and can't be attached to another";
}

/** The controller's own attachments that hold the volume on other nodes. */
function attachedElsewhere(volume: Projection, wanted: WantedVolume, node: string, view: View): Projection[] {
  return [...view.index(attachments, ofVolume(volume.name))].filter((projection) => {
    const other = attachment.of(projection)?.node ?? '';
    return other !== node && projection.name === attachmentName(wanted, other);
  });
}

/** Those whose PersistentVolume is gone, on nodes that have the volume all the same. */
function orphansElsewhere(wanted: WantedVolume, node: string, view: View): Projection[] {
  return [...view.index(nodesByVolume, uniqueName(wanted))].flatMap(({ name }) => {
    if (name === node) return [];
    const held = view.projection(keyOf(ATTACHMENTS, '', attachmentName(wanted, name)));
    return held && !view.projection(keyOf(VOLUMES, '', attachment.of(held)?.volume ?? '')) ? [held] : [];
  });
}

function usersElsewhere(volume: Projection, node: string, view: View): { namespace: string; name: string }[] {
  const { claim } = bindableVolume.of(volume) ?? {};
  if (!claim) return [];
  return [...view.index(podsByClaim, ofClaim(claim.namespace, claim.name))]
    .filter((pod) => ![node, ''].includes(podFacts.of(pod)?.node ?? ''))
    .map(({ key }) => parseKey(key));
}
