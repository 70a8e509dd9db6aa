/**
 * Restart rules of a container, and the restarts that resizing it takes (`validateContainerRestartPolicy`,
 * `validateResizePolicy`).
 */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { Container, PodSpec } from '../../../types.ts';
import { validateEnum } from '../../validation/fields.ts';

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const RULES_ALONE = 'must specify restartPolicy when restart rules are used';

type Rule = NonNullable<Container['restartPolicyRules']>[number];

function validateRule({ action, exitCodes }: Rule, field: string): FieldError[] {
  const errors = validateEnum(action, ['Restart', 'RestartAllContainers'], `${field}.action`);
  if (!exitCodes) return [...errors, fieldError.required(`${field}.exitCodes`, 'must be specified')];
  const { operator, values = [] } = exitCodes;
  errors.push(...validateEnum(operator, ['In', 'NotIn'], `${field}.exitCodes.operator`));
  if (values.length > MAX_EXIT_CODES) {
    errors.push(fieldError.tooMany(`${field}.exitCodes.values`, values.length, MAX_EXIT_CODES));
  }
  return errors;
}

export function validateRestartPolicy(container: Container, field: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  const errors: FieldError[] = [];
  if (restartPolicy !== undefined) {
    errors.push(...validateEnum(restartPolicy, ['Always', 'Never', 'OnFailure'], `${field}.restartPolicy`));
  } else if (rules.length > 0) {
    errors.push(fieldError.required(`${field}.restartPolicy`, RULES_ALONE));
  }
  const at = `${field}.restartPolicyRules`;
  if (rules.length > MAX_RULES) errors.push(fieldError.tooMany(at, rules.length, MAX_RULES));
  for (const [index, rule] of rules.entries()) errors.push(...validateRule(rule, `${at}[${index}]`));
  return errors;
}

/** Of init containers rules are looked at where a policy is given (`validateInitContainerRestartPolicy`). */
export function validateInitRestartPolicy(container: Container, field: string): FieldError[] {
  if (container.restartPolicy !== undefined) return validateRestartPolicy(container, field);
  if (!container.restartPolicyRules?.length) return [];
  return [fieldError.required(`${field}.restartPolicy`, RULES_ALONE)];
}

/** Upstream blames the list for an error in one item. */
export function validateResizePolicy(
  policies: Container['resizePolicy'],
  { restartPolicy: ofPod }: PodSpec,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of (policies ?? []).entries()) {
    if (seen.has(resourceName)) errors.push(fieldError.duplicate(`${field}[${index}]`, resourceName));
    seen.add(resourceName);
    if (!resourceName) errors.push(fieldError.required(field));
    else errors.push(...validateEnum(resourceName, ['cpu', 'memory'], field));
    if (!restartPolicy) errors.push(fieldError.required(field));
    else errors.push(...validateEnum(restartPolicy, ['NotRequired', 'RestartContainer'], field));
    if (ofPod === 'Never' && restartPolicy !== 'NotRequired') {
      const detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
      errors.push(fieldError.invalid(field, restartPolicy, detail));
    }
  }
  return errors;
}

/** A container that runs once before the others is not started anew (of init containers that are no sidecars). */
export function validateNoRestartOnResize({ resizePolicy = [] }: Container, field: string): FieldError[] {
  return resizePolicy.flatMap(({ restartPolicy }, index) => {
    if (restartPolicy !== 'RestartContainer') return [];
    const why = "must not be set to 'RestartContainer' for non-sidecar initContainers";
    return [fieldError.invalid(`${field}.resizePolicy[${index}].restartPolicy`, restartPolicy, why)];
  });
}
