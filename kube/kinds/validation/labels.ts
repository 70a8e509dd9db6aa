/** Labels and label selectors (apimachinery `meta/v1/validation/validation.go`). */
import { addErrors, type FieldError, fieldError, typed } from '../../machinery/field-error.ts';
import { isQualifiedName, isValidLabelValue } from '../../machinery/names.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import { invalidEach } from './fields.ts';

export function validateLabelName(name: string, field: string): FieldError[] {
  return invalidEach(field, name, isQualifiedName(name));
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(labels ?? {})) {
    addErrors(errors, validateLabelName(name, field));
    addErrors(errors, invalidEach(field, value, isValidLabelValue(value)));
  }
  return errors;
}

export function validateLabelSelector(selector: LabelSelectorObject | undefined, field: string): FieldError[] {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    errors.push(...validateRequirement(requirement, `${field}.matchExpressions[${index}]`));
  }
  return errors;
}

/** `unknownOperators` may be those of a newer client. */
export function validateRequirement(
  { key = '', operator, values = [] }: { key?: string; operator?: string; values?: string[] },
  field: string,
  { unknownOperators = false } = {},
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(fieldError.required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
      errors.push(fieldError.forbidden(`${field}.values`, why));
    }
  } else if (!unknownOperators) {
    errors.push(fieldError.invalid(`${field}.operator`, typed(operator ?? ''), 'not a valid selector operator'));
  }
  errors.push(...validateLabelName(key, `${field}.key`));
  for (const [index, value] of values.entries()) {
    errors.push(...invalidEach(`${field}.values[${index}]`, value, isValidLabelValue(value)));
  }
  return errors;
}
