/** Rules that workloads share: for selectors, templates and the counts in their status. */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { type LabelSelectorObject, type Selector, selectorFromObject } from '../../machinery/selectors/labels.ts';
import type { PodTemplateSpec } from '../../types.ts';
import { validatePodTemplate } from '../core/pod-spec/validate.ts';
import { validateNonNegative } from './fields.ts';
import { validateLabelSelector } from './labels.ts';

/** Required, well formed and not empty. `kind` as upstream says it: `deployment`, `statefulset`. */
export function validateSelector(selector: LabelSelectorObject | undefined, kind: string, field: string): FieldError[] {
  if (!selector) return [fieldError.required(field)];
  const errors = validateLabelSelector(selector, field);
  if (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length) {
    errors.push(fieldError.invalid(field, selector, `empty selector is invalid for ${kind}`));
  }
  return errors;
}

/** The selector as upstream reads it; undefined when it can't be read. */
export function readSelector(selector: LabelSelectorObject | undefined, field: string): Selector | undefined {
  if (validateLabelSelector(selector, field).length > 0) return undefined;
  return selectorFromObject(selector);
}

/** `any`: what selects everything is let through, as it has been refused in other words. */
export function validateSelects(
  selector: Selector,
  template: PodTemplateSpec | undefined,
  field: string,
  any = true,
): FieldError[] {
  const labels = template?.metadata?.labels;
  const matchesAll = any && selector.requirements.length === 0 && selector.matches({});
  if (matchesAll || selector.matches(labels)) return [];
  return [
    fieldError.invalid(`${field}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`'),
  ];
}

/** Rules for workloads that keep their pods running. `kind` as in `ReplicaSet`. */
export function validateAlwaysRestarted(
  template: PodTemplateSpec | undefined,
  kind: string,
  field: string,
): FieldError[] {
  const { restartPolicy = '', activeDeadlineSeconds } = template?.spec ?? {};
  const errors: FieldError[] = [];
  if (restartPolicy !== 'Always') {
    errors.push(fieldError.notSupported(`${field}.spec.restartPolicy`, restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(fieldError.forbidden(`${field}.spec.activeDeadlineSeconds`, detail));
  }
  return errors;
}

/** The selector, and the template it must select (`ValidatePodTemplateSpecForReplicaSet`). */
export function validateReplicated(
  spec: { selector?: LabelSelectorObject; template?: PodTemplateSpec },
  field: string,
): FieldError[] {
  const errors = validateSelector(spec.selector, 'deployment', `${field}.selector`);
  const selector = readSelector(spec.selector, field);
  if (!selector) {
    const { matchLabels, matchExpressions } = spec.selector ?? {};
    const shown = { matchLabels, matchExpressions };
    return [...errors, fieldError.invalid(`${field}.selector`, shown, 'invalid label selector')];
  }
  const at = `${field}.template`;
  return [
    ...errors,
    ...validateSelects(selector, spec.template, at),
    ...validatePodTemplate(spec.template, at),
    ...validateAlwaysRestarted(spec.template, 'ReplicaSet', at),
  ];
}

/**
 * Counts of pods: none is negative, none above the whole. `parts` and `others` in upstream's order; `ready`: how it names
 * these. Only parts are compared with the whole.
 */
export function validateCounts(
  status: object | undefined,
  parts: readonly string[],
  others: readonly string[],
  ready = 'readyReplicas',
): FieldError[] {
  const errors = validateNoneNegative(status, ['replicas', ...parts, ...others]);
  for (const name of parts) {
    if (countOf(status, name) > countOf(status, 'replicas')) {
      const value = countOf(status, name);
      errors.push(fieldError.invalid(`status.${name}`, value, 'cannot be greater than status.replicas'));
    }
  }
  const available = countOf(status, 'availableReplicas');
  if (available > countOf(status, 'readyReplicas')) {
    errors.push(fieldError.invalid('status.availableReplicas', available, `cannot be greater than ${ready}`));
  }
  return errors;
}

/** No count of a status is negative. */
export function validateNoneNegative(status: object | undefined, names: readonly string[]): FieldError[] {
  return names.flatMap((name) => validateNonNegative(countOf(status, name), `status.${name}`));
}

interface CollisionCount {
  collisionCount?: number;
}

/** Collisions are only ever counted up, and a count that was set stays set (`IsDecremented`). */
export function validateCollisions(next: object | undefined, old: object | undefined): FieldError[] {
  const [count, before] = [next, old].map((status) => (status as CollisionCount | undefined)?.collisionCount);
  if (before === undefined || (count !== undefined && count >= before)) return [];
  return [fieldError.invalid('status.collisionCount', count ?? 0, 'cannot be decremented')];
}

function countOf(status: object | undefined, name: string): number {
  return (status as Record<string, number | undefined> | undefined)?.[name] ?? 0;
}
