/** The requests of claims that are to be allocated (`validateDeviceRequest`). */
import type { Claim, Class, DeviceRequest, DeviceRequirements } from '../types.ts';

/** The most devices of a claim (`AllocationResultsMaxSize`). */
export const MAX_RESULTS = 32;

/** Something is wrong with the claim or its class, on whatever node: it is not tried on others. */
export class AllocationError extends Error {}

/** A request, or an alternative of one. */
export interface Wanted {
  requirements: DeviceRequirements;
  /** The request's. */
  name: string;
  /** '' where it is no alternative. */
  alternative: string;
  class: Class;
}

/** As results and configurations name it. */
export function fullName({ name, alternative }: Pick<Wanted, 'name' | 'alternative'>): string {
  return alternative === '' ? name : `${name}/${alternative}`;
}

export function claimText({ metadata: { namespace, name } }: Claim): string {
  return namespace ? `${namespace}/${name}` : `${name}`;
}

/** Without alternatives a request is the only one of its list. */
export function alternativesOf(
  claim: Claim,
  { name, exactly, firstAvailable = [] }: DeviceRequest,
  classOf: (name: string) => Class | undefined,
): Wanted[] {
  const options = firstAvailable.length > 0 ? firstAvailable : exactly ? [{ ...exactly, name: '' }] : [];
  return options.map(({ name: alternative, ...requirements }) => {
    const { deviceClassName, selectors = [] } = requirements;
    const about = `claim ${claimText(claim)}, request ${alternative || name}`;
    const unknown = selectors.findIndex(({ cel }) => !cel);
    if (unknown >= 0) {
      throw new AllocationError(`${about}, selector #${unknown}: CEL expression empty (unsupported selector type?)`);
    }
    if (!deviceClassName) throw new AllocationError(`${about}: missing device class name (unsupported request type?)`);
    const found = classOf(deviceClassName);
    if (!found) {
      const missing = `deviceclass.resource.k8s.io ${JSON.stringify(deviceClassName)} not found`;
      throw new AllocationError(`${about}: could not retrieve device class ${deviceClassName}: ${missing}`);
    }
    return { requirements, name, alternative, class: found };
  });
}
