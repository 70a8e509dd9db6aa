/** Nodes that can give what claims prefer come first (`computeScore`, KEP-4816). */
import type { Allocation } from '../../../kube/devices/types.ts';
import type { DeviceClaim } from './pod-claims.ts';
import type { DeviceState } from './state.ts';

/** `FirstAvailableDeviceRequestMaxSize` */
const MOST_ALTERNATIVES = 8;

/** A claim names devices that would do in the place of others. */
export function hasAlternatives({ claims }: DeviceState): boolean {
  return claims.some(({ spec }) =>
    spec?.devices?.requests?.some(({ firstAvailable = [] }) => firstAvailable.length > 0),
  );
}

export function scoreOf(state: DeviceState, node: string): number {
  const given = state.nodes.get(node);
  if (!given) return 0;
  const allocations = [...given.allocations];
  let score = 0;
  for (const claim of state.claims) score += ofClaim(claim, claim.status?.allocation ?? allocations.shift());
  return score;
}

function ofClaim({ spec }: DeviceClaim, allocation: Allocation | undefined): number {
  const taken = new Set((allocation?.devices?.results ?? []).map(({ request }) => request));
  let score = 0;
  for (const { name, firstAvailable = [] } of spec?.devices?.requests ?? []) {
    for (const [i, one] of firstAvailable.entries())
      if (taken.has(`${name}/${one.name}`)) score += MOST_ALTERNATIVES - i;
  }
  return score;
}
