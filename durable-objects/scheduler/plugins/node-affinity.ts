import { matchesRequired, matchesTerm, type NodeSelectorTerm } from '../../../kube/scheduling/node-selector.ts';
import { normalizeToMax, type Plugin, unresolvable } from '../framework.ts';

const MISMATCH = "node(s) didn't match Pod's node affinity/selector";

/** spec.nodeSelector, and required and preferred node affinity. */
export const NodeAffinity: Plugin = {
  name: 'NodeAffinity',
  wakesOn: ['node-added', 'node-labels'],
  preFilter({ pod }) {
    const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!required) return pod.spec?.nodeSelector ? undefined : 'skip';
    const only = namedNodes(required.nodeSelectorTerms);
    if (only?.size === 0) return unresolvable('pod affinity terms conflict');
    return only && { only };
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

/** The nodes that the terms name, as the pods of a DaemonSet do; undefined when one of the terms names none. */
function namedNodes(terms: readonly NodeSelectorTerm[]): Set<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let named: string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== 'metadata.name' || operator !== 'In') continue;
      named = named ? named.filter((name) => values.includes(name)) : values;
    }
    if (!named) return undefined;
    for (const name of named) names.add(name);
  }
  return names;
}
