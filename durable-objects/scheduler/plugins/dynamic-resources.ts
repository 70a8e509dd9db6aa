import { parseDuration } from '../../../kube/machinery/go-duration.ts';
import { bindClaims, reserve, undoClaims, unreserve } from '../devices/bind.ts';
import { filterNode } from '../devices/filter.ts';
import { claimKeys, claimsOfPod } from '../devices/pod-claims.ts';
import { prepareDevices } from '../devices/pre-filter.ts';
import { hasAlternatives, scoreOf } from '../devices/score.ts';
import { DeviceState, isUnwritten } from '../devices/state.ts';
import { attempt, deallocateClaim, deleteClaim } from '../devices/writes.ts';
import { DEFAULT_ARGS, type DynamicResourcesArgs } from '../framework/arguments.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { normalizeToMax, type Plugin, type PostFilterResult } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

const STATE = 'DynamicResources';
/** Its PreFilter was run: no plugin before it rejected the pod as a whole. */
const ASKED = 'DynamicResources/asked';

const stateOf = (cycle: CycleState): DeviceState | undefined => cycle.get<DeviceState>(STATE);

/**
 * Devices are allocated to the ResourceClaims of pods, and to those that stand for extended resources
 * (`dynamicresources/dynamicresources.go`, KEP-4381).
 */
export function dynamicResources({ bindingTimeout }: DynamicResourcesArgs): Plugin {
  const duration = parseDuration(bindingTimeout);
  const timeout = typeof duration === 'string' ? 0 : Number(duration) / 1e6;
  return {
    name: 'DynamicResources',
    prefers: 'devices',
    wakesOn: [
      'node-added',
      'node-labels',
      'node-allocatable',
      'claim-deallocated',
      'changed:deviceclasses.resource.k8s.io',
      'changed:resourceslices.resource.k8s.io',
    ],
    wakesPodOn: (pod) => claimKeys(pod).map((key) => `changed:${key}` as const),

    preEnqueue(pod, snapshot) {
      const claims = claimsOfPod(pod, snapshot);
      return typeof claims === 'string' ? unresolvable(claims) : undefined;
    },

    preFilter(cycle) {
      cycle.set(ASKED, {});
      const prepared = prepareDevices(cycle);
      if (prepared === undefined) return 'skip';
      if (typeof prepared === 'string') return unresolvable(prepared);
      cycle.set(STATE, new DeviceState(prepared, timeout));
      return undefined;
    },

    filter(cycle, node) {
      const state = stateOf(cycle);
      return state && filterNode(cycle, state, node);
    },

    postFilter(cycle): PostFilterResult {
      // Upstream misses its state then, and says so to users.
      if (!cycle.get(ASKED)) return { message: 'not found', failed: true };
      const state = stateOf(cycle);
      if (!state) return { message: 'no new claims to deallocate' };
      const { uid } = cycle.pod.metadata;
      for (const claim of state.unavailable) {
        if (claim === state.extended) continue;
        const users = claim.status?.reservedFor ?? [];
        if (users.length > 1 || (users.length === 1 && users[0]?.uid !== uid)) continue;
        return { message: 'deallocation of ResourceClaim completed', requests: attempt(deallocateClaim(claim)) };
      }
      if (state.extended && !isUnwritten(state.extended)) {
        return { message: 'deletion of ResourceClaim completed', requests: attempt(deleteClaim(state.extended)) };
      }
      return { message: 'still not schedulable' };
    },

    abstains(cycle) {
      const state = stateOf(cycle);
      return !state || !hasAlternatives(state);
    },

    score(cycle, node) {
      const state = stateOf(cycle);
      return state ? scoreOf(state, node.name) : 0;
    },

    normalize: (_, scores) => normalizeToMax(scores, false),

    reserve(cycle, node) {
      const state = stateOf(cycle);
      if (state) reserve(cycle, state, node.name);
      return undefined;
    },

    unreserve(cycle) {
      const state = stateOf(cycle);
      if (state) unreserve(cycle, state);
    },

    *undo(cycle) {
      const state = stateOf(cycle);
      if (state) yield* undoClaims(cycle, state);
    },

    preBind(cycle, node) {
      const state = stateOf(cycle);
      return state && { requests: bindClaims(cycle, state, node.name) };
    },
  };
}

export const DynamicResources = dynamicResources(DEFAULT_ARGS.DynamicResources);
