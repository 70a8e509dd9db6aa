/**
 * A value against its schema, with the errors, and in the order, of upstream's validator (kube-openapi
 * `pkg/validation/validate`, apiextensions `pkg/apiserver/validation/ratcheting.go`).
 */

import type { FieldError } from '../../field-error.ts';
import { isObject, type JsonObject } from '../../json-object.ts';
import { goQuote } from '../../schema/go-names.ts';
import { additionalSchema, type StructuralSchema } from '../schema.ts';
import type { Correlation } from './correlation.ts';
import { formatOf, isTextFormat } from './formats.ts';
import { checkEnum, checkFormat, checkText, checkType, failed, INT_OR_STRING, other } from './leaves.ts';
import { checkNumber } from './numbers.ts';
import { patternCost } from './regular-expressions.ts';
import { fieldErrorsOf, Result } from './result.ts';

/**
 * The highest cost of a validation, where a schema that is asked about one value costs one: more would hold up all other
 * requests, and upstream has no limit. Fields and texts that are looked at, and texts of errors, cost by their number and
 * length, because a small object may meet thousands of each in a large schema.
 */
const MAX_STEPS = 500_000;
/** Names or values compared that cost as much as a schema. */
const COMPARED = 4;
/** An error, and characters of its text that cost as much as a schema: it is handed up from value to value. */
const ERROR = 4;
const PRINTED = 16;

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
  if (validator.isOver) {
    const message = `the value is too large for its schema: more than ${MAX_STEPS} checks would be needed`;
    return fieldErrorsOf(failed({ code: 'composite', name: '', message }), path);
  }
  return fieldErrorsOf(result, path);
}

class Validator {
  #steps = 0;
  private readonly asWritten: boolean;

  constructor(asWritten: boolean) {
    this.asWritten = asWritten;
  }

  get isOver(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** Counts the steps; whether the limit is passed. */
  private spend(steps: number): boolean {
    this.#steps += steps;
    return this.isOver;
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
    const { enum: allowed = [], pattern } = schema;
    const compared =
      allowed.length / COMPARED + (typeof value === 'string' && pattern ? patternCost(pattern, value) : 0);
    if (this.spend(1 + compared)) return result;
    const format = this.asWritten ? (schema.format ?? '') : formatOf(schema);
    const types = this.typesOf(schema);
    if (value === null) {
      result.merge(checkType(schema, types, format, value, path));
      result.merge(checkEnum(schema, value, path));
      return result;
    }
    const take = (part: Result | undefined): void => {
      for (const { message } of part?.errors ?? []) this.spend(ERROR + message.length / PRINTED);
      result.merge(part);
      result.matches++;
    };
    if (types.length > 0 || format !== '') take(checkType(schema, types, format, value, path));
    take(this.combined(schema, value, path));
    if (typeof value === 'string') {
      take(checkText(schema, value, path));
      if (format !== '' && isTextFormat(format)) take(checkFormat(format, value, path));
    }
    if (typeof value === 'number' || typeof value === 'bigint') take(checkNumber(schema, value, path));
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

  private object(
    schema: StructuralSchema,
    value: JsonObject,
    path: string,
    correlation: Correlation | undefined,
  ): Result {
    const result = new Result();
    const { minProperties, maxProperties, properties = {}, required = [], additionalProperties } = schema;
    if (this.spend(required.length / COMPARED)) return result;
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
      if (this.spend(1 / COMPARED)) return result;
      if (!property || !Object.hasOwn(value, name)) continue;
      const inner = path === '' ? name : `${path}.${name}`;
      result.merge(this.field(name, property, value[name], inner, [path, correlation]));
    }
    for (const name of required) {
      if (Object.hasOwn(value, name)) continue;
      const inner = `${path}.${name}`;
      if (this.spend(ERROR + inner.length / PRINTED)) return result;
      result.add({ code: 'required', name: inner, message: `${inner} in body is required` });
    }
    return result;
  }

  private list(schema: StructuralSchema, list: unknown[], path: string, correlation: Correlation | undefined): Result {
    const result = new Result();
    const { items, minItems, maxItems } = schema;
    if (items) {
      for (let at = 0; at < list.length && !this.isOver; at++) {
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
  private combined({ anyOf, oneOf, allOf, not }: StructuralSchema, value: unknown, path: string): Result {
    const result = new Result();
    // Unchanged values are validated as well, as upstream: whether one of the schemas fits decides about the others.
    const ask = (schema: StructuralSchema) => this.value(schema, value, path, undefined);
    const fail = (message: string) =>
      result.add({ code: 'composite', name: path, message: `${goQuote(path)} ${message}` });
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
