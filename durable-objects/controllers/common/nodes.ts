/** The view's facts about nodes. */
import type { Node } from '../../../kube/types.ts';
import { defineProjection, labelsOf } from '../runtime/projection.ts';

export interface NodeFacts {
  /** The node has a taint with effect NoExecute. */
  evicts: boolean;
}

export const nodeFacts = defineProjection<NodeFacts>({
  field: 'node',
  resource: 'nodes',
  compute(object) {
    const { spec } = object as unknown as Node;
    return {
      evicts: spec?.taints?.some((taint) => taint.effect === 'NoExecute') ?? false,
    };
  },
});

export const nodeLabels = labelsOf('nodes');
