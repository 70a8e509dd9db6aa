/** The allocation of a claim, from the devices that were chosen for it. */
import { commonSelector } from '../nodes.ts';
import type { Allocation, Claim, Result } from '../types.ts';
import type { Chosen } from './attempt.ts';
import { fullName, type Wanted } from './requests.ts';

type Configurations = NonNullable<NonNullable<Allocation['devices']>['config']>;

/** `taken`: for each request of the claim, the alternative that was chosen. */
export function allocationOf(
  claim: Claim,
  chosen: readonly Chosen[],
  taken: readonly Wanted[],
  node: string,
): Allocation {
  const config = [...ofClasses(taken), ...ofClaim(claim, taken)];
  const results = chosen.map(resultOf);
  const nodeSelector = commonSelector(chosen, node);
  return {
    devices: { ...(results.length > 0 ? { results } : {}), ...(config.length > 0 ? { config } : {}) },
    ...(nodeSelector ? { nodeSelector } : {}),
  };
}

function resultOf({ wanted, device, pool, consumed, shareID }: Chosen): Result {
  const { adminAccess, tolerations } = wanted.requirements;
  const { bindingConditions, bindingFailureConditions } = device;
  return {
    request: fullName(wanted),
    driver: pool.driver,
    pool: pool.name,
    device: device.name,
    ...(adminAccess ? { adminAccess } : {}),
    ...(tolerations?.length ? { tolerations } : {}),
    ...(bindingConditions?.length ? { bindingConditions } : {}),
    ...(bindingFailureConditions?.length ? { bindingFailureConditions } : {}),
    ...(shareID === undefined ? {} : { shareID }),
    ...(consumed && Object.keys(consumed).length > 0 ? { consumedCapacity: consumed } : {}),
  };
}

/** Those of each class once, for all requests of the class. */
function ofClasses(taken: readonly Wanted[]): Configurations {
  const byClass = Map.groupBy(taken, (wanted) => wanted.class.metadata.name);
  return [...byClass.values()].flatMap((ofOne) => {
    const requests = ofOne.map(fullName);
    return (ofOne[0]?.class.spec?.config ?? []).map((config) => ({ source: 'FromClass', requests, ...config }));
  });
}

/** Those for all requests, and those for a request, or an alternative, that was taken. */
function ofClaim({ spec }: Claim, taken: readonly Wanted[]): Configurations {
  return (spec?.devices?.config ?? []).flatMap((config) => {
    const copy = { source: 'FromClaim', ...config };
    const { requests = [] } = config;
    if (requests.length === 0) return [copy];
    return taken
      .filter((wanted) => requests.includes(wanted.name) || requests.includes(fullName(wanted)))
      .map(() => copy);
  });
}
