/**
 * device-taint-eviction-controller (upstream `pkg/controller/devicetainteviction`): pods that use devices with NoExecute
 * taints leave, unless their claims tolerate those. DeviceTaintRules are not served, as by default upstream.
 */

import { sameJson } from '../../kube/machinery/equality.ts';
import { type Key, keyOf, parseKey } from '../../kube/machinery/resource.ts';
import type { Pod } from '../../kube/types.ts';
import { disruptionPatch } from './common/pods.ts';
import { evictionTime, waitFor } from './device-taint-eviction/eviction-time.ts';
import { CLAIMS, claimsByPool, heldDevices, SLICES, slicesByPool, sliceTaints } from './device-taint-eviction/facts.ts';
import { podClaims } from './resource-claim/facts.ts';
import { defineController, type ObjectChange } from './runtime/controller.ts';
import type { Action, Plan } from './runtime/plan.ts';
import type { Projection } from './runtime/view/projection.ts';
import type { View } from './runtime/view/view.ts';

export const deviceTaintEvictionController = defineController({
  name: 'device-taint-eviction-controller',
  for: 'pods',
  filter: ({ before, after }) =>
    podClaims.of(after)?.isAssigned === true && !sameJson(podClaims.of(before), podClaims.of(after)),
  watches: [
    { resource: CLAIMS, map: onClaim },
    { resource: SLICES, map: onSlice },
  ],
  projections: [podClaims, sliceTaints, heldDevices],
  indexes: [slicesByPool, claimsByPool],
  reconcile(key, view, now, memo) {
    const { namespace, name } = parseKey(key);
    const pod = view.get<Pod>('pods', namespace, name);
    return pod && !pod.metadata.deletionTimestamp ? reconcile(pod, view, now, memo) : { actions: [] };
  },
});

function reconcile(pod: Pod, view: View, now: number, memo: string | undefined): Plan {
  const computed = evictionTime(pod, view);
  if (computed === undefined) return { actions: memo === undefined ? [] : [told(pod, 'Cancelling deletion')] };
  const wait = waitFor(computed, memo, now);
  return wait.due > now ? { actions: [], requeueAfter: wait.due - now, memo: wait.memo } : { actions: evict(pod, now) };
}

/** The pods that a claim is, or was, reserved for, where some device of its pools is tainted. */
function onClaim({ before, after }: ObjectChange, view: View): Key[] {
  const isTainted = [before, after].some((claim) => heldDevices.of(claim)?.pools.some((pool) => hasTaints(pool, view)));
  return isTainted ? [...new Set([...podsOf(before), ...podsOf(after)])] : [];
}

function podsOf(claim: Projection | undefined): Key[] {
  return (heldDevices.of(claim)?.pods ?? []).map((name) => keyOf('pods', claim?.namespace ?? '', name));
}

function hasTaints(pool: string, view: View): boolean {
  for (const slice of view.index(slicesByPool, pool)) if (sliceTaints.of(slice)?.taints.length) return true;
  return false;
}

/** The users of a pool whose taints may be others now. */
function onSlice({ before, after }: ObjectChange, view: View): Key[] {
  const [then, now] = [sliceTaints.of(before), sliceTaints.of(after)];
  if (sameJson(then, now)) return [];
  const pools = new Set([then, now].flatMap((slice) => slice?.pool ?? []));
  const concerned = [...pools].filter((pool) => then?.taints.length || now?.taints.length || hasTaints(pool, view));
  return [...new Set(concerned.flatMap((pool) => [...view.index(claimsByPool, pool)].flatMap(podsOf)))];
}

function told({ metadata: { namespace = '', name = '', uid = '' } }: Pod, message: string): Action {
  const regarding = { apiVersion: 'v1', kind: 'Pod', namespace, name, uid };
  return { do: 'event', event: { type: 'Normal', reason: 'DeviceTaintManagerEviction', message, regarding } };
}

function evict(pod: Pod, now: number): Action[] {
  // Upstream's condition is of no generation here.
  const { generation: _, ...metadata } = pod.metadata;
  const { namespace = '', name = '', uid } = metadata;
  const target = { resource: 'pods', namespace, name, uid };
  const message = 'Device Taint manager: deleting due to NoExecute taint';
  const status = disruptionPatch({ ...pod, metadata }, 'DeletionByDeviceTaintManager', message, now);
  return [
    told(pod, 'Marking for deletion'),
    { do: 'patch', target, patch: { status }, type: 'strategic', subresource: 'status' },
    { do: 'delete', target },
  ];
}
