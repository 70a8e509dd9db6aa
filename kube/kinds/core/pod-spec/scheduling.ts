/** A pod's fields about its placement: tolerations, affinity, spreading, gates. */

import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Label, isQualifiedName, isValidLabelValue } from '../../../machinery/names.ts';
import type { Affinity, PodSpec, Toleration } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateLabelName, validateLabelSelector } from '../../validation/labels.ts';
import { repeated } from '../../validation/repeated.ts';
import { validateMatchLabelKeys } from './match-label-keys.ts';
import { validateNodeSelector, validateNodeSelectorTerm } from './node-selector.ts';

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>[number];

function validateToleration(toleration: Toleration, field: string): FieldError[] {
  const { key, operator = '', value = '', effect, tolerationSeconds } = toleration;
  const errors: FieldError[] = key ? validateLabelName(key, `${field}.key`) : [];
  if (!key && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(fieldError.invalid(`${field}.operator`, operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(fieldError.invalid(`${field}.effect`, effect ?? '', detail));
  }
  if (operator === '' || operator === 'Equal') {
    const messages = isValidLabelValue(value);
    if (messages.length > 0) errors.push(fieldError.invalid(`${field}.operator`, value, messages.join(';')));
  } else if (operator === 'Exists') {
    if (value) {
      errors.push(fieldError.invalid(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    }
  } else {
    // The comparison operators are named although their feature gate is off.
    const operators = ['Equal', 'Exists', ...(operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : [])];
    errors.push(fieldError.notSupported(`${field}.operator`, operator, operators));
  }
  if (effect) errors.push(...validateEnum(effect, TAINT_EFFECTS, `${field}.effect`));
  return errors;
}

export function validateTolerations(tolerations: readonly Toleration[] | undefined, field: string): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, index) => validateToleration(toleration, `${field}[${index}]`));
}

function validateWeight(weight: number | undefined, field: string): FieldError[] {
  const given = weight ?? 0;
  return given >= 1 && given <= 100 ? [] : [fieldError.invalid(`${field}.weight`, given, 'must be in the range 1-100')];
}

function validatePodTerm(term: PodTerm | undefined, field: string): FieldError[] {
  const topologyKey = term?.topologyKey ?? '';
  return [
    ...validateLabelSelector(term?.labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(term?.namespaceSelector, `${field}.namespaceSelector`),
    ...(term?.namespaces ?? []).flatMap((name) => invalidEach(`${field}.namespace`, name, isDNS1123Label(name))),
    ...(term ? validateMatchLabelKeys(term, field) : []),
    ...(topologyKey === '' ? [fieldError.required(`${field}.topologyKey`, 'can not be empty')] : []),
    ...validateLabelName(topologyKey, `${field}.topologyKey`),
  ];
}

function validatePodAffinity(affinity: PodAffinity | undefined, field: string): FieldError[] {
  const required = `${field}.requiredDuringSchedulingIgnoredDuringExecution`;
  const preferred = `${field}.preferredDuringSchedulingIgnoredDuringExecution`;
  return [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, index) =>
      validatePodTerm(term, `${required}[${index}]`),
    ),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(
      ({ weight, podAffinityTerm }, index) => [
        ...validateWeight(weight, `${preferred}[${index}]`),
        ...validatePodTerm(podAffinityTerm, `${preferred}[${index}].podAffinityTerm`),
      ],
    ),
  ];
}

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
  if (!affinity) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  const errors: FieldError[] = [];
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const at = `${field}.nodeAffinity`;
  if (required) errors.push(...validateNodeSelector(required, `${at}.requiredDuringSchedulingIgnoredDuringExecution`));
  for (const [index, { weight, preference }] of (
    nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  ).entries()) {
    const term = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
    errors.push(...validateWeight(weight, term), ...validateNodeSelectorTerm(preference, false, `${term}.preference`));
  }
  errors.push(...validatePodAffinity(podAffinity, `${field}.podAffinity`));
  errors.push(...validatePodAffinity(podAntiAffinity, `${field}.podAntiAffinity`));
  return errors;
}

function validateConstraint(constraint: Spread, comesAgain: boolean, field: string): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
  const errors: FieldError[] = [];
  if ((maxSkew ?? 0) <= 0)
    errors.push(fieldError.invalid(`${field}.maxSkew`, maxSkew ?? 0, 'must be greater than zero'));
  if (!topologyKey) errors.push(fieldError.required(`${field}.topologyKey`, 'can not be empty'));
  const actions = ['DoNotSchedule', 'ScheduleAnyway'];
  errors.push(...validateEnum(whenUnsatisfiable, actions, `${field}.whenUnsatisfiable`));
  if (comesAgain) {
    const twice = `{${topologyKey}, ${whenUnsatisfiable}}`;
    errors.push(fieldError.duplicate(`${field}.{topologyKey, whenUnsatisfiable}`, twice));
  }
  if (minDomains !== undefined) {
    const at = `${field}.minDomains`;
    if (minDomains <= 0) errors.push(fieldError.invalid(at, minDomains, 'must be greater than zero'));
    if (whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
      errors.push(fieldError.invalid(at, minDomains, detail));
    }
  }
  for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
    const value = constraint[policy];
    if (value !== undefined) errors.push(...validateEnum(value, ['Honor', 'Ignore'], `${field}.${policy}`));
  }
  errors.push(...validateMatchLabelKeys(constraint, field));
  return [...errors, ...validateLabelSelector(labelSelector, `${field}.labelSelector`)];
}

export function validateSpread(constraints: readonly Spread[] | undefined, field: string): FieldError[] {
  const all = constraints ?? [];
  const last = new Map<string, number>();
  const pair = ({ topologyKey, whenUnsatisfiable }: Spread) => JSON.stringify([topologyKey, whenUnsatisfiable]);
  for (const [index, constraint] of all.entries()) last.set(pair(constraint), index);
  return all.flatMap((constraint, index) =>
    validateConstraint(constraint, last.get(pair(constraint)) !== index, `${field}[${index}]`),
  );
}

export function validateGates({ readinessGates, schedulingGates }: PodSpec, field: string): FieldError[] {
  const errors = (readinessGates ?? []).flatMap(({ conditionType }, index) =>
    invalidEach(`${field}.readinessGates[${index}].conditionType`, conditionType, isQualifiedName(conditionType)),
  );
  const names = (schedulingGates ?? []).map(({ name }) => name);
  const twice = repeated(names);
  for (const [index, name] of names.entries()) {
    const at = `${field}.schedulingGates[${index}]`;
    errors.push(...invalidEach(at, name, isQualifiedName(name)));
    if (twice.has(index)) errors.push(fieldError.duplicate(at, name));
  }
  return errors;
}
