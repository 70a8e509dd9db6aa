/**
 * The requests that a policy or a binding is for
 * (upstream `pkg/apis/admissionregistration/{v1/defaults,validation}`).
 */
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1123Subdomain, isPathSegmentName } from '../../../machinery/names.ts';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { validateLabelSelector } from '../../validation/labels.ts';
import { repeated } from '../../validation/repeated.ts';
import { validateRule } from '../rule-validation.ts';

export type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']>;
export type MatchResources = NonNullable<PolicySpec['matchConstraints']>;
export type NamedRule = NonNullable<MatchResources['resourceRules']>[number];
export type ParamRef = NonNullable<NonNullable<ValidatingAdmissionPolicyBinding['spec']>['paramRef']>;

export function defaultMatchResources(match: MatchResources | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*';
}

export function validateMatchResources(match: MatchResources, field: string): FieldError[] {
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...validateEnum(matchPolicy, ['Equivalent', 'Exact'], `${field}.matchPolicy`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(objectSelector, `${field}.objectSelector`),
    ...resourceRules.flatMap((rule, i) => validateNamedRule(rule, `${field}.resourceRules[${i}]`)),
    ...excludeResourceRules.flatMap((rule, i) => validateNamedRule(rule, `${field}.excludeResourceRules[${i}]`)),
  ];
}

/** The constraints of a policy, which must choose something. */
export function validateConstraints(match: MatchResources | undefined): FieldError[] {
  const field = 'spec.matchConstraints';
  if (!match) return [fieldError.required(field)];
  const errors = validateMatchResources(match, field);
  return match.resourceRules?.length ? errors : [...errors, fieldError.required(`${field}.resourceRules`)];
}

function validateNamedRule(rule: NamedRule, field: string): FieldError[] {
  const { resourceNames = [] } = rule;
  const twice = repeated(resourceNames);
  const names = resourceNames.flatMap((name, i) => {
    const at = `${field}.resourceNames[${i}]`;
    return [
      ...invalidEach(at, name, isPathSegmentName(name)),
      ...(twice.has(i) ? [fieldError.duplicate(at, name)] : []),
    ];
  });
  return [...names, ...validateRule(rule, field)];
}

export function validatePolicyName(name: string | undefined, field: string): FieldError[] {
  return name ? invalidEach(field, name, isDNS1123Subdomain(name)) : [fieldError.required(field)];
}

export function validateParamRef(reference: ParamRef | undefined, field: string): FieldError[] {
  if (!reference) return [];
  const { name = '', selector, parameterNotFoundAction } = reference;
  const both = name !== '' && selector !== undefined;
  const exclusive = (part: string) =>
    fieldError.forbidden(`${field}.${part}`, 'name and selector are mutually exclusive');
  const errors: FieldError[] = [];
  if (name !== '') errors.push(...invalidEach(`${field}.name`, name, isPathSegmentName(name)));
  if (both) errors.push(exclusive('name'));
  errors.push(...validateLabelSelector(selector, `${field}.selector`));
  if (both) errors.push(exclusive('selector'));
  if (name === '' && !selector) errors.push(fieldError.required(field, 'one of name or selector must be specified'));
  const at = `${field}.parameterNotFoundAction`;
  if (!parameterNotFoundAction) errors.push(fieldError.required(at));
  else errors.push(...validateEnum(parameterNotFoundAction, ['Deny', 'Allow'], at));
  return errors;
}
