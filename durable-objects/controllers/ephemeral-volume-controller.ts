/**
 * ephemeral-volume-controller (upstream `pkg/controller/volume/ephemeral`): a pod gets the claims that its volumes ask
 * for, named after it and owned by it. What owns them takes them along.
 */
import type { KubeObject } from '../../kube/machinery/object.ts';
import { type Key, parseKey } from '../../kube/machinery/resource.ts';
import { measure } from '../../kube/metrics/registry.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '../../kube/types.ts';
import { controllerRef, eventAbout } from './common/controller-ref.ts';
import { CLAIMS, ofClaim, podClaims, podsByClaim } from './persistent-volume-binder/facts.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, EventDecision, Plan } from './runtime/plan.ts';
import { defineProjection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

const CREATED = measure('ephemeral_volume_controller_create_total', 1);
const NOT_CREATED = measure('ephemeral_volume_controller_create_failures_total', 1);

/** Absent of pods without such volumes. */
const isAsking = defineProjection<true>({
  field: 'asksForClaims',
  resource: 'pods',
  compute: (object) =>
    (object as unknown as Pod).spec?.volumes?.some(({ ephemeral }) => ephemeral) ? true : undefined,
});

export const ephemeralVolumeController = defineController({
  name: 'ephemeral-volume-controller',
  eventSource: 'ephemeral_volume',
  for: 'pods',
  // A pod's volumes never change.
  filter: ({ before, after }) => !before && after?.deleting === false && isAsking.of(after) === true,
  watches: [{ resource: CLAIMS, map: onClaim }],
  projections: [isAsking, podClaims],
  indexes: [podsByClaim],
  reconcile,
});

/** A claim that goes comes back while its pod is there. */
function onClaim({ key, after }: ObjectChange, view: View): Key[] {
  if (after) return [];
  const { namespace, name } = parseKey(key);
  const users = [...view.index(podsByClaim, ofClaim(namespace, name))];
  return users.filter((pod) => isAsking.of(pod) && !pod.deleting).map((pod) => pod.key);
}

function reconcile(key: Key, view: View): Plan {
  const { namespace, name } = parseKey(key);
  const pod = view.get<Pod>('pods', namespace, name);
  const actions: Action[] = [];
  if (!pod || pod.metadata.deletionTimestamp) return { actions };
  for (const volume of pod.spec?.volumes ?? []) {
    if (!volume.ephemeral) continue;
    const claimName = `${name}-${volume.name}`;
    const claim = view.get<PersistentVolumeClaim>(CLAIMS, namespace, claimName);
    if (!claim) {
      actions.push(createClaim(pod, volume, claimName));
      continue;
    }
    if (claim.metadata.ownerReferences?.some(({ controller, uid }) => controller && uid === pod.metadata.uid)) continue;
    const why = `PVC ${namespace}/${claimName} was not created for pod ${namespace}/${name} (pod is not owner)`;
    // The others wait for it, too.
    return { actions: [...actions, { do: 'event', event: failed(pod, volume, why) }] };
  }
  return { actions };
}

function failed(pod: Pod, { name }: Volume, why: string): EventDecision {
  return eventAbout(pod as unknown as KubeObject, 'Warning', 'FailedBinding', `ephemeral volume ${name}: ${why}`);
}

function createClaim(pod: Pod, volume: Volume, name: string): Action {
  const { metadata = {}, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
  const { labels, annotations } = metadata;
  return {
    do: 'create',
    resource: CLAIMS,
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name,
        namespace: pod.metadata.namespace,
        ...(labels ? { labels } : {}),
        ...(annotations ? { annotations } : {}),
        ownerReferences: [controllerRef(pod as unknown as KubeObject)],
      },
      spec,
    } as KubeObject,
    onRefused: { event: failed(pod, volume, `create PVC ${name}: `) },
    metrics: { done: [CREATED], refused: [CREATED, NOT_CREATED] },
  };
}
