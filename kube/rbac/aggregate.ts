/** The rules of a role that gathers others' (upstream `pkg/controller/clusterroleaggregation`). */
import { sameJson } from '../machinery/equality.ts';
import { selectorFromObject } from '../machinery/selectors/labels.ts';
import type { ClusterRole, PolicyRule } from '../types.ts';

export interface Gathered {
  name: string;
  labels: Readonly<Record<string, string>>;
  rules(): readonly PolicyRule[];
}

/** The rules of each role that a selector finds, each once, in the order of the roles' names. */
export function gatherRules({ metadata, aggregationRule }: ClusterRole, roles: readonly Gathered[]): PolicyRule[] {
  const sorted = [...roles].sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: PolicyRule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const { matches } = selectorFromObject(selector);
    for (const { name, labels, rules } of sorted) {
      if (name === metadata.name || !matches(labels)) continue;
      for (const rule of rules()) if (!found.some((other) => sameJson(other, rule))) found.push(rule);
    }
  }
  return found;
}
