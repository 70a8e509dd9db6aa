/** `matchLabelKeys` become part of the selector when a pod is made (KEP-3633, KEP-3243). */
import type { LabelSelectorObject } from '../../../machinery/selectors/labels.ts';
import type { Pod } from '../../../types.ts';

interface Term {
  labelSelector?: LabelSelectorObject;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

function merge(term: Term, labels: Readonly<Record<string, string>>): void {
  if (!term.labelSelector) return;
  for (const [keys, operator] of [
    [term.matchLabelKeys, 'In'],
    [term.mismatchLabelKeys, 'NotIn'],
  ] as const) {
    for (const key of keys ?? []) {
      const value = labels[key];
      if (value === undefined) continue;
      term.labelSelector.matchExpressions = [
        ...(term.labelSelector.matchExpressions ?? []),
        { key, operator, values: [value] },
      ];
    }
  }
}

export function mergeMatchLabelKeys({ spec, metadata }: Pod): void {
  const labels = metadata.labels ?? {};
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  for (const affinity of [podAffinity, podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) merge(term, labels);
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      merge(podAffinityTerm, labels);
    }
  }
  for (const constraint of spec?.topologySpreadConstraints ?? []) merge(constraint, labels);
}
