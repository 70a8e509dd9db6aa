/** The view's facts about nodes over which endpoints are spread. */
import { milliOf } from '../../../kube/machinery/quantity.ts';
import type { Node } from '../../../kube/types.ts';
import { defineProjection, type Projection } from '../runtime/view/projection.ts';
import { ZONE } from './endpoints.ts';

export interface NodeTopology {
  /** Allocatable thousandths of a CPU; 0 where it says nothing. */
  cpu: number;
}

const EXCLUDED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** Of a node that is ready and no control plane. */
export const nodeTopology = defineProjection<NodeTopology>({
  field: 'topology',
  resource: 'nodes',
  compute(object, intern) {
    const { metadata, status } = object as unknown as Node;
    const isReady = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    if (!isReady || EXCLUDED.some((label) => metadata.labels?.[label] !== undefined)) return undefined;
    const { cpu } = (status?.allocatable ?? {}) as Record<string, string>;
    return intern.value({ cpu: milliOf(cpu) });
  },
});

/** The node came, went, became ready or ceased to be, or is in another zone. */
export function movesEndpoints(before: Projection | undefined, after: Projection | undefined): boolean {
  if (!before || !after) return true;
  return !nodeTopology.of(before) !== !nodeTopology.of(after) || before.labels[ZONE] !== after.labels[ZONE];
}
