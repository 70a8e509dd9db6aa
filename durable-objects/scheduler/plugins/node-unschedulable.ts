import { toleratesAny } from '../../../kube/scheduling/tolerations.ts';
import type { Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes. */
export const NodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  wakesOn: ['node-added', 'node-taints'],
  hint: (_, { node }) => !node?.after || (!node.after.unschedulable && node.before?.unschedulable !== false),
  sign: ({ spec }) => spec?.tolerations ?? [],
  filter({ pod }, node) {
    if (!node.facts?.unschedulable || toleratesAny(pod.spec?.tolerations, TAINT)) return undefined;
    return unresolvable('node(s) were unschedulable');
  },
};
