import { matchesRequired, matchesTerm } from '../../../kube/scheduling/node-selector.ts';
import { normalizeToMax, type Plugin, unresolvable } from '../framework.ts';

const MISMATCH = "node(s) didn't match Pod's node affinity/selector";

/** spec.nodeSelector, and required and preferred node affinity. */
export const NodeAffinity: Plugin = {
  name: 'NodeAffinity',
  wakesOn: ['node-added', 'node-labels', 'pod-updated'],
  preFilter({ pod }) {
    const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    return required || pod.spec?.nodeSelector ? undefined : 'skip';
  },
  filter({ pod }, node) {
    return matchesRequired(pod, node.name, node.facts?.labels ?? {}) ? undefined : unresolvable(MISMATCH);
  },
  preScore({ pod }) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    return preferred?.length ? undefined : 'skip';
  },
  score({ pod }, node) {
    let sum = 0;
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    for (const { weight, preference } of preferred) {
      if (weight !== 0 && matchesTerm(preference, node.name, node.facts?.labels ?? {})) sum += weight;
    }
    return sum;
  },
  normalize: (_cycle, scores) => normalizeToMax(scores, false),
};
