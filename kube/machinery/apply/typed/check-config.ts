/**
 * An applied configuration is checked against the schema before it is merged (structured-merge-diff
 * `typed/validate.go`): unknown fields, values of another form, items without a key or with the same one.
 */

import { goFloat, isGoInteger } from '../../go-number.ts';
import type { Json } from '../../object.ts';
import { goText } from '../../patch/go-text.ts';
import type { ListSchema, Schema } from '../../schema/schema.ts';
import { stepText } from '../sets/path.ts';
import { asFields, atomOf, childSchema, isEmptyValue, itemKey, itemStep, type Value } from './shape.ts';

/** Upstream tells all errors; those of a hostile body are enough after so many. */
const MAX_ERRORS = 100;

/** Errors as `.spec.replicas: expected numeric (int or float), got string`; none when the configuration is sound. */
export function checkConfig(schema: Schema, config: Value): string[] {
  const errors: string[] = [];
  check(schema, config, '', errors);
  return errors;
}

/** Whether an object fits its schema: of an object, unlike of a configuration, items may share a key. */
export function fitsSchema(schema: Schema, object: Value): boolean {
  return checkConfig(schema, object).every((error) => DUPLICATE.test(error));
}

const DUPLICATE = /(?:^|: )duplicate entries for key /;

/** A value that JSON has no form for, as Go's errors show it: such fit no schema. */
export class Foreign {
  readonly type: string;
  /** `%v` */
  readonly text: string;
  /** `%#v` */
  readonly syntax: string;

  constructor(type: string, text: string, syntax: string) {
    this.type = type;
    this.text = text;
    this.syntax = syntax;
  }
}

/** As upstream joins them. */
export function joinErrors(errors: readonly string[]): string {
  return errors.length === 1 ? (errors[0] as string) : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function report(errors: string[], path: string, message: string): void {
  errors.push(path === '' ? message : `${path}: ${message}`);
}

function check(schema: Schema, value: Value, path: string, errors: string[]): void {
  if (value === null || errors.length >= MAX_ERRORS) return;
  if (value instanceof Foreign) {
    report(errors, path, misfit(schema, value));
    return;
  }
  switch (atomOf(schema, value)) {
    case 'map':
      checkMap(schema, value, path, errors);
      return;
    case 'list':
      checkList(schema, value, path, errors);
      return;
    case 'scalar': {
      const wrong = checkScalar(schema, value);
      if (wrong) report(errors, path, wrong);
    }
  }
}

function misfit(schema: Schema, { type, text, syntax }: Foreign): string {
  switch (schema.type) {
    case 'struct':
    case 'map':
      return `expected map, got &{${text}}`;
    case 'list':
      return `expected list, got &{${text}}`;
    case 'integer':
    case 'number':
      return `expected numeric (int or float), got ${type}`;
    case 'boolean':
      return `expected boolean, got &{${text}}`;
    default:
      if (schema.type !== 'bytes' && (schema.type !== 'string' || schema.format)) {
        return `expected any scalar, got &{${text}}`;
      }
      return `expected string, got &value.valueUnstructured{Value:${syntax}}`;
  }
}

function checkScalar(schema: Schema, value: Value): string | undefined {
  switch (schema.type) {
    case 'string':
    case 'bytes':
      if (schema.type === 'string' && schema.format) break;
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'integer':
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint'
        ? undefined
        : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value as Json)}}`;
    // Upstream's published schema of it allows any value; the decoder has refused wrong ones.
    case 'int-or-string':
      return undefined;
    default:
      break;
  }
  return typeof value === 'object' ? `expected any scalar, got &{${goText(value as Json)}}` : undefined;
}

function checkMap(schema: Schema, value: Value, path: string, errors: string[]): void {
  if (typeof value !== 'object' || Array.isArray(value)) {
    report(errors, path, `expected map, got &{${goText(value as Json)}}`);
    return;
  }
  const fields = asFields(value);
  for (const name in fields) {
    const inner = childSchema(schema, name);
    if (!inner) {
      report(errors, `${path}.${name}`, 'field not declared in schema');
      return;
    }
    check(inner, fields[name], `${path}.${name}`, errors);
  }
}

function checkList(schema: Schema, value: Value, path: string, errors: string[]): void {
  if (!Array.isArray(value)) {
    report(errors, path, `expected list, got &{${goText(value as Json)}}`);
    return;
  }
  const isKeyed = schema.type === 'list' && schema.listType !== 'atomic';
  const seen = new Set<string>();
  for (const [at, item] of value.entries()) {
    if (errors.length >= MAX_ERRORS) return;
    let step = `i:${at}`;
    if (isKeyed) {
      const wrong = checkItem(schema, item);
      if (wrong) {
        report(errors, path, `element ${at}: ${wrong}`);
        return;
      }
      step = itemStep(schema, item);
      if (seen.has(step)) report(errors, path, `duplicate entries for key ${stepText(step)}`);
      seen.add(step);
    }
    if (schema.type === 'list') check(schema.items, item, path + stepText(step), errors);
  }
}

function checkItem(schema: ListSchema, item: Value): string | undefined {
  if (schema.listType === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
    return typeof item === 'object' ? "associative list without keys has an element that's a map type" : undefined;
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (typeof item !== 'object' || Array.isArray(item)) {
    return 'associative list with keys may not have non-map elements';
  }
  if (!isEmptyValue(itemKey(schema, asFields(item)))) return undefined;
  const keys = (schema.keys ?? []).map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`;
}

function goType(value: Value): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** Go's `%#v` of decoded JSON. */
function goSyntax(value: Value): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value === 'object') {
    const names = Object.keys(value as object).sort();
    const pairs = names.map((name) => `${JSON.stringify(name)}:${goSyntax(asFields(value)[name])}`);
    return `map[string]interface {}{${pairs.join(', ')}}`;
  }
  if (typeof value === 'number' && !isGoInteger(value)) return goFloat(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
