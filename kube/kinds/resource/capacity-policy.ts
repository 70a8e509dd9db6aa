/** How much of a device's capacity may be asked for (`pkg/apis/resource/validation`, validateRequestPolicy). */
import { type FieldError, fieldError } from '../../machinery/field-error.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  unitCeil,
} from '../../machinery/quantity.ts';
import type { ResourceSlice } from '../../types.ts';
import { each } from './device-validation.ts';

type Device = NonNullable<NonNullable<ResourceSlice['spec']>['devices']>[number];
type Capacity = NonNullable<Device['capacity']>[string];
/** Generated types have an underscore before words of the language. */
type Policy = NonNullable<Capacity['requestPolicy']> & { default?: string };

const MAX_OPTIONS = 10;
const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

const quantity = (text: string): Quantity => parseQuantity(text) ?? ZERO;
const compare = (a: string, b: string): number => compareQuantities(quantity(a), quantity(b));

/** Of a device that several may be given a part of. */
export function validateRequestPolicy(policy: Policy, capacity: string, field: string): FieldError[] {
  const { default: preset, validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time';
    return [fieldError.forbidden(field, why)];
  }
  if (validValues.length > 0) {
    if (preset === undefined) return [fieldError.required(`${field}.default`, 'required when validValues is defined')];
    return validateValues(preset, capacity, validValues, `${field}.validValues`);
  }
  if (!validRange) return [];
  if (preset === undefined) return [fieldError.required(`${field}.default`, 'required when validRange is defined')];
  return validateRange(preset, capacity, validRange, `${field}.validRange`);
}

function validateValues(preset: string, capacity: string, values: readonly string[], field: string): FieldError[] {
  const unsorted = values.flatMap((value, i) =>
    i > 0 && compare(values[i - 1] as string, value) > 0
      ? [fieldError.invalid(`${field}[${i}]`, value, 'values must be sorted in ascending order')]
      : [],
  );
  const validate = (value: string, at: string): FieldError[] =>
    compare(value, capacity) > 0
      ? [fieldError.invalid(at, value, `option is larger than capacity value: ${capacity}`)]
      : [];
  const errors = [
    ...unsorted,
    ...each([...values], MAX_OPTIONS, field, validate, (value) => String(unitCeil(quantity(value)))),
  ];
  // Of too many, none is looked at.
  if (values.length <= MAX_OPTIONS && values.some((value) => compare(value, preset) === 0)) return errors;
  return [...errors, fieldError.invalid(field, preset, 'default value is not valid according to the requestPolicy')];
}

function validateRange(
  preset: string,
  capacity: string,
  { min, max, step }: NonNullable<Policy['validRange']>,
  field: string,
): FieldError[] {
  if (min === undefined) return [fieldError.required(`${field}.min`, 'required when validRange is defined')];
  const errors: FieldError[] = [];
  const refuse = (part: string, value: string, why: string) =>
    errors.push(fieldError.invalid(`${field}.${part}`, value, why));
  if (compare(min, capacity) > 0) refuse('min', min, `min is larger than capacity value: ${capacity}`);
  if (compare(preset, min) < 0) refuse('min', preset, `default is less than min: ${min}`);
  if (max !== undefined) {
    if (compare(min, max) > 0) refuse('max', min, `min is larger than max: ${max}`);
    if (compare(max, capacity) > 0) refuse('max', max, `max is larger than capacity value: ${capacity}`);
    if (compare(preset, max) > 0) refuse('max', preset, `default is more than max: ${max}`);
  }
  if (step === undefined) return errors;
  const one = formatQuantity(addQuantities(quantity(min), quantity(step)));
  if (compare(one, capacity) > 0) refuse('step', step, `one step ${one} is larger than capacity value: ${capacity}`);
  for (const value of max === undefined ? [preset] : [preset, max]) {
    const [size, from] = [unitCeil(quantity(step)), unitCeil(quantity(min))];
    // A step of nothing leads nowhere; upstream's server fails on it.
    if (size !== 0n && (unitCeil(quantity(value)) - from) % size === 0n) continue;
    refuse('step', value, `value is not a multiple of a given step (${step}) from (${min})`);
  }
  return errors;
}
