/**
 * A value against its schema, with the errors, and in the order, of upstream's validator (kube-openapi
 * `pkg/validation/validate`, apiextensions `pkg/apiserver/validation/ratcheting.go`).
 */
import { sameJson } from '../../equality.ts';
import type { FieldError } from '../../field-error.ts';
import { goQuote } from '../../schema/go-names.ts';
import { additionalSchema, isObject, type JsonObject, type StructuralSchema } from '../schema.ts';
import type { Correlation } from './correlation.ts';
import { formatOf, hasFormat, isTextFormat } from './formats.ts';
import { checkNumber, isGoInteger } from './numbers.ts';
import { matchesPattern, patternProblem } from './regular-expressions.ts';
import { fieldErrorsOf, Result, type ValueError } from './result.ts';

/** Schemas that a validation may ask, each time for one value: more would hold up all other requests. */
const MAX_STEPS = 1_000_000;

export interface ValueOptions {
  /** To the old value: what was wrong before and is unchanged is no error. */
  correlation?: Correlation;
  /** Formats and types are taken as they are written, as upstream does for defaults. */
  asWritten?: boolean;
}

/** All that is wrong with a value; `path` is where it stands. */
export function validateValue(
  schema: StructuralSchema,
  value: unknown,
  path = '',
  { correlation, asWritten = false }: ValueOptions = {},
): FieldError[] {
  const validator = new Validator(asWritten);
  const result = correlation
    ? validator.ratcheted(schema, correlation, '')
    : validator.value(schema, value, '', undefined);
  if (validator.steps > MAX_STEPS) {
    const message = `the value is too large for its schema: more than ${MAX_STEPS} checks would be needed`;
    return fieldErrorsOf(failed({ code: 'composite', name: '', message }), path);
  }
  return fieldErrorsOf(result, path);
}

function failed(error: ValueError): Result {
  const result = new Result();
  result.add(error);
  return result;
}

class Validator {
  steps = 0;
  private readonly asWritten: boolean;

  constructor(asWritten: boolean) {
    this.asWritten = asWritten;
  }

  ratcheted(schema: StructuralSchema, correlation: Correlation, path: string): Result {
    const result = this.value(schema, correlation.value, path, correlation);
    if (result.isValid || !correlation.isUnchanged) return result;
    const accepted = new Result();
    accepted.matches = result.matches;
    return accepted;
  }

  value(schema: StructuralSchema, value: unknown, path: string, correlation: Correlation | undefined): Result {
    const result = new Result();
    if (++this.steps > MAX_STEPS) return result;
    const format = this.asWritten ? (schema.format ?? '') : formatOf(schema);
    const types = this.typesOf(schema);
    if (value === null) {
      result.merge(checkType(schema, types, format, value, path));
      result.merge(checkEnum(schema, value, path));
      return result;
    }
    const take = (part: Result | undefined): void => {
      result.merge(part);
      result.matches++;
    };
    if (types.length > 0 || format !== '') take(checkType(schema, types, format, value, path));
    take(this.combined(schema, value, path));
    if (typeof value === 'string') {
      take(checkText(schema, value, path));
      if (format !== '' && isTextFormat(format)) take(checkFormat(format, value, path));
    }
    if (typeof value === 'number') take(checkNumber(schema, value, path));
    if (Array.isArray(value)) take(this.list(schema, value, path, correlation));
    take(checkEnum(schema, value, path));
    if (isObject(value)) take(this.object(schema, value, path, correlation));
    result.matches++;
    return result;
  }

  private typesOf(schema: StructuralSchema): readonly string[] {
    if (schema['x-kubernetes-int-or-string'] && !this.asWritten) return INT_OR_STRING;
    return schema.type ? [schema.type] : [];
  }

  private field(
    name: string,
    schema: StructuralSchema,
    value: unknown,
    path: string,
    parent: [path: string, correlation: Correlation | undefined],
  ): Result {
    const child = parent[1]?.key(name);
    // Both versions of an object have been converted to one type.
    const isType = parent[0] === '' && (name === 'kind' || name === 'apiVersion');
    return child && !isType ? this.ratcheted(schema, child, path) : this.value(schema, value, path, undefined);
  }

  private object(schema: StructuralSchema, value: JsonObject, path: string, correlation: Correlation | undefined): Result {
    const result = new Result();
    const { minProperties, maxProperties, properties = {}, required = [], additionalProperties } = schema;
    const size = minProperties === undefined && maxProperties === undefined ? 0 : Object.keys(value).length;
    if (minProperties !== undefined && size < minProperties) {
      result.add(other(path, `should have at least ${minProperties} properties`, size));
    }
    if (maxProperties !== undefined && size > maxProperties) {
      const message = `${path} in body should have at most ${maxProperties} properties`;
      result.add({ code: 'too-many-properties', name: path, message, value: size, valid: maxProperties });
    }
    const additional = additionalSchema(schema);
    if (additional || additionalProperties === false) {
      for (const name in value) {
        if (Object.hasOwn(properties, name)) continue;
        if (!additional) {
          const message = `${path}.${name} in body is a forbidden property`;
          result.add({ code: 'other', name: path, message, value: name });
        } else result.merge(this.field(name, additional, value[name], `${path}.${name}`, [path, correlation]));
      }
    }
    for (const name in properties) {
      const property = properties[name];
      if (!property || !Object.hasOwn(value, name)) continue;
      const inner = path === '' ? name : `${path}.${name}`;
      result.merge(this.field(name, property, value[name], inner, [path, correlation]));
    }
    for (const name of required) {
      if (Object.hasOwn(value, name)) continue;
      const inner = `${path}.${name}`;
      result.add({ code: 'required', name: inner, message: `${inner} in body is required` });
    }
    return result;
  }

  private list(schema: StructuralSchema, list: unknown[], path: string, correlation: Correlation | undefined): Result {
    const result = new Result();
    const { items, minItems, maxItems } = schema;
    if (items) {
      for (let at = 0; at < list.length; at++) {
        const child = correlation?.index(at);
        const inner = `${path}[${at}]`;
        result.merge(child ? this.ratcheted(items, child, inner) : this.value(items, list[at], inner, undefined));
      }
    }
    const size = list.length;
    if (minItems !== undefined && size < minItems) {
      result.add(other(path, `should have at least ${minItems} items`, size));
    }
    if (maxItems !== undefined && size > maxItems) {
      const message = `${path} in body should have at most ${maxItems} items`;
      result.add({ code: 'too-many-items', name: path, message, value: size, valid: maxItems });
    }
    result.matches++;
    return result;
  }

  /** `anyOf`, `oneOf`, `allOf` and `not`: of several that fail, the one that says most speaks. */
  private combined(
    { anyOf, oneOf, allOf, not }: StructuralSchema,
    value: unknown,
    path: string,
  ): Result {
    const result = new Result();
    // What was wrong before is wrong here, as upstream: whether a schema of several fits decides about others.
    const ask = (schema: StructuralSchema) => this.value(schema, value, path, undefined);
    const fail = (message: string) => result.add({ code: 'composite', name: path, message: `${goQuote(path)} ${message}` });
    if (anyOf?.length) {
      const { best, valid } = decide(anyOf, ask, true);
      if (valid.length === 0) fail('must validate at least one schema (anyOf)');
      result.merge(valid[0] ?? best);
    }
    if (oneOf?.length) {
      const { best, valid } = decide(oneOf, ask, false);
      if (valid.length === 1) result.merge(valid[0]);
      else {
        const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
        fail(`must validate one and only one schema (oneOf). ${found}`);
        if (valid.length === 0) result.merge(best);
      }
    }
    if (allOf?.length) {
      const results = allOf.map(ask);
      for (const each of results) result.merge(each);
      const valid = results.filter(({ isValid }) => isValid).length;
      if (valid < results.length) fail(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
    }
    if (not && ask(not).isValid) fail('must not validate the schema (not)');
    result.matches++;
    return result;
  }
}

function decide(
  schemas: readonly StructuralSchema[],
  ask: (schema: StructuralSchema) => Result,
  firstWill: boolean,
): { best: Result | undefined; valid: Result[] } {
  let best: Result | undefined;
  const valid: Result[] = [];
  for (const schema of schemas) {
    const result = ask(schema);
    if (result.isValid) {
      valid.push(result);
      if (firstWill) break;
    } else if (!best || result.matches > best.matches) best = result;
  }
  return { best, valid };
}

function other(path: string, why: string, value: unknown): ValueError {
  return { code: 'other', name: path, message: `${path} in body ${why}`, value };
}

function typeError(path: string, wanted: string, found: string): Result {
  const message = `${path} in body must be of type ${wanted}: ${goQuote(found)}`;
  return failed({ code: 'type', name: path, message, value: found });
}

const INT_OR_STRING: readonly string[] = ['integer', 'string'];

function checkType(
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
  if (fits || (isNumber && wantsNumber && found === 'number' && isWhole(value) && types.includes('integer'))) return result;
  return typeError(path, types.join(','), found);
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

function typeOf(value: unknown): [type: string, format: string] {
  if (typeof value === 'number') {
    return isGoInteger(value) ? ['integer', 'int64'] : ['number', 'float64'];
  }
  if (Array.isArray(value)) return ['array', ''];
  return [typeof value, ''];
}

function checkText({ maxLength, minLength, pattern }: StructuralSchema, text: string, path: string): Result | undefined {
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
function codePoints(text: string, until: number): number {
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

function checkFormat(format: string, text: string, path: string): Result | undefined {
  if (hasFormat(format, text)) return undefined;
  const message = `${path} in body must be of type ${format}: ${goQuote(text)}`;
  return failed({ code: 'type', name: path, message, value: text });
}

function checkEnum({ enum: allowed }: StructuralSchema, value: unknown, path: string): Result | undefined {
  if (!allowed?.length || allowed.some((each) => each !== null && isSame(value, each))) return undefined;
  const message = `${path} in body should be one of ${JSON.stringify(allowed)}`;
  return failed({ code: 'enum', name: path, message, value, valid: allowed });
}

/** Upstream converts the value to the type of the allowed one: a float loses what is behind the point. */
function isSame(value: unknown, allowed: unknown): boolean {
  if (typeof value === 'number' && typeof allowed === 'number') {
    return value === allowed || (Number.isInteger(allowed) && Math.trunc(value) === allowed);
  }
  return sameJson(value, allowed);
}
