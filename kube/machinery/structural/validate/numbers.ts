/** Checks of numbers (kube-openapi `pkg/validation/validate/validator.go`, `values.go`). */
import { isWhole } from '../../exact-json.ts';
import { Printed } from '../../field-error.ts';
import { goFloat, INT64 } from '../../go-number.ts';
import type { StructuralSchema } from '../schema.ts';
import { Result, type ValueError } from './result.ts';

const INT32 = 2 ** 31;
const FLOAT32 = 3.4028234663852886e38;

export function checkNumber(schema: StructuralSchema, value: number | bigint, path: string): Result {
  const result = new Result();
  const type = schema['x-kubernetes-int-or-string'] ? '' : (schema.type ?? '');
  const format = formatFor(type, schema.format);
  const inRange = (of: number | bigint, what: string): boolean => {
    const error = rangeError(of, type, format, what, path);
    result.add(error);
    return error === undefined;
  };
  const isInteger = isWhole(value);
  inRange(value, 'Checked');
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  /** A bound that the type can hold is compared as the value is: as an integer, where it is one. */
  const compare = (given: number | undefined, what: string, check: Check): void => {
    if (given === undefined) return;
    // A bound is a float, of which the text in the definition may have more digits.
    const float = Number(given);
    const asInteger = inRange(float, what) && isInteger;
    const bound = asInteger ? Math.trunc(float) : float;
    const compared = asInteger ? value : Number(value);
    const why = check(bound, compared);
    if (why === undefined) return;
    const message = `${path} in body should be ${why} ${asInteger ? BigInt(bound) : goFloat(bound)}`;
    const shown = asInteger ? value : new Printed(goFloat(Number(value)));
    result.add({ code: 'other', name: path, message, value: shown });
  };
  compare(multipleOf, 'MultipleOf', (factor, value) => {
    if (factor > 0) return isMultiple(value, factor, isInteger) ? undefined : 'a multiple of';
    result.add(factorError(path, factor));
    return undefined;
  });
  compare(minimum, 'Minimum boundary', (least, value) => {
    if (exclusiveMinimum ? value > least : value >= least) return undefined;
    return exclusiveMinimum ? 'greater than' : 'greater than or equal to';
  });
  compare(maximum, 'Maximum boundary', (most, value) => {
    if (exclusiveMaximum ? value < most : value <= most) return undefined;
    return exclusiveMaximum ? 'less than' : 'less than or equal to';
  });
  result.matches++;
  return result;
}

/** Why a value is beyond a bound; undefined where it is not. */
type Check = (bound: number, value: number | bigint) => string | undefined;

function formatFor(type: string, format: string | undefined): string {
  if (type === 'integer') return format === 'int32' || format === 'int64' ? format : '';
  if (type === 'number') return format === 'float' || format === 'double' ? format : '';
  return '';
}

function rangeError(
  of: number | bigint,
  type: string,
  format: string,
  what: string,
  path: string,
): ValueError | undefined {
  const isInteger = type === 'integer';
  const limit = format === 'int32' ? INT32 : INT64;
  const fits = isInteger
    ? (typeof of === 'bigint' || Number.isInteger(of)) && of >= -limit && of < limit
    : format !== 'float' || Math.abs(Number(of)) <= FLOAT32;
  if (fits) return undefined;
  const kind = format === '' ? `type ${type} (default format)` : `type ${type} with format ${format}`;
  return { code: 'composite', name: path, message: `${what} value must be of ${kind} in ${path}` };
}

function isMultiple(value: number | bigint, factor: number, isInteger: boolean): boolean {
  if (isInteger && Number.isInteger(factor)) return BigInt(value) % BigInt(factor) === 0n;
  const float = Number(value);
  const times = factor < 1 ? (1 / factor) * float : float / factor;
  return isAboutInteger(times);
}

/** `swag.IsFloat64AJSONInteger`: a float that is an integer, but for a relative error of 1e-9. */
function isAboutInteger(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  if (Number.isInteger(value)) return true;
  const whole = Math.trunc(value);
  if (value === 0 || whole === 0) return false;
  return Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < 1e-9;
}

function factorError(path: string, factor: number): ValueError {
  const message = `factor MultipleOf declared for ${path} must be positive: ${goFloat(factor)}`;
  return { code: 'other', name: path, message, value: factor };
}
