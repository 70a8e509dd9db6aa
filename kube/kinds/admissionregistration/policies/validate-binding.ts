/** Upstream `pkg/apis/admissionregistration/validation/validation.go`: bindings of validating policies. */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { ValidatingAdmissionPolicyBinding } from '../../../types.ts';
import { repeated } from '../../validation/repeated.ts';
import { validateMatchResources, validateParamRef, validatePolicyName } from './match-resources.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];

export function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const {
    policyName,
    paramRef,
    matchResources,
    validationActions = [],
  } = spec ?? ({} as Partial<NonNullable<typeof spec>>);
  return [
    ...validatePolicyName(policyName, 'spec.policyName'),
    ...validateParamRef(paramRef, 'spec.paramRef'),
    ...(matchResources ? validateMatchResources(matchResources, 'spec.matchResources') : []),
    ...validateActions(validationActions, 'spec.validationActions'),
  ];
}

function validateActions(actions: readonly string[], field: string): FieldError[] {
  const twice = repeated(actions);
  const errors = actions.flatMap((action, i) => [
    ...(ACTIONS.includes(action) ? [] : [fieldError.notSupported(`${field}[${i}]`, action, ACTIONS)]),
    ...(twice.has(i) ? [fieldError.duplicate(`${field}[${i}]`, action)] : []),
  ]);
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(fieldError.invalid(field, actions, why));
  }
  if (actions.length === 0) errors.push(fieldError.required(field, 'at least one validation action is required'));
  return errors;
}
