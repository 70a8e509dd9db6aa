/**
 * resource-claim-controller (upstream `pkg/controller/resourceclaim`): ResourceClaims are made of templates for the pods
 * that ask for them, and are free again once their pods are done.
 */

import { sameJson } from '../../kube/machinery/equality.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Pod, ResourceClaim } from '../../kube/types.ts';
import {
  CLAIMS,
  type PodClaims,
  podClaimName,
  podClaims,
  podsByClaim,
  podsByTemplate,
  TEMPLATES,
} from './resource-claim/facts.ts';
import { claimGauges } from './resource-claim/metrics.ts';
import { syncClaim } from './resource-claim/sync-claim.ts';
import { syncPod } from './resource-claim/sync-pod.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

export const resourceClaimController = defineController({
  name: 'resource-claim-controller',
  eventSource: 'resource_claim',
  for: '*',
  watches: [
    { resource: 'pods', map: onPod },
    { resource: CLAIMS, map: onClaim },
    { resource: TEMPLATES, keysOnly: true, map: onTemplate },
  ],
  projections: [podClaims, podClaimName],
  indexes: [podsByClaim, podsByTemplate],
  gauges: claimGauges,
  reconcile(key, view) {
    const { resource, namespace, name } = parseKey(key);
    if (resource === CLAIMS) {
      const claim = view.get<ResourceClaim>(CLAIMS, namespace, name);
      return claim ? syncClaim(claim, view) : { actions: [] };
    }
    const pod = view.get<Pod>('pods', namespace, name);
    return pod ? syncPod(pod, view) : { actions: [] };
  },
});

/** A pod that is new, assigned, done or gone, or tells of other claims than before. */
function onPod({ key, before, after }: ObjectChange): Key[] {
  const now = podClaims.of(after);
  const then = podClaims.of(before);
  const isSame = before?.uid === after?.uid && before?.deleting === after?.deleting && sameJson(now, then);
  if (isSame || !(now ?? then)) return [];
  const { namespace } = parseKey(key);
  const needless = [now?.isDone ? now : undefined, after?.uid === before?.uid ? undefined : then];
  const released = needless.flatMap((claims) => (claims ? keysOf(namespace, claims) : []));
  return now && !after?.deleting ? [...released, key] : released;
}

function keysOf(namespace: string, { names, extended }: PodClaims): Key[] {
  const all = extended === undefined ? names : [...names, extended];
  return all.map((name) => keyOf(CLAIMS, namespace, name));
}

/** The claim itself, unless it is gone, the pods that use it, and the one that it was made for. */
function onClaim({ key, before, after }: ObjectChange, view: View): Key[] {
  const { namespace, name } = parseKey(key);
  const owner = (after ?? before)?.owner;
  const maker = owner?.kind === 'Pod' ? view.owner(owner, namespace) : undefined;
  const pods = new Set([...waiting(view.index(podsByClaim, `${namespace}/${name}`)), ...waiting(maker ? [maker] : [])]);
  return after ? [key, ...pods] : [...pods];
}

function onTemplate({ key }: ObjectChange, view: View): Key[] {
  const { namespace, name } = parseKey(key);
  return waiting(view.index(podsByTemplate, `${namespace}/${name}`));
}

function waiting(pods: Iterable<Projection>): Key[] {
  return [...pods].filter((pod) => !pod.deleting && !podClaims.of(pod)?.isDone).map(({ key }) => key);
}
