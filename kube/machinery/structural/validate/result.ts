/** The outcome of a value against a schema (kube-openapi `pkg/validation/validate/result.go`, `errors/schema.go`). */

import { isWhole } from '../../exact-json.ts';
import { type FieldError, fieldError, goJson, Printed } from '../../field-error.ts';
import { goFloat } from '../../go-number.ts';
import { childField, sortKeys } from '../print.ts';

export interface ValueError {
  code:
    | 'type'
    | 'required'
    | 'too-long'
    | 'enum'
    | 'too-many-items'
    | 'too-many-properties'
    | 'other'
    /** About no field in particular: it says where in its text. */
    | 'composite';
  /** The path from the value that was checked: '' for itself, `.spec` or `spec` for a field. */
  name: string;
  message: string;
  value?: unknown;
  /** The bound that was broken, or the values that were allowed. */
  valid?: unknown;
}

export class Result {
  readonly errors: ValueError[] = [];
  #messages: Set<string> | undefined;
  /** The more checks a schema passed, the more its errors say, where one of several schemas would do. */
  matches = 0;

  get isValid(): boolean {
    return this.errors.length === 0;
  }

  /** The same text is not said twice. */
  add(error: ValueError | undefined): void {
    if (!error) return;
    this.#messages ??= new Set();
    if (this.#messages.has(error.message)) return;
    this.#messages.add(error.message);
    this.errors.push(error);
  }

  merge(other: Result | undefined): void {
    if (!other) return;
    for (const error of other.errors) this.add(error);
    this.matches += other.matches;
  }
}

/** `kubeOpenAPIResultToFieldErrors` of apiextensions `pkg/apiserver/validation/validation.go` */
export function fieldErrorsOf({ errors }: Result, path: string): FieldError[] {
  return errors.map((error) => fieldErrorOf(error, path));
}

function fieldErrorOf({ code, name, message, value: given, valid }: ValueError, path: string): FieldError {
  const value = printed(given);
  // Upstream's path is empty, not absent, and prints so.
  if (code === 'composite') return fieldError.invalid(path || NO_PATH, '', message);
  const field = name === '' || name === '.' ? path || NO_PATH : childField(path, name.replace(/^\./, ''));
  switch (code) {
    case 'required':
      return fieldError.required(field);
    case 'enum':
      return fieldError.notSupported(
        field,
        value,
        (valid as unknown[]).map((each) => (typeof each === 'string' ? each : goJson(sortKeys(each)))),
      );
    case 'too-long':
      return fieldError.tooLong(field, valid as number);
    case 'too-many-items':
    case 'too-many-properties':
      return fieldError.tooMany(field, value as number, valid as number);
    case 'type':
      return { type: 'FieldValueTypeInvalid', field, value: value ?? '', detail: message };
    default:
      return fieldError.invalid(field, value ?? '', message);
  }
}

/** A value as errors show it. */
export function printed(value: unknown): unknown {
  if (typeof value === 'number' && !isWhole(value)) return new Printed(goFloat(value));
  return value instanceof Printed ? value : sortKeys(value);
}

/** How `field.Path` prints when it is nil. */
const NO_PATH = '<nil>';
