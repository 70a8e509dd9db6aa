/** Claims for devices, by class (`pkg/quota/v1/evaluator/core/resource_claims.go`). */
import type { Quantity } from '../../machinery/quantity.ts';
import { addTo, count, ONE, raiseTo } from '../usage.ts';
import { countOf } from './counts.ts';
import type { Evaluator } from './evaluator.ts';

interface Devices {
  deviceClassName?: string;
  allocationMode?: string;
  count?: number;
}

interface Claim {
  spec?: { devices?: { requests?: { exactly?: Devices; firstAvailable?: Devices[] }[] } };
}

const COUNT = countOf('resourceclaims.resource.k8s.io');
const OF_CLASS = '.deviceclass.resource.k8s.io/devices';
/** `AllocationResultsMaxSize`: the most that "all" can be. */
const ALL = 32;

export const resourceClaims: Evaluator = {
  isCount: false,
  matches: (name) => name === COUNT || name.endsWith(OF_CLASS),
  usage(object) {
    const usage = new Map<string, Quantity>([[COUNT, ONE]]);
    for (const { exactly, firstAvailable = [] } of (object as Claim).spec?.devices?.requests ?? []) {
      // Of alternatives, the most that each class may have to give.
      const most = new Map<string, Quantity>();
      for (const one of firstAvailable.length > 0 ? firstAvailable : exactly ? [exactly] : []) {
        raiseTo(most, new Map([[`${one.deviceClassName ?? ''}${OF_CLASS}`, count(devices(one))]]));
      }
      addTo(usage, most);
    }
    return usage;
  },
  matchesScope: () => false,
  handles: ({ subresource }) => subresource === '',
};

function devices({ allocationMode, count = 0 }: Devices): number {
  if (allocationMode === 'All') return ALL;
  return allocationMode === 'ExactCount' ? count : 0;
}
