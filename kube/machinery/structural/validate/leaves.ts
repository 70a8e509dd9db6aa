/** Checks of a value alone: its type, text, format, and whether it is one of those that are allowed. */

import { sameJson } from '../../equality.ts';
import { isWhole } from '../../exact-json.ts';
import { goQuote } from '../../schema/go-names.ts';
import type { StructuralSchema } from '../schema.ts';
import { hasFormat } from './formats.ts';
import { matchesPattern, patternProblem } from './regular-expressions.ts';
import { Result, type ValueError } from './result.ts';

export function failed(error: ValueError): Result {
  const result = new Result();
  result.add(error);
  return result;
}

export function other(path: string, why: string, value: unknown): ValueError {
  return { code: 'other', name: path, message: `${path} in body ${why}`, value };
}

function typeError(path: string, wanted: string, found: string): Result {
  const message = `${path} in body must be of type ${wanted}: ${goQuote(found)}`;
  return failed({ code: 'type', name: path, message, value: found });
}

export const INT_OR_STRING: readonly string[] = ['integer', 'string'];

export function checkType(
  schema: StructuralSchema,
  types: readonly string[],
  format: string,
  value: unknown,
  path: string,
): Result {
  const result = new Result();
  result.matches++;
  if (value === null) {
    const isWrong = types.length > 0 && !types.includes('null') && !schema.nullable;
    return isWrong ? typeError(path, types.join(','), 'null') : result;
  }
  const [found, foundFormat] = typeOf(value);
  const isNumber = found === 'integer' || found === 'number';
  const fits = types.includes(found) || (found === 'integer' && types.includes('number'));
  const isText = found === 'string' || found === 'array';
  if (!isText && format !== '' && !fits && foundFormat !== format) return typeError(path, format, foundFormat);
  const wantsNumber = types.includes('number') || types.includes('integer');
  if (!wantsNumber && format !== '' && isText) return result;
  if (fits || (isNumber && wantsNumber && found === 'number' && isWhole(value) && types.includes('integer')))
    return result;
  return typeError(path, types.join(','), found);
}

function typeOf(value: unknown): [type: string, format: string] {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return isWhole(value) ? ['integer', 'int64'] : ['number', 'float64'];
  }
  if (Array.isArray(value)) return ['array', ''];
  return [typeof value, ''];
}

export function checkText(
  { maxLength, minLength, pattern }: StructuralSchema,
  text: string,
  path: string,
): Result | undefined {
  if (maxLength !== undefined && codePoints(text, maxLength) > maxLength) {
    const message = `${path} in body should be at most ${maxLength} chars long`;
    return failed({ code: 'too-long', name: path, message, value: text, valid: maxLength });
  }
  if (minLength !== undefined && codePoints(text, minLength) < minLength) {
    return failed(other(path, `should be at least ${minLength} chars long`, text));
  }
  if (pattern && !matchesPattern(pattern, text)) {
    const problem = patternProblem(pattern);
    const shown = problem === undefined ? pattern : `${pattern}, but pattern is invalid: ${problem}`;
    return failed(other(path, `should match '${shown}'`, text));
  }
  return undefined;
}

/** Characters of a text; no more than one beyond `until` are counted. */
function codePoints(text: string, most: number): number {
  // A bound of more than 53 bits is a BigInt.
  const until = Number(most);
  // A character has one or two units.
  if (text.length <= until) return until === 0 ? text.length : countAll(text);
  if (text.length > until * 2) return until + 1;
  return countAll(text);
}

function countAll(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

export function checkFormat(format: string, text: string, path: string): Result | undefined {
  if (hasFormat(format, text)) return undefined;
  const message = `${path} in body must be of type ${format}: ${goQuote(text)}`;
  return failed({ code: 'type', name: path, message, value: text });
}

export function checkEnum({ enum: allowed }: StructuralSchema, value: unknown, path: string): Result | undefined {
  if (!allowed?.length || allowed.some((each) => each !== null && isSame(value, each))) return undefined;
  const message = `${path} in body should be one of ${printedList(allowed)}`;
  return failed({ code: 'enum', name: path, message, value, valid: allowed });
}

const lists = new WeakMap<readonly unknown[], string>();

/** The allowed values in JSON, printed once: the list may be long, and many items of an object wrong. */
function printedList(allowed: readonly unknown[]): string {
  let printed = lists.get(allowed);
  if (printed === undefined) {
    printed = JSON.stringify(allowed);
    lists.set(allowed, printed);
  }
  return printed;
}

/** Upstream converts the value to the type of the allowed one: a float loses what is behind the point. */
function isSame(value: unknown, allowed: unknown): boolean {
  if (isNumber(value) && isNumber(allowed)) {
    if (typeof value === 'bigint' || typeof allowed === 'bigint') return isSameLong(value, allowed);
    return value === allowed || (Number.isInteger(allowed) && Math.trunc(value) === allowed);
  }
  return sameJson(value, allowed);
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** One of the two has more than 53 bits. */
function isSameLong(value: number | bigint, allowed: number | bigint): boolean {
  if (typeof value === 'bigint') return isWhole(allowed) ? value === allowed : Number(value) === allowed;
  return isWhole(value) ? false : Number.isFinite(value) && BigInt(Math.trunc(value)) === allowed;
}
