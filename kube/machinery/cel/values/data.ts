/**
 * Plain JSON as values (apiserver `pkg/cel/common/valuesunstructured.go`): read through its structural schema, which
 * decides what is seen, or without one. Members are converted when an expression reads them.
 */

import { sameJson } from '../../equality.ts';
import { isWhole } from '../../exact-json.ts';
import { isObject } from '../../json-object.ts';
import { work } from '../eval/work.ts';
import { escapeName, unescapeName } from '../schema/escaping.ts';
import type { CelSchema } from '../schema/schema.ts';
import { dateTimeError, parseDate, parseDateTime, parseOpenApiDuration } from './time-formats.ts';
import {
  CelError,
  compareStrings,
  Dict,
  Duration,
  equal,
  List,
  NativeList,
  NO_SUCH_OVERLOAD,
  Timestamp,
  toJson,
  type Value,
} from './value.ts';

type Json = unknown;
type Members = Readonly<Record<string, Json>>;

/** `UnstructuredToVal` */
export function dataValue(data: Json, schema: CelSchema | undefined): Value {
  if (!schema) return plainValue(data);
  if (data === null || data === undefined) {
    return schema.nullable ? null : new CelError('invalid data, got null for schema with nullable=false');
  }
  if (schema.intOrString) {
    if (typeof data === 'string') return data;
    if (isWhole(data)) return BigInt(data);
    return new CelError('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema.type) {
    case 'object':
      if (isObject(data)) return new DataDict(data, schema);
      return new CelError('invalid data, expected a map for the provided schema with type=object');
    case 'array':
      if (!Array.isArray(data)) {
        return new CelError('invalid data, expected an array for the provided schema with type=array');
      }
      if (!schema.items) return new CelError('invalid array type, expected Items with a non-empty Schema');
      return new DataList(data, schema);
    case 'string':
      return stringValue(data, schema.format);
    case 'number':
      return typeof data === 'number' || typeof data === 'bigint' ? Number(data) : mismatch('float', data);
    case 'integer':
      return isWhole(data) ? BigInt(data) : mismatch('int', data);
    case 'boolean':
      return typeof data === 'boolean' ? data : mismatch('bool', data);
    default:
      if (schema.preserveUnknown) return new PreservedData(data);
      return new CelError(
        'invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ' +
          (schema.type ?? ''),
      );
  }
}

function mismatch(expected: string, data: Json): CelError {
  return new CelError(`invalid data, expected ${expected}, got ${goType(data)}`);
}

function goType(data: Json): string {
  switch (typeof data) {
    case 'number':
      return Number.isSafeInteger(data) ? 'int64' : 'float64';
    case 'bigint':
      return 'int64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return Array.isArray(data) ? '[]interface {}' : 'map[string]interface {}';
  }
}

/** Without a schema: whole numbers are ints. */
export function plainValue(data: Json): Value {
  switch (typeof data) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return data;
    case 'number':
      return Number.isSafeInteger(data) ? BigInt(data) : data;
    default:
      if (data === null || data === undefined) return null;
      return Array.isArray(data) ? new DataList(data, undefined) : new DataDict(data as Members, undefined);
  }
}

function stringValue(data: Json, format: string | undefined): Value {
  if (typeof data !== 'string') return mismatch('string', data);
  switch (format) {
    case 'duration': {
      const nanos = parseOpenApiDuration(data);
      if (nanos === undefined) return new CelError(`Invalid duration ${data}: unable to parse ${data} as duration`);
      return new Duration(nanos);
    }
    case 'date': {
      const nanos = parseDate(data);
      return nanos === undefined ? new CelError(`Invalid date formatted string ${data}`) : new Timestamp(nanos);
    }
    case 'date-time':
      return parseDateTime(data) ?? new CelError(`Invalid date-time formatted string ${data}: ${dateTimeError(data)}`);
    case 'byte':
      try {
        return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      } catch {
        return new CelError(`Invalid byte formatted string ${data}`);
      }
    default:
      return data;
  }
}

/** Data that an expression cannot reach: it is only compared (`unknownPreserved`). */
class PreservedData extends Dict {
  private readonly data: Json;
  readonly size = 0;
  constructor(data: Json) {
    super();
    this.data = data;
  }
  find(): undefined {
    return undefined;
  }
  keys(): Value[] {
    return [];
  }
  override equals(other: Value): boolean {
    return sameJson(this.data, toJson(other));
  }
  override raw(): Json {
    return this.data;
  }
}

/** `MaybeNoSuchOverloadErr` */
const noOverload = (other: Value): CelError => (other instanceof CelError ? other : NO_SUCH_OVERLOAD);

class DataList extends List {
  readonly data: readonly Json[];
  private readonly schema: CelSchema | undefined;
  private readonly read: Value[] = [];

  constructor(data: readonly Json[], schema: CelSchema | undefined) {
    super();
    this.data = data;
    this.schema = schema;
  }

  get size(): number {
    return this.data.length;
  }

  at(index: number): Value {
    const read = this.read[index];
    if (read !== undefined) return read;
    const value = dataValue(this.data[index], this.schema?.items);
    this.read[index] = value;
    return value;
  }

  override raw(): Json[] {
    return this.data as Json[];
  }

  /** Items of a set or of a list with keys are merged, not appended. */
  concat(other: List): Value {
    work(this.size + other.size);
    const added = other.raw();
    const { listType } = this.schema ?? {};
    if (listType === 'set') {
      const known = new Set(this.data);
      return new DataList([...this.data, ...new Set(added.filter((item) => !known.has(item)))], this.schema);
    }
    if (listType === 'map') {
      const merged = new Map(this.data.map((item) => [this.key(item), item]));
      for (const item of added) merged.set(this.key(item), item);
      return new DataList([...merged.values()], this.schema);
    }
    if (!this.schema) return new NativeList([]).concat(this, other);
    return new DataList([...this.data, ...added], this.schema);
  }

  override equals(other: Value): boolean | CelError {
    const { listType } = this.schema ?? {};
    if (!(other instanceof List)) return this.schema ? noOverload(other) : false;
    if (listType !== 'set' && listType !== 'map') return super.equals(other);
    if (other.size !== this.size) return false;
    if (listType === 'set') {
      const known = new Set(this.data);
      return other.raw().every((item) => known.has(item));
    }
    const mine = new Map(this.data.map((item, i) => [this.key(item), i]));
    work(2 * this.size);
    const theirs = other.raw();
    for (let i = 0; i < theirs.length; i++) {
      const index = mine.get(this.key(theirs[i]));
      if (index === undefined) return false;
      const same = equal(this.at(index), other.at(i));
      if (same !== true) return same;
    }
    return true;
  }

  private key(item: Json): string {
    const members = isObject(item) ? item : {};
    return JSON.stringify((this.schema?.mapKeys ?? []).map((name) => members[name] ?? null));
  }
}

class DataDict extends Dict {
  readonly data: Members;
  private readonly schema: CelSchema | undefined;
  private readonly read = new Map<string, Value>();
  private sorted: string[] | undefined;

  constructor(data: Members, schema: CelSchema | undefined) {
    super();
    this.data = data;
    this.schema = schema;
  }

  /** In order. */
  private get names(): readonly string[] {
    this.sorted ??= Object.keys(this.data).sort(compareStrings);
    return this.sorted;
  }

  get size(): number {
    return this.names.length;
  }

  override raw(): Json {
    return this.data;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return this.schema ? NO_SUCH_OVERLOAD : undefined;
    const read = this.read.get(key);
    if (read !== undefined) return read;
    const value = this.convert(key);
    if (value !== undefined) this.read.set(key, value);
    return value;
  }

  private convert(key: string): Value | undefined {
    const object = this.schema?.properties !== undefined;
    const name = object ? unescapeName(key) : key;
    if (name === undefined || !Object.hasOwn(this.data, name)) return undefined;
    const data = this.data[name];
    if (!this.schema) return plainValue(data);
    if (object && data === null) return undefined;
    const schema = this.schemaOf(name);
    return schema && dataValue(data, schema);
  }

  private schemaOf(name: string): CelSchema | undefined {
    const { properties, additional } = this.schema ?? {};
    return properties ? properties.get(name) : additional;
  }

  keys(): Value[] {
    work(this.size);
    if (!this.schema) return [...this.names];
    const visible = this.names.filter((name) => this.schemaOf(name) !== undefined);
    return this.schema.properties ? visible.map((name) => escapeName(name) ?? name) : visible;
  }

  override equals(other: Value): boolean | CelError {
    if (!this.schema) return super.equals(other);
    if (!(other instanceof Dict)) return noOverload(other);
    if (this.size !== other.size) return false;
    for (const [name, data] of Object.entries(this.data)) {
      work(1);
      if (this.schemaOf(name)) {
        const [mine, theirs] = [this.find(name), other.find(name)];
        if ((mine === undefined) !== (theirs === undefined)) return false;
        if (mine === undefined || theirs === undefined) continue;
        const same = equal(mine, theirs);
        if (same !== true) return same;
      } else if (other instanceof DataDict && Object.hasOwn(other.data, name)) {
        if (!sameJson(data, other.data[name])) return false;
      }
    }
    return true;
  }
}
