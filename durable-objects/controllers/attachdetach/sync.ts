/** The volumes to attach to a node and to detach from it (`reconciler.go`, `csi_attacher.go`). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import { VOLUMES } from '../persistent-volume-binder/facts.ts';
import type { Action, EventDecision, Plan } from '../runtime/plan.ts';
import type { Projection } from '../runtime/view/projection.ts';
import type { View } from '../runtime/view/view.ts';
import { type WantedVolume, wantedVolumes } from './desired.ts';
import { detach } from './detach.ts';
import {
  ATTACHMENTS,
  attachment,
  attachmentName,
  attachments,
  csiVolume,
  type NodeVolumes,
  nodeVolumes,
  onNode,
  parseUniqueName,
  uniqueName,
} from './facts.ts';
import { multiAttachError } from './multi-attach.ts';

/** The time that upstream waits for a driver's attacher before it tells of that (`csiTimeout`). */
const PATIENCE = 120_000;

const GONE: NodeVolumes = { isManaged: false, isReady: false, isOutOfService: false, inUse: [], attached: [] };

export function syncNode(name: string, view: View, now: number, memo: string | undefined): Plan {
  const node = view.projection(keyOf('nodes', '', name));
  const facts = nodeVolumes.of(node) ?? GONE;
  const wanted = facts.isManaged ? wantedVolumes(name, view) : new Map<string, WantedVolume>();
  const present = presentAttachments(name, facts, view);
  const attached = new Set<string>();
  const after: Action[] = [];
  let requeueAfter = Number.POSITIVE_INFINITY;
  const tell = (pods: readonly Projection[], event: Omit<EventDecision, 'regarding'>): void => {
    for (const pod of pods) after.push({ do: 'event', event: { ...event, regarding: regarding(pod), once: true } });
  };
  for (const [unique, volume] of wanted) {
    const fail = (why: string): void => {
      const message = `AttachVolume.Attach failed for volume ${JSON.stringify(volume.volume)} : ${why}`;
      tell(volume.pods, { type: 'Warning', reason: 'FailedAttachVolume', message });
    };
    const found = present.get(unique);
    const state = attachment.of(found);
    if (!found) {
      const problem = multiAttachError(volume, name, view);
      if (problem === undefined) after.push(create(volume, name));
      else if (problem !== 'leaving') {
        tell(volume.pods, { type: 'Warning', reason: 'FailedAttachVolume', message: problem.error });
      }
    } else if (found.deleting) fail('volume attachment is being deleted');
    else if (state?.isAttached) {
      attached.add(unique);
      if (facts.attached.some((one) => one.name === unique)) continue;
      const message = `AttachVolume.Attach succeeded for volume ${JSON.stringify(volume.volume)} `;
      tell(volume.pods, { type: 'Normal', reason: 'SuccessfulAttachVolume', message });
    } else if (state?.error !== undefined) fail(state.error);
    else if (now - found.created >= PATIENCE) {
      const { driver, handle } = volume;
      fail(`timed out waiting for external-attacher of ${driver} CSI driver to attach volume ${handle}`);
    } else requeueAfter = Math.min(requeueAfter, PATIENCE - (now - found.created));
  }
  const surplus = detach({ facts, exists: node !== undefined, wanted, present, now, memo });
  for (const unique of surplus.kept) attached.add(unique);
  requeueAfter = Math.min(requeueAfter, surplus.requeueAfter);
  return {
    actions: [...(node ? report(node, facts, attached) : []), ...surplus.deletes, ...after],
    ...(requeueAfter === Number.POSITIVE_INFINITY ? {} : { requeueAfter }),
    ...(surplus.memo === undefined ? {} : { memo: surplus.memo }),
  };
}

/** The controller's own attachments of a node, by the unique names of their volumes: those of others have other names. */
function presentAttachments(node: string, { attached }: NodeVolumes, view: View): Map<string, Projection> {
  const known = new Map<string, string>();
  for (const { name } of attached) {
    const parts = parseUniqueName(name);
    if (parts) known.set(attachmentName(parts, node), name);
  }
  const found = new Map<string, Projection>();
  for (const projection of view.index(attachments, onNode(node))) {
    const volume = view.projection(keyOf(VOLUMES, '', attachment.of(projection)?.volume ?? ''));
    const csi = csiVolume.of(volume);
    if (csi && attachmentName(csi, node) === projection.name) found.set(uniqueName(csi), projection);
    else {
      // Its volume is gone, and the node was told of it.
      const unique = known.get(projection.name);
      if (unique !== undefined) found.set(unique, projection);
    }
  }
  return found;
}

function create({ volume, driver, handle }: WantedVolume, node: string): Action {
  return {
    do: 'create',
    resource: ATTACHMENTS,
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName({ driver, handle }, node) },
      spec: { attacher: driver, nodeName: node, source: { persistentVolumeName: volume } },
    } as KubeObject,
    ignore: ['AlreadyExists'],
  };
}

/** Tells the node what is attached to it; volumes of other plugins are left as they are told. */
function report(node: Projection, { attached }: NodeVolumes, now: ReadonlySet<string>): Action[] {
  const kept = attached.filter(({ name }) => now.has(name) || !parseUniqueName(name));
  const added = [...now].filter((unique) => !attached.some(({ name }) => name === unique));
  if (kept.length === attached.length && added.length === 0) return [];
  const volumesAttached = [...kept, ...added.map((name) => ({ name, devicePath: '' }))];
  return [
    {
      do: 'patch',
      target: { resource: 'nodes', namespace: '', name: node.name, uid: node.uid },
      patch: { status: { volumesAttached: volumesAttached.length > 0 ? volumesAttached : null } },
      subresource: 'status',
    },
  ];
}

function regarding({ namespace, name, uid, revision }: Projection): EventDecision['regarding'] {
  return { apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion: String(revision) };
}
