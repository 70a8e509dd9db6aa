/**
 * Validation errors that carry a field path (apimachinery `pkg/util/validation/field/errors.go`).
 * `detail` and `value` render to upstream's words: `spec.replicas: Invalid value: -1: must be …`.
 */
import { goQuote } from './schema/go-names.ts';

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  type: FieldErrorType;
  /** `spec.template.spec.containers[0].name` */
  field: string;
  value?: unknown;
  detail?: string;
}

/** Adds errors at the end. A wide object has more of them than arguments fit on the stack, as `push(...more)` needs. */
export function addErrors(errors: FieldError[], more: readonly FieldError[]): void {
  for (const error of more) errors.push(error);
}

const TEXT: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

/** Stands for a value that the text leaves out (`field.OmitValueType`). */
export const OMITTED = Symbol('omitted');

/** A value whose text is known: a float, which JSON prints otherwise than Go. */
export class Printed {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A text for which Go has a type, and which is therefore printed as JSON. */
export function typed(text: string): Printed {
  return new Printed(goJson(text));
}

/** A text for which Go has no type, of which few are supported. */
export function plain(text: string): Printed {
  return new Printed(goQuote(text));
}

const WITHOUT_VALUE: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

/** The error without its field path, as in `Error.ErrorBody()`: `Invalid value: -1: must be greater than …`. */
export function errorBody(error: FieldError): string {
  let text = TEXT[error.type];
  if (!WITHOUT_VALUE.has(error.type) && error.value !== OMITTED) {
    // Go has a type for most texts of which few are supported, and prints such a text as JSON.
    const isTyped = error.type === 'FieldValueNotSupported' && typeof error.value === 'string';
    text += `: ${isTyped ? goJson(error.value) : printValue(error.value)}`;
  }
  return error.detail ? `${text}: ${error.detail}` : text;
}

export function errorText(error: FieldError): string {
  return `${error.field}: ${errorBody(error)}`;
}

function printValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (value instanceof Printed) return value.text;
  if (typeof value === 'object') return goJson(value);
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

const ESCAPED: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };

/** JSON as Go prints it, safe within HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (letter) => ESCAPED[letter] ?? letter);
}

export const fieldError = {
  required: (field: string, detail = ''): FieldError => ({ type: 'FieldValueRequired', field, detail }),
  invalid: (field: string, value: unknown, detail: string): FieldError => ({
    type: 'FieldValueInvalid',
    field,
    value,
    detail,
  }),
  forbidden: (field: string, detail: string): FieldError => ({ type: 'FieldValueForbidden', field, detail }),
  duplicate: (field: string, value: unknown): FieldError => ({ type: 'FieldValueDuplicate', field, value }),
  notFound: (field: string, value: unknown): FieldError => ({ type: 'FieldValueNotFound', field, value }),
  notSupported: (field: string, value: unknown, supported: readonly string[]): FieldError => ({
    type: 'FieldValueNotSupported',
    field,
    value,
    detail: `supported values: ${supported.map((s) => JSON.stringify(s)).join(', ')}`,
  }),
  tooMany: (field: string, count: number, max: number): FieldError => ({
    type: 'FieldValueTooMany',
    field,
    value: count,
    detail: `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
  }),
  tooLong: (field: string, max: number): FieldError => ({
    type: 'FieldValueTooLong',
    field,
    detail: `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`,
  }),
};
