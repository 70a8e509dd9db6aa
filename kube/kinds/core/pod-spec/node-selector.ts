/** Node selectors with operators, as affinity and volumes use them (`ValidateNodeSelector`). */
import { type FieldError, fieldError, typed } from '../../../machinery/field-error.ts';
import { isDNS1123Subdomain, isValidLabelValue } from '../../../machinery/names.ts';
import { invalidEach } from '../../validation/fields.ts';
import { validateLabelName } from '../../validation/labels.ts';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

function validateOperator({ operator, values = [] }: Requirement, field: string): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return [];
      return [fieldError.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [
        fieldError.forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      ];
    case 'Gt':
    case 'Lt':
      if (values.length === 1) return [];
      return [fieldError.required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [fieldError.invalid(`${field}.operator`, typed(operator ?? ''), 'not a valid selector operator')];
  }
}

function validateFieldRequirement({ key, operator, values = [] }: Requirement, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1) {
      const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
      errors.push(fieldError.required(`${field}.values`, detail));
    }
  } else errors.push(fieldError.invalid(`${field}.operator`, typed(operator ?? ''), 'not a valid selector operator'));
  if (key !== 'metadata.name') {
    return [...errors, fieldError.invalid(`${field}.key`, key ?? '', 'not a valid field selector key')];
  }
  for (const [index, value] of values.entries()) {
    errors.push(...invalidEach(`${field}.values[${index}]`, value, isDNS1123Subdomain(value)));
  }
  return errors;
}

/** `strict`: values must be label values; preferences have always been let through. */
export function validateNodeSelectorTerm(term: Term | undefined, strict: boolean, field: string): FieldError[] {
  const expressions = (term?.matchExpressions ?? []).flatMap((requirement, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    const errors = [...validateOperator(requirement, at), ...validateLabelName(requirement.key ?? '', `${at}.key`)];
    if (!strict) return errors;
    const values = (requirement.values ?? []).flatMap((value, position) =>
      invalidEach(`${at}.values[${position}]`, value, isValidLabelValue(value)),
    );
    return [...errors, ...values];
  });
  const fields = (term?.matchFields ?? []).flatMap((requirement, index) =>
    validateFieldRequirement(requirement, `${field}.matchFields[${index}]`),
  );
  return [...expressions, ...fields];
}

export function validateNodeSelector(
  { nodeSelectorTerms = [] }: { nodeSelectorTerms?: Term[] },
  field: string,
): FieldError[] {
  const at = `${field}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) {
    return [fieldError.required(at, 'must have at least one node selector term')];
  }
  return nodeSelectorTerms.flatMap((term, index) => validateNodeSelectorTerm(term, true, `${at}[${index}]`));
}
