/** Numbers that may be percentages: `maxSurge: 25%` (`ValidatePositiveIntOrPercent`, `IsNotMoreThan100Percent`). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import { validateNonNegative } from './fields.ts';

export type IntOrPercent = number | string;

const PERCENT = /^[0-9]+%$/;
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function validateIntOrPercent(value: IntOrPercent | undefined, field: string): FieldError[] {
  if (typeof value !== 'string') return validateNonNegative(value, field);
  return PERCENT.test(value) ? [] : [fieldError.invalid(field, value, PERCENT_TEXT)];
}

export function validateAtMost100Percent(value: IntOrPercent | undefined, field: string): FieldError[] {
  const tooMuch = typeof value === 'string' && PERCENT.test(value) && amount(value) > 100;
  return tooMuch ? [fieldError.invalid(field, value, 'must not be greater than 100%')] : [];
}

/** The number, also of a text that is refused for it, or the number before the `%`; 0 for what is neither. */
export function amount(value: IntOrPercent | undefined): number {
  if (typeof value === 'number') return value;
  return value !== undefined && /^[+-]?\d+$|^\d+%$/.test(value) ? Number.parseInt(value, 10) : 0;
}
