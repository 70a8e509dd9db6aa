/** What controllers keep of nodes. */
import type { Node } from '../../../kube/types.ts';
import { defineProjection, labelsOf } from '../runtime/projection.ts';

export interface NodeFacts {
  /** Status of the condition Ready; '' when there is none. */
  ready: string;
  /** It has a taint with effect NoExecute. */
  evicts: boolean;
}

export const nodeFacts = defineProjection<NodeFacts>({
  field: 'node',
  resource: 'nodes',
  compute(object) {
    const { spec, status } = object as unknown as Node;
    return {
      ready: status?.conditions?.find((condition) => condition.type === 'Ready')?.status ?? '',
      evicts: spec?.taints?.some((taint) => taint.effect === 'NoExecute') ?? false,
    };
  },
});

export const nodeLabels = labelsOf('nodes');
