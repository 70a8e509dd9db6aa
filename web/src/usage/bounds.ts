/** The sums of requests and of limits: the lines beside the use. */
import { aggregate } from '../../../kube/kinds/core/pod-spec/resources.ts';
import { milliOf, unitsOf } from '../../../kube/machinery/quantity.ts';
import type { Node, Pod } from '../../../kube/types.ts';
import type { Resource } from './samples.ts';

/** In cores or bytes; none where nothing is said. */
export interface Bounds {
  requests?: number;
  limits?: number;
  allocatable?: number;
}

/** `nodes`: those that the use is of; none for pods. */
export function boundsOf(pods: readonly Pod[], nodes: readonly Node[], resource: Resource): Bounds {
  const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const requests = sumOf(running, 'requests', resource);
  const allocatable = nodes.reduce((sum, { status }) => sum + amountOf(status?.allocatable?.[resource], resource), 0);
  // The sum of limits binds nothing where a container has none, nor a node.
  const isLimited = nodes.length === 0 && running.length > 0 && running.every((pod) => limitsAll(pod, resource));
  return {
    ...(requests > 0 && { requests }),
    ...(isLimited && { limits: sumOf(running, 'limits', resource) }),
    ...(allocatable > 0 && { allocatable }),
  };
}

function sumOf(pods: readonly Pod[], which: 'requests' | 'limits', resource: Resource): number {
  return pods.reduce((sum, { spec }) => {
    if (!spec) return sum;
    return sum + amountOf(aggregate(spec as Parameters<typeof aggregate>[0], which)[resource], resource);
  }, 0);
}

function limitsAll({ spec }: Pod, resource: Resource): boolean {
  return (spec?.containers ?? []).every(({ resources }) => resources?.limits?.[resource] !== undefined);
}

function amountOf(text: string | undefined, resource: Resource): number {
  return resource === 'cpu' ? milliOf(text ?? '0') / 1000 : unitsOf(text ?? '0');
}

/** The top of a chart. A bound far above the use would press that flat: its figure is enough. */
export function topOf(most: number, bounds: Bounds): number {
  const near = Object.values(bounds).filter((bound) => bound <= most * FAR);
  return Math.max(most, ...near) * 1.1 || 1;
}

const FAR = 6;
