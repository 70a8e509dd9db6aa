/** Whether a node can give the devices of a pod's claims (`dynamicresources.go`, Filter). */
import { AllocationError } from '../../../kube/devices/allocator/requests.ts';
import { selectorMatches } from '../../../kube/devices/nodes.ts';
import type { NodeInfo } from '../cache/node-info.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import { PluginError } from '../framework/interface.ts';
import { type Rejection, unresolvable } from '../framework/rejection.ts';
import { readyForBinding, untilGivenUp } from './binding-conditions.ts';
import { classOfResource } from './device-classes.ts';
import { extendedRequests } from './extended-requests.ts';
import type { DeviceClaim } from './pod-claims.ts';
import { type DeviceState, identityOf, isUnwritten, type NodeAllocation } from './state.ts';

export function filterNode(cycle: CycleState, state: DeviceState, node: NodeInfo): Rejection | undefined {
  const extended = extendedOn(cycle, state, node);
  if (extended && 'reasons' in extended) return extended;
  const onlyExtended = state.extended !== undefined && state.claims.length === 1;
  if (!extended && onlyExtended) return undefined;
  const useless = state.claims.filter(
    (claim) => !isAvailable(claim, node, state.bindingTimeout, cycle.surroundings.now),
  );
  const given = state.allocator ? allocate(cycle, state, node, extended) : undefined;
  if (given && 'reasons' in given) return given;
  for (const claim of useless) state.unavailable.add(claim);
  if (useless.length > 0) return unresolvable('resourceclaim not available on the node');
  if (given) state.nodes.set(node.name, given);
  return undefined;
}

function isAvailable(claim: DeviceClaim, node: NodeInfo, timeout: number, now: number): boolean {
  const { allocation } = claim.status ?? {};
  if (!allocation) return true;
  if (allocation.nodeSelector && !selectorMatches(allocation.nodeSelector, identityOf(node))) return false;
  const ready = readyForBinding(claim);
  return typeof ready === 'string' ? false : ready || untilGivenUp(claim, timeout, now) >= 0;
}

type Extended = NonNullable<NodeAllocation['extended']>;

/** The extended resources that the node has to give as devices; undefined where there are none. */
function extendedOn(
  { pod, info, snapshot }: CycleState,
  state: DeviceState,
  node: NodeInfo,
): Extended | Rejection | undefined {
  const { extended } = state;
  if (!extended) return undefined;
  // It was made for another node: it is to be deleted, and made anew.
  if (!isUnwritten(extended)) return unresolvable('cannot schedule extended resource claim');
  const classes = new Map<string, string>();
  for (const [name, amount] of Object.entries(info.requests.scalar ?? {})) {
    const found = amount > 0 ? classOfResource(name, snapshot) : undefined;
    if (found && !node.allocatable.scalar?.[name]) classes.set(name, found.metadata.name ?? '');
  }
  if (classes.size === 0) return undefined;
  const requests = extendedRequests(pod, classes);
  return { claim: { ...extended, spec: { devices: { requests: requests.requests } } }, requests };
}

function allocate(
  { surroundings }: CycleState,
  state: DeviceState,
  node: NodeInfo,
  extended: Extended | undefined,
): NodeAllocation | Rejection {
  const before = state.allocator?.effort.tried ?? 0;
  const open = state.open.filter((at) => !state.isExtended(at) || extended !== undefined);
  const claims = open.map((at) =>
    state.isExtended(at) && extended ? extended.claim : (state.claims[at] as DeviceClaim),
  );
  try {
    const allocations = state.allocator?.allocate(claims, identityOf(node)) ?? [];
    if (typeof allocations === 'string') return unresolvable(allocations || 'cannot allocate all claims');
    return { allocations, ...(extended ? { extended } : {}) };
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    throw new PluginError(`running "DynamicResources" filter plugin: ${error.message}`);
  } finally {
    // A device that is tried costs about as much as a node that is looked at.
    surroundings.spend?.((state.allocator?.effort.tried ?? 0) - before);
  }
}
