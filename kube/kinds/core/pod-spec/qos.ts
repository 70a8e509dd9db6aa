/** The quality-of-service class of a pod (`pkg/apis/core/v1/helper/qos`). */
import { parseQuantity } from '../../../machinery/quantity.ts';
import type { PodSpec, ResourceRequirements } from '../../../types.ts';

type QOSClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COUNTED = ['cpu', 'memory'] as const;

export function qosClass(spec: PodSpec): QOSClass {
  const all: (ResourceRequirements | undefined)[] = spec.resources
    ? [spec.resources]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources);
  const totals = COUNTED.map((name) => ({
    requests: total(all, 'requests', name),
    limits: total(all, 'limits', name),
  }));
  if (totals.every(({ requests, limits }) => requests === 0n && limits === 0n)) return 'BestEffort';
  const limited = all.every((resources) => COUNTED.every((name) => amount(resources?.limits?.[name]) > 0n));
  return limited && totals.every(({ requests, limits }) => requests === limits) ? 'Guaranteed' : 'Burstable';
}

function amount(text: string | undefined): bigint {
  const nano = text === undefined ? 0n : (parseQuantity(text)?.nano ?? 0n);
  return nano > 0n ? nano : 0n;
}

function total(all: readonly (ResourceRequirements | undefined)[], which: 'requests' | 'limits', name: string): bigint {
  return all.reduce((sum, resources) => sum + amount(resources?.[which]?.[name]), 0n);
}
