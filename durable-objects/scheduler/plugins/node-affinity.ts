import { matchesRequired, matchesTerm, type NodeSelectorTerm } from '../../../kube/scheduling/node-selector.ts';
import type { Pod } from '../../../kube/types.ts';
import type { NodeFacts } from '../cache/projections.ts';
import { DEFAULT_ARGS, type NodeAffinityArgs } from '../framework/arguments.ts';
import { normalizeToMax, type Plugin } from '../framework/interface.ts';
import { unresolvable } from '../framework/rejection.ts';

const ENFORCED = "node(s) didn't match scheduler-enforced node affinity";
const MISMATCH = "node(s) didn't match Pod's node affinity/selector";

/** spec.nodeSelector, and required and preferred node affinity, the scheduler's own included. */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs): Plugin {
  const added = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const addedPreferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    name: 'NodeAffinity',
    prefers: 'labels',
    wakesOn: ['node-added', 'node-labels'],
    hint({ pod }, { node }) {
      if (!node?.after) return true;
      const matches = ({ name, labels }: NodeFacts): boolean => matchesRequired(pod, name, labels);
      const { name, labels } = node.after;
      if (added && !added.some((term) => matchesTerm(term, name, labels))) return false;
      return matches(node.after) && (!node.before || !matches(node.before) || added !== undefined);
    },
    sign: ({ spec }) => [spec?.nodeSelector, spec?.affinity?.nodeAffinity],
    preFilter({ pod }) {
      const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      if (!required) return pod.spec?.nodeSelector || added ? undefined : 'skip';
      const only = namedNodes(required.nodeSelectorTerms);
      if (only?.size === 0) return unresolvable('pod affinity terms conflict');
      return only && { only };
    },
    filter({ pod }, { name, facts }) {
      const labels = facts?.labels ?? {};
      if (added && !added.some((term) => matchesTerm(term, name, labels))) return unresolvable(ENFORCED);
      return matchesRequired(pod, name, labels) ? undefined : unresolvable(MISMATCH);
    },
    preScore: ({ pod }) => (preferredOf(pod).length + addedPreferred.length > 0 ? undefined : 'skip'),
    score({ pod }, { name, facts }) {
      let sum = 0;
      for (const { weight, preference } of [...addedPreferred, ...preferredOf(pod)]) {
        if (weight !== 0 && matchesTerm(preference, name, facts?.labels ?? {})) sum += weight;
      }
      return sum;
    },
    normalize: (_cycle, scores) => normalizeToMax(scores, false),
  };
}

export const NodeAffinity = nodeAffinity(DEFAULT_ARGS.NodeAffinity);

function preferredOf({ spec }: Pod) {
  return spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}

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
