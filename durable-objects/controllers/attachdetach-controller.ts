/**
 * attachdetach-controller (upstream `pkg/controller/volume/attachdetach`): volumes of CSI drivers are attached to the
 * nodes whose pods want them, and detached when none does, by VolumeAttachments, which the driver's own attacher acts on.
 * It looks after the nodes whose kubelet leaves it to the controller, as an annotation says.
 */
import { sameJson } from '../../kube/machinery/equality.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import {
  ATTACHMENTS,
  attachment,
  attachmentName,
  attachments,
  type CsiVolume,
  csiVolume,
  DRIVERS,
  nodesByVolume,
  nodeVolumes,
  parseUniqueName,
  podsByNode,
  uniqueName,
  volumesByHandle,
  volumesOn,
} from './attachdetach/facts.ts';
import { syncNode } from './attachdetach/sync.ts';
import { podFacts } from './common/pods.ts';
import {
  bindableVolume,
  CLAIMS,
  claimFacts,
  ofClaim,
  podClaims,
  podsByClaim,
  VOLUMES,
} from './persistent-volume-binder/facts.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

export const attachDetachController = defineController({
  name: 'attachdetach-controller',
  for: 'nodes',
  filter: ({ before, after }) => !sameJson(nodeVolumes.of(before), nodeVolumes.of(after)),
  watches: [
    { resource: 'nodes', map: onNode },
    { resource: 'pods', map: onPod },
    { resource: CLAIMS, map: onClaim },
    { resource: VOLUMES, map: onVolume },
    { resource: ATTACHMENTS, map: onAttachment },
    { resource: DRIVERS, map: (_change, view) => [...view.projections('nodes', '')].map(({ key }) => key) },
  ],
  projections: [nodeVolumes, csiVolume, attachment, podFacts, podClaims, claimFacts, bindableVolume],
  indexes: [attachments, nodesByVolume, volumesByHandle, podsByNode, podsByClaim],
  // Two runs at once would give two nodes a volume that one alone may have.
  concurrency: 1,
  reconcile: (key, view, now, memo) => syncNode(parseKey(key).name, view, now, memo),
});

const nodeKey = (name: string | undefined): Key[] => (name ? [keyOf('nodes', '', name)] : []);

/** The nodes that wait for what this one has no more: of a PersistentVolume that is gone, nothing else tells. */
function onNode({ key, before, after }: ObjectChange, view: View): Key[] {
  if (sameJson(nodeVolumes.of(before), nodeVolumes.of(after))) return [];
  const { name } = parseKey(key);
  const left = volumesOn(after);
  return [...volumesOn(before)].flatMap((unique) => {
    const volume = left.has(unique) ? undefined : parseUniqueName(unique);
    if (!volume) return [];
    const held = view.projection(keyOf(ATTACHMENTS, '', attachmentName(volume, name)));
    return held && volumeOf(held, view) ? [] : waitingFor(unique, view);
  });
}

function onPod({ before, after }: ObjectChange): Key[] {
  const was = podClaims.of(before);
  const is = podClaims.of(after);
  const [from, to] = [podFacts.of(before)?.node, podFacts.of(after)?.node];
  if (from === to && sameJson(was, is)) return [];
  return [...(was ? nodeKey(from) : []), ...(is && from !== to ? nodeKey(to) : []), ...(was ? [] : nodeKey(to))];
}

function onClaim({ key, before, after }: ObjectChange, view: View): Key[] {
  const [was, is] = [claimFacts.of(before), claimFacts.of(after)];
  if (before?.uid === after?.uid && was?.isBound === is?.isBound && was?.volume === is?.volume) return [];
  const { namespace, name } = parseKey(key);
  return nodesOfClaim(namespace, name, view);
}

function nodesOfClaim(namespace: string, name: string, view: View): Key[] {
  return [...view.index(podsByClaim, ofClaim(namespace, name))].flatMap((pod) => nodeKey(podFacts.of(pod)?.node));
}

function onVolume({ before, after }: ObjectChange, view: View): Key[] {
  const [was, is] = [csiVolume.of(before), csiVolume.of(after)];
  if (!was && !is) return [];
  const [from, to] = [bindableVolume.of(before)?.claim, bindableVolume.of(after)?.claim];
  if (sameJson(was, is) && sameJson(from, to)) return [];
  return [from, to].flatMap((claim) => (claim ? nodesOfClaim(claim.namespace, claim.name, view) : []));
}

/** Also the nodes that wait for the volume to leave this one. */
function onAttachment({ before, after }: ObjectChange, view: View): Key[] {
  const own = [before, after].flatMap((state) => nodeKey(attachment.of(state)?.node));
  return after ? own : [...own, ...waiting(before, view)];
}

function waiting(gone: Projection | undefined, view: View): Key[] {
  const csi = volumeOf(gone, view);
  return csi ? waitingFor(uniqueName(csi), view) : [];
}

function volumeOf(held: Projection | undefined, view: View): CsiVolume | undefined {
  return csiVolume.of(view.projection(keyOf(VOLUMES, '', attachment.of(held)?.volume ?? '')));
}

function waitingFor(unique: string, view: View): Key[] {
  return [...view.index(volumesByHandle, unique)].flatMap((volume) => {
    const { claim } = bindableVolume.of(volume) ?? {};
    return claim ? nodesOfClaim(claim.namespace, claim.name, view) : [];
  });
}
