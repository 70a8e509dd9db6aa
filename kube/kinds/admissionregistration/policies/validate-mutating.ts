/** Upstream `pkg/apis/admissionregistration/validation/validation.go`: mutating policies and their bindings. */
import { PolicyExpressions, type Returns } from '../../../machinery/cel/policy/expressions.ts';
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import type { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../../types.ts';
import { validateEnum } from '../../validation/fields.ts';
import {
  type MatchResources,
  validateConstraints,
  validateMatchResources,
  validateParamRef,
  validatePolicyName,
} from './match-resources.ts';
import { compileError, validateConditions, validateParamKind, validateVariable } from './validate-policy.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE'];
const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];

type Mutation = NonNullable<NonNullable<MutatingAdmissionPolicy['spec']>['mutations']>[number];

export function validateMutatingPolicy({ spec = {} }: MutatingAdmissionPolicy): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [], mutations = [] } = spec;
  const { reinvocationPolicy } = spec;
  const expressions = new PolicyExpressions({ params: paramKind !== undefined, variables: true });
  const errors = [
    ...validateEnum(failurePolicy, ['Fail', 'Ignore'], 'spec.failurePolicy'),
    ...(paramKind ? validateParamKind(paramKind, 'spec.paramKind') : []),
    ...validateConstraints(matchConstraints),
    ...validateOperations(matchConstraints, 'spec.matchConstraints'),
    ...validateConditions(matchConditions, expressions, 'spec.matchConditions'),
    ...variables.flatMap((variable, i) => validateVariable(variable, expressions, `spec.variables[${i}]`)),
    ...mutations.flatMap((mutation, i) => validateMutation(mutation, expressions, `spec.mutations[${i}]`)),
  ];
  if (mutations.length === 0) {
    errors.push(fieldError.required('spec.mutations', 'mutations must contain at least one item'));
  }
  const field = 'spec.reinvocationPolicy';
  if (!reinvocationPolicy) return [...errors, fieldError.required(field)];
  return [...errors, ...validateEnum(reinvocationPolicy, ['IfNeeded', 'Never'], field)];
}

/** A delete has nothing to change. */
function validateOperations(match: MatchResources | undefined, field: string): FieldError[] {
  return (match?.resourceRules ?? []).flatMap(({ operations = [] }) =>
    operations.flatMap((operation) =>
      OPERATIONS.includes(operation)
        ? []
        : [fieldError.notSupported(`${field}.resourceRules.operations`, operation, OPERATIONS)],
    ),
  );
}

function validateMutation(
  { patchType, applyConfiguration, jsonPatch }: Mutation,
  expressions: PolicyExpressions,
  field: string,
): FieldError[] {
  if (!patchType) return [fieldError.required(`${field}.patchType`)];
  if (!PATCH_TYPES.includes(patchType)) {
    return [fieldError.notSupported(`${field}.patchType`, patchType, PATCH_TYPES)];
  }
  const parts = [
    { name: 'jsonPatch', type: 'JSONPatch', part: jsonPatch, returns: ['list(JSONPatch)'] as Returns },
    {
      name: 'applyConfiguration',
      type: 'ApplyConfiguration',
      part: applyConfiguration,
      returns: ['Object'] as Returns,
    },
  ];
  const [own, other] = patchType === 'JSONPatch' ? parts : parts.reverse();
  const errors: FieldError[] = [];
  const at = `${field}.${own?.name}`;
  if (!own?.part) errors.push(fieldError.required(at, `must be specified when patchType is ${patchType}`));
  else errors.push(...validateExpression(own.part.expression, own.returns, expressions, `${at}.expression`));
  if (other?.part) {
    const why = `must not be specified when patchType is ${patchType}`;
    errors.push(fieldError.invalid(`${field}.${other.name}`, `{${other.name}}`, why));
  }
  return errors;
}

function validateExpression(
  expression: string | undefined,
  returns: Returns,
  expressions: PolicyExpressions,
  field: string,
): FieldError[] {
  const trimmed = expression?.trim() ?? '';
  if (trimmed === '') return [fieldError.required(field)];
  return compileError(expressions.compile(trimmed, returns, { patches: true }), field);
}

export function validateMutatingBinding({ spec }: MutatingAdmissionPolicyBinding): FieldError[] {
  const { policyName, paramRef, matchResources } = spec ?? {};
  return [
    ...validatePolicyName(policyName, 'spec.policyName'),
    ...validateParamRef(paramRef, 'spec.paramRef'),
    ...(matchResources ? validateMatchResources(matchResources, 'spec.matchResources') : []),
    ...validateOperations(matchResources, 'spec.matchResources'),
  ];
}
