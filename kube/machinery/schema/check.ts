/**
 * One walk over a decoded object that does what upstream's typed decoding does (sigs.k8s.io/json and `encoding/json`
 * into Go structs, then printing them again): unknown fields are dropped and reported, wrong types are errors in the
 * decoder's words, nulls and empty optional fields vanish, fields that are always printed appear.
 */

import { setOwn } from '../entries.ts';
import { isWhole } from '../exact-json.ts';
import { isGoInteger } from '../go-number.ts';
import { isObject } from '../json-object.ts';
import { QUANTITY_FORMAT_ERROR } from '../quantity.ts';
import { rememberContentEmpties, rememberEmpties } from './empties.ts';
import { conversionError, goQuote, goTypeName, goValueName } from './go-names.ts';
import { schemaOf } from './resolve.ts';
import {
  bytesOf,
  type Normalized,
  normalizeBytes,
  normalizeMicroTime,
  normalizeQuantity,
  normalizeTime,
} from './scalars.ts';
import type { AnySchema, FieldSchema, ListSchema, MapSchema, Schema, StructSchema } from './schema.ts';
import { JSON_SCHEMA_PROPS } from './type-names.ts';
import { fillIn, zeroOf } from './zero.ts';

/** The query parameter `fieldValidation`; Warn is the server's default. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface CheckOptions {
  directive: FieldValidation;
  /** Add the fields that upstream always prints (`status: {}`, `port: 0`). On when left out. */
  fill?: boolean;
  /** The object is in memory, not text: errors are in the converter's words ({@link conversionError}). */
  converted?: boolean;
}

export interface CheckResult {
  /** The object as upstream would print it: a copy where something had to go, otherwise the one that was handed in. */
  object: Record<string, unknown>;
  /**
   * `unknown field "spec.foo"`, without repetitions, in document order, and sorted where the object is converted; empty
   * when the directive is Ignore.
   */
  strict: string[];
  /** The decoder's first error: `json: cannot unmarshal string into Go struct field …`. */
  error?: string;
}

/** Upstream gives up collecting after as many. */
const MAX_STRICT_ERRORS = 100;

/** May change `value`, which is the caller's to give away (fresh from JSON.parse). */
export function checkObject(schema: StructSchema, value: unknown, options: CheckOptions): CheckResult {
  const walk = new Walk(options);
  const object = walk.value(schema, value, undefined) as Record<string, unknown>;
  if (walk.contentEmpties) rememberContentEmpties(object, walk.contentEmpties);
  // Of objects in memory, upstream tells unknown fields in the order of their names.
  const strict = options.converted ? walk.strict.sort() : walk.strict;
  return { object, strict, error: walk.fatal ?? walk.error };
}

class Walk {
  strict: string[] = [];
  /** The first wrong type, with which decoding goes on. */
  error: string | undefined;
  /** An error of a type's own decoder, which ends decoding. */
  fatal: string | undefined;
  contentEmpties: object[] | undefined;
  private readonly report: boolean;
  private readonly fill: boolean;
  private readonly converted: boolean;
  private readonly path: (string | number)[] = [];
  /** The struct fields on the path: the decoder's errors name neither positions in lists nor keys of maps. */
  private readonly names: string[] = [];
  private readonly fields: FieldSchema[] = [];

  constructor(options: CheckOptions) {
    this.report = options.directive !== 'Ignore';
    this.fill = options.fill !== false;
    this.converted = options.converted === true;
  }

  /** Returns what to keep; undefined for nothing. `owner` is the struct whose field is being read. */
  value(schema: Schema, value: unknown, owner: StructSchema | undefined): unknown {
    switch (schema.type) {
      case 'struct':
        return isObject(value) ? this.struct(schema, value) : this.wrongType(schema, value, owner);
      case 'map':
        return isObject(value) ? this.map(schema, value, owner) : this.wrongType(schema, value, owner);
      case 'list':
        return Array.isArray(value) ? this.list(schema, value, owner) : this.wrongType(schema, value, owner);
      case 'string':
      case 'duration':
        return typeof value === 'string' ? value : this.wrongType(schema, value, owner);
      case 'boolean':
        return typeof value === 'boolean' ? value : this.wrongType(schema, value, owner);
      case 'integer':
        return integerOf(value, schema.format, this.converted) ?? this.wrongType(schema, value, owner);
      case 'number':
        if (typeof value === 'bigint') return Number(value);
        return typeof value === 'number' && Number.isFinite(value) ? value : this.wrongType(schema, value, owner);
      case 'int-or-string':
        if (typeof value === 'string' || isInt32(value)) return value;
        return this.wrongType(schema, value, owner, true);
      case 'quantity':
        if (typeof value === 'string' || typeof value === 'number') return this.own(normalizeQuantity(value));
        if (typeof value === 'bigint') return this.own(normalizeQuantity(String(value)));
        return this.own({ error: QUANTITY_FORMAT_ERROR });
      case 'time':
      case 'micro-time':
        if (typeof value !== 'string') return this.wrongType(schema, value, owner, true);
        return this.own(schema.type === 'time' ? normalizeTime(value) : normalizeMicroTime(value));
      case 'bytes': {
        if (typeof value !== 'string') return bytesOf(value) ?? this.wrongType(schema, value, owner);
        const bytes = normalizeBytes(value);
        if ('value' in bytes) return bytes.value;
        this.error ??= this.converted ? `error decoding from json: ${bytes.error}` : bytes.error;
        return undefined;
      }
      case 'any':
        return schema.form?.startsWith('schema-') ? this.openApi(schema.form, value) : value;
    }
  }

  /**
   * A part of an OpenAPI schema that is a schema or something else, which has a decoder of its own: unknown fields
   * within go without a word (apiextensions `pkg/apis/apiextensions/v1/marshal.go`).
   */
  private openApi(form: NonNullable<AnySchema['form']>, value: unknown): unknown {
    if (isObject(value)) return this.apart(JSON_SCHEMA_PROPS, value);
    if (form === 'schema-or-boolean') {
      if (typeof value === 'boolean') return value;
      this.fatal ??= 'boolean or JSON schema expected';
      return undefined;
    }
    if (!Array.isArray(value)) return undefined;
    if (form === 'schema-or-names') return value.filter((item) => typeof item === 'string');
    return value.map((item) => this.apart(JSON_SCHEMA_PROPS, item));
  }

  private apart(definition: string, value: unknown): unknown {
    const walk = new Walk({ directive: 'Ignore', converted: this.converted });
    const made = walk.value(schemaOf(definition), value, undefined);
    this.fatal ??= walk.fatal ?? walk.error;
    return made;
  }

  private struct(schema: StructSchema, object: Record<string, unknown>): Record<string, unknown> {
    let dropped: Set<string> | undefined;
    let empties: string[] | undefined;
    for (const name in object) {
      const before = object[name];
      const field = schema.fields.get(name);
      let after: unknown;
      if (field === undefined) {
        if (schema.preservesUnknown) after = before;
        else if (this.report) this.unknown(name);
      } else if (before !== null) {
        this.path.push(name);
        this.fields.push(field);
        this.names.push(name);
        after = this.value(field.schema, before, schema);
        this.names.pop();
        this.fields.pop();
        this.path.pop();
        if (field.omitEmpty && isEmpty(after)) {
          if (typeof after === 'object') {
            empties ??= [];
            empties.push(name);
          }
          after = undefined;
        }
      }
      if (after === undefined) {
        dropped ??= new Set();
        dropped.add(name);
      } else if (after !== before) object[name] = after;
    }
    // A copy, because an object from which a property was deleted is slow from then on.
    const kept = dropped ? without(object, dropped) : object;
    if (this.fill) fillIn(schema, kept);
    if (empties) this.remember(kept, empties);
    return kept;
  }

  private remember(kept: object, empties: readonly string[]): void {
    rememberEmpties(kept, empties);
    const [part = empties[0]] = this.path;
    if (part === 'metadata' || part === 'status') return;
    this.contentEmpties ??= [];
    this.contentEmpties.push(kept);
  }

  private map(schema: MapSchema, object: Record<string, unknown>, owner: StructSchema | undefined): unknown {
    for (const name in object) {
      const before = object[name];
      // Upstream's converter of objects in memory names no key of a map.
      if (!this.converted) this.path.push(name);
      const after = before === null ? zeroOf(schema.values) : (this.value(schema.values, before, owner) ?? null);
      if (!this.converted) this.path.pop();
      if (after !== before) object[name] = after;
    }
    return object;
  }

  private list(schema: ListSchema, list: unknown[], owner: StructSchema | undefined): unknown[] {
    for (let at = 0; at < list.length; at++) {
      const before = list[at];
      this.path.push(at);
      const after = before === null ? zeroOf(schema.items) : (this.value(schema.items, before, owner) ?? null);
      this.path.pop();
      if (after !== before) list[at] = after;
    }
    return list;
  }

  private own(result: Normalized): string | undefined {
    if ('value' in result) return result.value;
    this.fatal ??= result.error;
    return undefined;
  }

  private wrongType(schema: Schema, value: unknown, owner: StructSchema | undefined, fatal = false): undefined {
    if (this.fatal !== undefined || (!fatal && this.error !== undefined)) return undefined;
    const converting = this.converted ? conversionError(schema, value) : undefined;
    if (converting !== undefined) {
      this.fatal = converting;
      return undefined;
    }
    const numberText = schema.type === 'integer' || schema.type === 'number' || schema.type === 'int-or-string';
    const into =
      owner && !this.converted
        ? `Go struct field ${owner.name.slice(owner.name.lastIndexOf('.') + 1)}.${this.fieldNames()}`
        : 'Go value';
    const text = `json: cannot unmarshal ${goValueName(value, numberText)} into ${into} of type ${goTypeName(schema)}`;
    if (fatal) this.fatal = text;
    else this.error = text;
    return undefined;
  }

  /** `spec.volumes.VolumeSource.hostPath`: structs that Go embeds are named, though JSON inlines them. */
  private fieldNames(): string {
    const names = this.names.flatMap((name, at) => [...(this.fields[at]?.inlinedFrom ?? []), name]);
    return names.join('.');
  }

  private unknown(name: string): void {
    if (this.strict.length >= MAX_STRICT_ERRORS) return;
    this.strict.push(`unknown field ${goQuote(pathText(this.path, name))}`);
  }
}

export function pathText(path: readonly (string | number)[], name: string): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text === '' ? name : `${text}.${name}`;
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

/** undefined for what is no integer. `converted`: it becomes one as Go converts numbers in memory. */
function integerOf(value: unknown, format: string | undefined, converted: boolean): number | bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  if (format === 'int32') {
    if (isInt32(value)) return value;
    if (!converted || (typeof value === 'number' && !Number.isInteger(value))) return undefined;
    // Of an int64, the upper half is cut off.
    return isGoInteger(value) ? Number(BigInt.asIntN(32, BigInt(value))) : 0;
  }
  if (isWhole(value)) return value;
  if (isGoInteger(value)) return BigInt(value);
  // Whole numbers beyond 64 bits are floats in memory, of which Go makes the least int64.
  return converted && Number.isInteger(value) ? -(2n ** 63n) : undefined;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object') return value === '' || value === 0 || value === false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

function without(object: Record<string, unknown>, dropped: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in object) if (!dropped.has(name)) setOwn(kept, name, object[name]);
  return kept;
}
