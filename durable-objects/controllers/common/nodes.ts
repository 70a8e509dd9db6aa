/** The view's facts about nodes. */
import type { Node, Taint } from '../../../kube/types.ts';
import { defineProjection, labelsOf, type Projection } from '../runtime/view/projection.ts';

export interface NodeFacts {
  /** The node has a taint with effect NoExecute. */
  evicts: boolean;
  /** The node is not ready, and an administrator says that it is shut down: nothing of it runs any more (KEP-2268). */
  outOfService: boolean;
  /** All of its taints. Nodes with equal ones share the list. */
  taints: readonly Taint[];
}

export type NodeProjection = Projection & { readonly node: NodeFacts };

const NO_TAINTS: readonly Taint[] = Object.freeze([]);
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export const nodeFacts = defineProjection<NodeFacts>({
  field: 'node',
  resource: 'nodes',
  compute(object, intern) {
    const { spec, status } = object as unknown as Node;
    const isReady = status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
    return {
      evicts: spec?.taints?.some((taint) => taint.effect === 'NoExecute') ?? false,
      outOfService: !isReady && (spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false),
      taints: spec?.taints?.length ? intern.value(spec.taints) : NO_TAINTS,
    };
  },
});

export const nodeLabels = labelsOf('nodes');

export function isNode(projection: Projection | undefined): projection is NodeProjection {
  return nodeFacts.of(projection) !== undefined;
}
