/** The quality-of-service class of a pod (`pkg/apis/core/helper/qos/qos.go`, ComputePodQOS). */
import { parseQuantity } from '../../../machinery/quantity.ts';
import type { PodSpec, ResourceRequirements } from '../../../types.ts';

type QOSClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COUNTED = ['cpu', 'memory'] as const;

/** A request that is left out equals its limit, as in defaulted pods, so that pods of files need no defaults before. */
export function qosClass(spec: PodSpec | undefined): QOSClass {
  const all: (ResourceRequirements | undefined)[] = spec?.resources
    ? [spec.resources]
    : [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ resources }) => resources);
  let limited = true;
  const totals = COUNTED.map((name) => {
    let [requests, limits] = [0n, 0n];
    for (const resources of all) {
      const limit = amount(resources?.limits?.[name]);
      if (limit === 0n) limited = false;
      limits += limit;
      requests += amount(resources?.requests?.[name] ?? resources?.limits?.[name]);
    }
    return { requests, limits };
  });
  if (totals.every(({ requests, limits }) => requests === 0n && limits === 0n)) return 'BestEffort';
  return limited && totals.every(({ requests, limits }) => requests === limits) ? 'Guaranteed' : 'Burstable';
}

function amount(text: string | undefined): bigint {
  const nano = text === undefined ? 0n : (parseQuantity(text)?.nano ?? 0n);
  return nano > 0n ? nano : 0n;
}
