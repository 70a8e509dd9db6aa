/** Labels and label selectors (apimachinery `meta/v1/validation/validation.go`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { isQualifiedName, isValidLabelValue } from '../../machinery/names.ts';
import type { LabelSelectorObject } from '../../machinery/selectors/labels.ts';
import { invalidEach } from './fields.ts';

export function validateLabelName(name: string, field: string): FieldError[] {
  return invalidEach(field, name, isQualifiedName(name));
}

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([name, value]) => [
    ...validateLabelName(name, field),
    ...invalidEach(field, value, isValidLabelValue(value)),
  ]);
}

export function validateLabelSelector(selector: LabelSelectorObject | undefined, field: string): FieldError[] {
  if (!selector) return [];
  const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
  for (const [index, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(fieldError.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(
          fieldError.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
    } else errors.push(fieldError.invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    errors.push(...validateLabelName(key ?? '', `${at}.key`));
    for (const [at2, value] of values.entries()) {
      errors.push(...invalidEach(`${at}.values[${at2}]`, value, isValidLabelValue(value)));
    }
  }
  return errors;
}
