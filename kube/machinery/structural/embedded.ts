/**
 * Resources within resources (`x-kubernetes-embedded-resource`): their type and metadata are read and judged as those
 * of whole ones (apiextensions `pkg/apiserver/schema/objectmeta`).
 */

import { validateMetadata } from '../../kinds/metadata.ts';
import { validateManagedFields } from '../../kinds/validation/field-manager.ts';
import { type FieldError, fieldError } from '../field-error.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { isDNS1035Label } from '../names.ts';
import type { ObjectMeta } from '../object.ts';
import { type CheckResult, checkObject } from '../schema/check.ts';
import { schemaOf } from '../schema/resolve.ts';
import type { StructSchema } from '../schema/schema.ts';
import { childField, sortKeys } from './print.ts';
import { additionalSchema, leadsTo, propertyOf, type StructuralSchema } from './schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

export interface CoerceOptions {
  /** Metadata that cannot be read is dropped, and no error: for stored objects. */
  dropInvalid?: boolean;
  /** Hears the paths of fields that metadata does not have. */
  dropped?(path: string): void;
}

export interface ReadMetadata {
  metadata?: JsonObject;
  /** In the decoder's words. */
  error?: string;
}

/** Errors name the type by itself. */
let objectMeta: StructSchema | undefined;

function read(value: unknown, report: boolean): CheckResult {
  objectMeta ??= { type: 'struct', name: 'ObjectMeta', fields: schemaOf(OBJECT_META).fields };
  return checkObject(objectMeta, value, { directive: report ? 'Warn' : 'Ignore' });
}

/** Metadata as it prints once it has been read into upstream's type. May change `value`. */
export function readMetadata(value: unknown, { dropInvalid, dropped }: CoerceOptions, prefix: string): ReadMetadata {
  if (value === null) return { metadata: {} };
  if (!isObject(value)) {
    if (dropInvalid) return {};
    return { error: `json: cannot unmarshal ${goName(value)} into Go value of type v1.ObjectMeta` };
  }
  const whole = read(dropInvalid ? structuredClone(value) : value, dropped !== undefined);
  if (whole.error === undefined) {
    for (const text of whole.strict) dropped?.(`${prefix}.${text.slice('unknown field "'.length, -1)}`);
    return { metadata: withoutEmpty(whole.object) };
  }
  if (!dropInvalid) return { error: whole.error };
  const kept = Object.entries(value).filter(
    ([name, part]) => read({ [name]: structuredClone(part) }, false).error === undefined,
  );
  return { metadata: withoutEmpty(read(Object.fromEntries(kept), false).object) };
}

function goName(value: unknown): string {
  return Array.isArray(value) ? 'array' : value === true || value === false ? 'bool' : typeof value;
}

/** Lists and maps that are empty are not printed, nor a time that is null. */
function withoutEmpty(metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name, value]) => {
      if (name === 'creationTimestamp') return value !== null;
      return typeof value !== 'object' || (value !== null && Object.keys(value).length > 0);
    }),
  );
}

/** Changes `value`; the error ends it. */
export function coerceEmbedded(
  value: unknown,
  schema: StructuralSchema | undefined,
  options: CoerceOptions = {},
  path = '',
): FieldError | undefined {
  if (!schema || !leadsToEmbedded(schema)) return undefined;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const error = coerceEmbedded(value[at], schema.items, options, `${path}[${at}]`);
      if (error) return error;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  for (const [name, given] of Object.entries(value)) {
    const own = schema['x-kubernetes-embedded-resource'] ? coerceOwn(value, name, options, path) : undefined;
    if (own) return own;
    const property = propertyOf(schema, name);
    const inner = property ?? additionalSchema(schema);
    const innerPath = property ? childField(path, name) : `${path}[${name}]`;
    const error = inner && coerceEmbedded(given, inner, options, innerPath);
    if (error) return error;
  }
  return undefined;
}

function coerceOwn(value: JsonObject, name: string, options: CoerceOptions, path: string): FieldError | undefined {
  const given = value[name];
  if (name === 'apiVersion' || name === 'kind') {
    if (typeof given === 'string') return undefined;
    if (!options.dropInvalid) return fieldError.invalid(childField(path, name), sortKeys(given), 'must be a string');
    delete value[name];
  } else if (name === 'metadata') {
    const { metadata, error } = readMetadata(structuredClone(given), options, childField(path, 'metadata'));
    if (error !== undefined) return fieldError.invalid(childField(path, 'metadata'), sortKeys(given), error);
    if (metadata) value.metadata = metadata;
  }
  return undefined;
}

/** The type and metadata of embedded resources. `isRoot`: the value is one itself. */
export function validateEmbedded(
  value: unknown,
  schema: StructuralSchema | undefined,
  path = '',
  isRoot = false,
): FieldError[] {
  if (!isRoot && (!schema || !leadsToEmbedded(schema))) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, at) => validateEmbedded(item, schema?.items, `${path}[${at}]`));
  }
  if (!isObject(value)) return [];
  const errors = isRoot || schema?.['x-kubernetes-embedded-resource'] ? validateResource(value, path) : [];
  for (const name of Object.keys(value)) {
    const property = propertyOf(schema, name);
    const innerPath = property ? childField(path, name) : `${path}[${name}]`;
    errors.push(...validateEmbedded(value[name], property ?? additionalSchema(schema), innerPath));
  }
  return errors;
}

function validateResource(value: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = (name: string) => childField(path, name);
  if (!Object.hasOwn(value, 'apiVersion')) errors.push(fieldError.required(at('apiVersion')));
  if (!Object.hasOwn(value, 'kind')) errors.push(fieldError.required(at('kind')));
  const { apiVersion, kind, metadata } = value;
  if (Object.hasOwn(value, 'apiVersion')) {
    const invalid = (why: string) => errors.push(fieldError.invalid(at('apiVersion'), sortKeys(apiVersion), why));
    if (typeof apiVersion !== 'string') invalid('must be a string');
    else if (apiVersion === '') invalid('must not be empty');
    else if (apiVersion.split('/').length > 2) invalid(`unexpected GroupVersion string: ${apiVersion}`);
  }
  if (Object.hasOwn(value, 'kind')) {
    const invalid = (why: string) => errors.push(fieldError.invalid(at('kind'), sortKeys(kind), why));
    if (typeof kind !== 'string') invalid('must be a string');
    else if (kind === '') invalid('must not be empty');
    else {
      const problems = isDNS1035Label(kind.toLowerCase());
      if (problems.length > 0) invalid(`may have mixed case, but should otherwise match: ${problems.join(',')}`);
    }
  }
  if (Object.hasOwn(value, 'metadata')) {
    const own = readMetadata(structuredClone(metadata), {}, '');
    if (own.error !== undefined) errors.push(fieldError.invalid(at('metadata'), sortKeys(metadata), own.error));
    else errors.push(...validateItsMetadata(own.metadata as ObjectMeta, at('metadata')));
  }
  return errors;
}

function validateItsMetadata(metadata: ObjectMeta, path: string): FieldError[] {
  const scope = metadata.namespace ? 'Namespaced' : 'Cluster';
  const named = { ...metadata, name: metadata.name || 'fakename' };
  return [
    ...validateMetadata(named, { nameRule: 'path-segment', scope, freeFinalizers: true }, path),
    ...validateManagedFields(metadata.managedFields, `${path}.managedFields`),
  ];
}

const leadsToEmbedded = leadsTo((schema) => schema['x-kubernetes-embedded-resource'] === true);
