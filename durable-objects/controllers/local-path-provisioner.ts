/**
 * local-path-provisioner: Islet's own provisioner. It makes volumes that are folders of the node which the scheduler has
 * chosen for a claim's first consumer, and has the node's agent remove them once they are released. Its events are those
 * of sig-storage-lib-external-provisioner.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../kube/types.ts';
import { EXTERNAL_FINALIZER, SELECTED_NODE, STORAGE_PROVISIONER } from '../../kube/volumes/annotations.ts';
import { claimClass } from '../../kube/volumes/classes.ts';
import {
  heldFinalizers,
  isLocalPath,
  LOCAL_PATH,
  localVolume,
  provisionedName,
  unsupported,
} from '../../kube/volumes/local-path.ts';
import { isSimulated } from '../../wire/nodes.ts';
import { eventAbout } from './common/controller-ref.ts';
import { bindableVolume, CLAIMS, CLASSES, claimFacts, VOLUMES } from './persistent-volume-binder/facts.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Effects, EventDecision, Plan } from './runtime/plan.ts';
import type { View } from './runtime/view/view.ts';

const REMOVE = 'remove-local-volume';
const HOSTNAME = 'kubernetes.io/hostname';
const NOTHING: Plan = { actions: [] };
/** The phases of a volume whose claim is gone. */
const UNUSED = ['Released', 'Failed'];

export const localPathProvisioner = defineController({
  name: 'local-path-provisioner',
  eventSource: LOCAL_PATH,
  for: '*',
  watches: [
    { resource: CLAIMS, map: ({ key, after }) => (claimFacts.of(after)?.volume === '' ? [key] : []) },
    { resource: VOLUMES, map: onVolume },
  ],
  projections: [claimFacts, bindableVolume],
  reconcile(key, view) {
    const { resource, namespace, name } = parseKey(key);
    if (resource === VOLUMES) return remove(view.get<PersistentVolume>(VOLUMES, '', name), view);
    return provision(view.get<PersistentVolumeClaim>(CLAIMS, namespace, name), view);
  },
});

function onVolume({ key, after }: ObjectChange): Key[] {
  return ['Bound', ...UNUSED].includes(bindableVolume.of(after)?.phase ?? '') ? [key] : [];
}

function provision(claim: PersistentVolumeClaim | undefined, view: View): Plan {
  const { annotations, deletionTimestamp } = claim?.metadata ?? {};
  if (!claim || claim.spec?.volumeName || deletionTimestamp) return NOTHING;
  if (annotations?.[STORAGE_PROVISIONER] !== LOCAL_PATH) return NOTHING;
  const storageClass = view.get<StorageClass>(CLASSES, '', claimClass(claim));
  if (storageClass?.provisioner !== LOCAL_PATH) return NOTHING;
  if (view.get(VOLUMES, '', provisionedName(claim))) return NOTHING;
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): EventDecision =>
    eventAbout(claim as unknown as KubeObject, type, reason, message);
  const failure = `failed to provision volume with StorageClass ${JSON.stringify(storageClass.metadata.name)}: `;
  const fail = (why: string): Action => ({ do: 'event', event: tell('Warning', 'ProvisioningFailed', failure + why) });
  const selected = annotations[SELECTED_NODE];
  if (selected === undefined) {
    const isLate = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    const why = 'a folder is made on the node of a consumer: its volumeBindingMode must be WaitForFirstConsumer';
    return isLate ? NOTHING : { actions: [fail(why)] };
  }
  const problem = unsupported(claim);
  if (problem !== undefined) return { actions: [fail(problem)] };
  const node = view.get<Node>('nodes', '', selected);
  const hostname = node?.metadata.labels?.[HOSTNAME];
  if (hostname === undefined) {
    const why = node ? `node ${selected} has no label ${HOSTNAME}` : `node ${JSON.stringify(selected)} not found`;
    return { actions: [fail(why), reschedule(claim)] };
  }
  const { namespace, name } = claim.metadata;
  const begun = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
  const done = `Successfully provisioned volume ${provisionedName(claim)}`;
  return {
    actions: [
      { do: 'event', event: tell('Normal', 'Provisioning', begun) },
      {
        do: 'create',
        resource: VOLUMES,
        object: localVolume(claim, storageClass, hostname) as unknown as KubeObject,
        ignore: ['AlreadyExists'],
        onDone: { event: tell('Normal', 'ProvisioningSucceeded', done) },
        onRefused: { event: tell('Warning', 'ProvisioningFailed', failure) },
      },
    ],
  };
}

/** The scheduler is to choose another node. */
function reschedule(claim: PersistentVolumeClaim): Action {
  const { [SELECTED_NODE]: _, ...annotations } = claim.metadata.annotations ?? {};
  const object = { ...claim, metadata: { ...claim.metadata, annotations } };
  return { do: 'update', resource: CLAIMS, object: object as unknown as KubeObject };
}

function remove(volume: PersistentVolume | undefined, view: View): Plan {
  if (!volume || !isLocalPath(volume)) return NOTHING;
  const finalizers = heldFinalizers(volume);
  if (finalizers) return { actions: [withFinalizers(volume, finalizers)] };
  const { metadata, spec, status } = volume;
  if (spec?.persistentVolumeReclaimPolicy !== 'Delete' || !UNUSED.includes(status?.phase ?? '')) return NOTHING;
  if (metadata.deletionTimestamp && !metadata.finalizers?.includes(EXTERNAL_FINALIZER)) return NOTHING;
  const node = nodeOf(volume, view);
  // A simulated node has no folders, and those of a node that is gone are gone with it.
  if (!node || isSimulated(node)) return { actions: deletion(volume) };
  const known = { node: node.metadata.name ?? '', path: spec.hostPath?.path ?? '' };
  return { actions: [{ do: 'effect', effect: REMOVE, object: volume as unknown as KubeObject, known }] };
}

function deletion(volume: PersistentVolume): Action[] {
  const { finalizers = [], name = '', uid } = volume.metadata;
  const others = finalizers.filter((finalizer) => finalizer !== EXTERNAL_FINALIZER);
  return [
    ...(others.length < finalizers.length ? [withFinalizers(volume, others)] : []),
    { do: 'delete', target: { resource: VOLUMES, namespace: '', name, uid } },
  ];
}

function withFinalizers(volume: PersistentVolume, finalizers: string[]): Action {
  const object = { ...volume, metadata: { ...volume.metadata, finalizers } };
  return { do: 'update', resource: VOLUMES, object: object as unknown as KubeObject };
}

function nodeOf({ spec }: PersistentVolume, view: View): Node | undefined {
  const [term] = spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const hostname = term?.matchExpressions?.find(({ key }) => key === HOSTNAME)?.values?.[0];
  const named = hostname === undefined ? undefined : view.get<Node>('nodes', '', hostname);
  if (named?.metadata.labels?.[HOSTNAME] === hostname) return named;
  return view.list<Node>('nodes').find(({ metadata }) => metadata.labels?.[HOSTNAME] === hostname);
}

/** `remove` has a node's agent remove a folder; it rejects where the agent does not do so. */
export function localPathEffects(remove: (node: string, path: string) => Promise<void>): Effects {
  return {
    async [REMOVE](object, known) {
      const { node, path } = known as { node: string; path: string };
      await remove(node, path);
      return deletion(object as unknown as PersistentVolume);
    },
  };
}
