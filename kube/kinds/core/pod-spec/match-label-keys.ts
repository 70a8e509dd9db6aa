/** How `matchLabelKeys` are checked, and become part of the selector when a pod is made (KEP-3633, KEP-3243). */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { LabelSelectorObject } from '../../../machinery/selectors/labels.ts';
import type { Pod } from '../../../types.ts';
import { validateLabelName } from '../../validation/labels.ts';

interface Term {
  labelSelector?: LabelSelectorObject;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

/** `ValidateMatchLabelKeysAndMismatchLabelKeys`. The selector has taken the keys up by then. */
export function validateMatchLabelKeys(term: Term, field: string): FieldError[] {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  const errors: FieldError[] = [];
  for (const [name, keys] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    if (keys.length === 0) continue;
    if (labelSelector)
      errors.push(...keys.flatMap((key, index) => validateLabelName(key, `${field}.${name}[${index}]`)));
    else errors.push(fieldError.forbidden(`${field}.${name}`, 'must not be specified when labelSelector is not set'));
  }
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key);
    if (index >= 0 && seen.has(key)) {
      errors.push(fieldError.invalid(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue;
    const detail = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(fieldError.invalid(`${field}.matchLabelKeys[${index}]`, key, detail));
  }
  return errors;
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
