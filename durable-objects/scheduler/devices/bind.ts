/** From a pod's node to its claims: reserved, written, and given back (`dynamicresources.go`, Reserve to PreBind). */
import type { KubeObject } from '../../../kube/machinery/object.ts';
import { keyOf } from '../../../kube/machinery/resource.ts';
import type { CycleState } from '../framework/cycle-state.ts';
import type { Requests, Wait } from '../framework/interface.ts';
import { hasBindingConditions, readyForBinding, untilGivenUp } from './binding-conditions.ts';
import { CLAIMS } from './claim-tracker.ts';
import { type DeviceClaim, isReserved } from './pod-claims.ts';
import { type DeviceState, isUnwritten } from './state.ts';
import { attempt, bindClaim, createExtendedClaim, deleteClaim, releaseClaim, tellExtendedClaim } from './writes.ts';

/** Others may not have the devices from now on. */
export function reserve({ info, snapshot }: CycleState, state: DeviceState, node: string): void {
  const given = state.nodes.get(node);
  if (!given) return;
  const open = state.open.filter((at) => !state.isExtended(at) || given.extended !== undefined);
  for (const [i, at] of open.entries()) {
    const allocation = given.allocations[i];
    if (!allocation) continue;
    const mark = state.claims[at]?.metadata.uid ?? `extended resources of ${info.uid}`;
    state.reserved.set(at, allocation);
    state.pending.set(at, mark);
    snapshot.devices.begin(mark, allocation);
  }
}

export function unreserve({ snapshot }: CycleState, state: DeviceState): void {
  for (const mark of state.pending.values()) snapshot.devices.end(mark);
  state.pending.clear();
}

/** Claims whose requests have to be sent before the pod is bound. */
function unbound({ pod }: CycleState, state: DeviceState): number[] {
  return state.claims.flatMap((claim, at) => {
    const isGivenOtherwise = state.isExtended(at) && isUnwritten(claim) && !state.reserved.has(at);
    return isReserved(claim, pod) || isGivenOtherwise ? [] : [at];
  });
}

export function* bindClaims(cycle: CycleState, state: DeviceState, node: string): Requests<string | Wait | undefined> {
  const error = yield* attempt(bindAll(cycle, state, node));
  return error ?? waitFor(cycle, state, node);
}

function* bindAll(cycle: CycleState, state: DeviceState, node: string): Requests<void> {
  const { pod, snapshot, surroundings } = cycle;
  const extended = state.nodes.get(node)?.extended;
  for (const at of unbound(cycle, state)) {
    const allocation = state.reserved.get(at);
    let claim = state.claims[at] as DeviceClaim;
    if (state.isExtended(at) && extended) {
      claim = yield* createExtendedClaim(extended.claim);
      state.claims[at] = claim;
    }
    claim = yield* bindClaim({ pod, claim, now: surroundings.now, ...(allocation ? { allocation } : {}) });
    state.claims[at] = claim;
    const key = keyOf(CLAIMS, claim.metadata.namespace ?? '', claim.metadata.name ?? '');
    const stored = snapshot.lookup(key);
    // Of one that went, or was changed, before the answer came the log may have told already.
    if (stored && stored.metadata.uid === claim.metadata.uid)
      snapshot.devices.assume(key, newer(stored, claim as KubeObject));
    const mark = state.pending.get(at);
    if (mark !== undefined) snapshot.devices.end(mark);
    state.pending.delete(at);
    if (state.isExtended(at) && extended) yield* tellExtendedClaim(pod, claim, extended.requests);
  }
}

/** The stored one may have been read before the claim was written. */
function newer(stored: KubeObject, written: KubeObject): KubeObject {
  return Number(stored.metadata.resourceVersion) > Number(written.metadata.resourceVersion) ? stored : written;
}

/** Whether the devices still have to be prepared; a text is an error. */
function waitFor(
  { surroundings: { now } }: CycleState,
  { claims, bindingTimeout }: DeviceState,
  node: string,
): string | Wait | undefined {
  let timeout = bindingTimeout;
  let isReady = true;
  for (const claim of claims.filter(hasBindingConditions)) {
    const ready = readyForBinding(claim);
    if (typeof ready === 'string') return ready;
    if (ready) continue;
    isReady = false;
    timeout = Math.min(timeout, untilGivenUp(claim, bindingTimeout, now));
  }
  if (isReady) return undefined;
  const message = `waiting for binding conditions for device on node ${node}`;
  // Past the claim's own time, so that it is found to be over when the pod is looked at again.
  return { timeout: Math.max(0, timeout) + 1000, event: { reason: 'BindingConditionsPending', message } };
}

/** Takes back what was written for a pod that is not bound. */
export function* undoClaims({ pod }: CycleState, state: DeviceState): Requests<void> {
  for (const [at, claim] of state.claims.entries()) {
    if (state.isExtended(at)) {
      if (!isUnwritten(claim)) yield* attempt(deleteClaim(claim));
    } else if (claim.status?.allocation && isReserved(claim, pod)) yield* attempt(releaseClaim(pod, claim));
  }
}
