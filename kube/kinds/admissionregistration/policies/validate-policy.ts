/** Upstream `pkg/apis/admissionregistration/validation/validation.go`: policies, whose expressions must compile. */
import { type Compiled, PolicyExpressions } from '../../../machinery/cel/policy/expressions.ts';
import { type FieldError, fieldError } from '../../../machinery/field-error.ts';
import { isDNS1035Label, isDNS1123Subdomain, isQualifiedName } from '../../../machinery/names.ts';
import type { ValidatingAdmissionPolicy } from '../../../types.ts';
import { invalidEach, validateEnum } from '../../validation/fields.ts';
import { repeated } from '../../validation/repeated.ts';
import { type PolicySpec, validateConstraints } from './match-resources.ts';

const MAX_CONDITIONS = 64;
const MAX_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION = 5 * 1024;
const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

export function validatePolicy({ metadata, spec = {} }: ValidatingAdmissionPolicy): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, validations = [], auditAnnotations = [], variables = [] } = spec;
  const expressions = new PolicyExpressions({ params: paramKind !== undefined, variables: variables.length > 0 });
  const errors = validateEnum(failurePolicy, ['Fail', 'Ignore'], 'spec.failurePolicy');
  if (paramKind) errors.push(...validateParamKind(paramKind, 'spec.paramKind'));
  errors.push(
    ...validateConstraints(matchConstraints),
    ...validateConditions(spec.matchConditions ?? [], expressions, 'spec.matchConditions'),
    ...variables.flatMap((variable, i) => validateVariable(variable, expressions, `spec.variables[${i}]`)),
  );
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    return [...errors, fieldError.required('spec.validations', why), fieldError.required('spec.auditAnnotations', why)];
  }
  errors.push(...validations.flatMap((rule, i) => validateValidation(rule, expressions, `spec.validations[${i}]`)));
  return [...errors, ...validateAnnotations(auditAnnotations, metadata.name ?? '', expressions)];
}

export function validateParamKind(
  { apiVersion = '', kind = '' }: NonNullable<PolicySpec['paramKind']>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const parts = apiVersion.split('/');
  const [group, version = ''] = parts.length === 1 ? ['', apiVersion] : (parts as [string, string]);
  if (apiVersion === '') errors.push(fieldError.required(`${field}.apiVersion`));
  else if (parts.length > 2) {
    errors.push(fieldError.invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else {
    if (group !== '') errors.push(...joined(`${field}.apiVersion`, group, isDNS1123Subdomain(group)));
    if (version === '') errors.push(fieldError.invalid(`${field}.apiVersion`, apiVersion, 'version must be specified'));
    else errors.push(...joined(`${field}.apiVersion`, version, isDNS1035Label(version)));
  }
  if (kind === '') errors.push(fieldError.required(`${field}.kind`));
  else {
    const problems = isDNS1035Label(kind.toLowerCase());
    const why = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
    if (problems.length > 0) errors.push(fieldError.invalid(`${field}.kind`, kind, why));
  }
  return errors;
}

function joined(field: string, value: string, problems: readonly string[]): FieldError[] {
  return problems.length > 0 ? [fieldError.invalid(field, value, problems.join(','))] : [];
}

export function compileError({ error, source, isInternal }: Compiled, field: string): FieldError[] {
  if (error === undefined) return [];
  return [isInternal ? { type: 'InternalError', field, detail: error } : fieldError.invalid(field, source, error)];
}

export function validateConditions(
  conditions: NonNullable<PolicySpec['matchConditions']>,
  expressions: PolicyExpressions,
  field: string,
): FieldError[] {
  const twice = repeated(conditions.map(({ name }) => name));
  const errors: FieldError[] = [];
  if (conditions.length > MAX_CONDITIONS) errors.push(fieldError.tooMany(field, conditions.length, MAX_CONDITIONS));
  for (const [i, { name = '', expression = '' }] of conditions.entries()) {
    const at = `${field}[${i}]`;
    const trimmed = expression.trim();
    if (trimmed === '') errors.push(fieldError.required(`${at}.expression`));
    else errors.push(...compileError(expressions.compile(trimmed, ['bool'], { variables: false }), `${at}.expression`));
    if (name === '') errors.push(fieldError.required(`${at}.name`));
    else errors.push(...invalidEach(`${at}.name`, name, isQualifiedName(name)));
    if (name !== '' && twice.has(i)) errors.push(fieldError.duplicate(`${at}.name`, name));
  }
  return errors;
}

type Variable = NonNullable<PolicySpec['variables']>[number];

export function validateVariable(
  { name = '', expression = '' }: Variable,
  expressions: PolicyExpressions,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(fieldError.required(`${field}.name`, 'name is not specified'));
  else if (!IDENTIFIER.test(name)) {
    errors.push(fieldError.invalid(`${field}.name`, name, 'must be a valid CEL identifier'));
  }
  if (expression.trim() === '') {
    return [...errors, fieldError.required(`${field}.expression`, 'expression is not specified')];
  }
  return [...errors, ...compileError(expressions.addVariable(name, expression), `${field}.expression`)];
}

type Validation = NonNullable<PolicySpec['validations']>[number];

function validateValidation(rule: Validation, expressions: PolicyExpressions, field: string): FieldError[] {
  const { expression = '', message = '', messageExpression = '', reason } = rule;
  const errors: FieldError[] = [];
  if (expression.trim() === '') {
    errors.push(fieldError.required(`${field}.expression`, 'expression is not specified'));
  } else errors.push(...compileError(expressions.compile(expression, ['bool']), `${field}.expression`));
  const at = `${field}.messageExpression`;
  if (messageExpression.trim() !== '') {
    errors.push(...compileError(expressions.compile(messageExpression, ['string'], { authorizer: false }), at));
  } else if (messageExpression !== '') {
    errors.push(fieldError.invalid(at, messageExpression, 'must be non-empty if specified'));
  }
  if (message !== '' && message.trim() === '') {
    errors.push(fieldError.invalid(`${field}.message`, message, 'must be non-empty if specified'));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(fieldError.invalid(`${field}.message`, message, 'must not contain line breaks'));
  }
  return reason === undefined ? errors : [...errors, ...validateEnum(reason, REASONS, `${field}.reason`)];
}

function validateAnnotations(
  annotations: NonNullable<PolicySpec['auditAnnotations']>,
  policy: string,
  expressions: PolicyExpressions,
): FieldError[] {
  const field = 'spec.auditAnnotations';
  const twice = repeated(annotations.map(({ key }) => key));
  const errors: FieldError[] = [];
  if (annotations.length > MAX_ANNOTATIONS) {
    errors.push(fieldError.invalid(field, annotations, `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`));
  }
  for (const [i, { key = '', valueExpression = '' }] of annotations.entries()) {
    const at = `${field}[${i}]`;
    const name = `${policy}/${key}`;
    if (policy !== '') errors.push(...invalidEach(`${at}.key`, name, isQualifiedName(name)));
    else errors.push(fieldError.invalid(`${at}.key`, key, 'requires metadata.name be non-empty'));
    const trimmed = valueExpression.trim();
    const place = `${at}.valueExpression`;
    if (trimmed === '') errors.push(fieldError.required(place, 'valueExpression is not specified'));
    else if (new TextEncoder().encode(trimmed).length > MAX_VALUE_EXPRESSION) {
      errors.push(fieldError.required(place, `must not exceed ${MAX_VALUE_EXPRESSION} bytes in length`));
    } else {
      const compiled = expressions.compile(trimmed, ['string', 'null_type']);
      errors.push(...compileError({ ...compiled, source: valueExpression }, place));
    }
    if (twice.has(i)) errors.push(fieldError.duplicate(`${at}.key`, key));
  }
  return errors;
}
