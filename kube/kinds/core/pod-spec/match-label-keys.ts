/** `matchLabelKeys` are checked, and become part of the selector when a pod is made (KEP-3633, KEP-3243). */
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
  const last = new Map(matchLabelKeys.map((key, index) => [key, index]));
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = last.get(key);
    if (index !== undefined && seen.has(key)) {
      errors.push(fieldError.invalid(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  const mismatched = new Set(mismatchLabelKeys);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatched.has(key)) continue;
    const detail = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(fieldError.invalid(`${field}.matchLabelKeys[${index}]`, key, detail));
  }
  return errors;
}

function merge(term: Term, labels: Readonly<Record<string, string>>): void {
  if (!term.labelSelector) return;
  const added = [
    ...expressions(term.matchLabelKeys, 'In', labels),
    ...expressions(term.mismatchLabelKeys, 'NotIn', labels),
  ];
  if (added.length === 0) return;
  term.labelSelector.matchExpressions = [...(term.labelSelector.matchExpressions ?? []), ...added];
}

function expressions(keys: readonly string[] = [], operator: 'In' | 'NotIn', labels: Readonly<Record<string, string>>) {
  return keys
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
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
