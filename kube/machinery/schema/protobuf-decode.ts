/**
 * `application/vnd.kubernetes.protobuf` → object (apimachinery `runtime/serializer/protobuf`): the four bytes `k8s\0`,
 * then a `runtime.Unknown` that names apiVersion and kind and holds the message. What comes out may hold empty optional
 * fields, as the messages do: `decodeParsed` drops them.
 */

import { binaryString } from '../binary-string.ts';
import { parseExact } from '../exact-json.ts';
import { goDuration } from '../time.ts';
import { jsonExcess, MAX_VALUES } from './json-size.ts';
import { layoutOf, type MessageLayout } from './protobuf-message.ts';
import { ProtobufError, ProtobufExcess, ProtobufReader, type ValueBudget } from './protobuf-reader.ts';
import { kindSchema, schemaOf } from './resolve.ts';
import type { AnySchema, Schema, StructSchema } from './schema.ts';
import { JSON_SCHEMA_PROPS } from './type-names.ts';

export const PROTOBUF_PREFIX: readonly number[] = [0x6b, 0x38, 0x73, 0];

/** Twice what the text may hold: the fields of an object that has one are not separated. */
const MAX_DECODED = 2 * MAX_VALUES;

export type Decoded =
  | { object: Record<string, unknown> }
  /** The error is the message of a 400, or of a 413. `named`: what the bytes name, where it has been read before. */
  | { error: string; named?: Named; isTooLarge?: true };

export interface Named {
  kind: string;
  version: string;
}

export function decodeProtobuf(bytes: Uint8Array): Decoded {
  let named: Named | undefined;
  try {
    const tell = (kind: string, version: string): void => {
      named = { kind, version };
    };
    return { object: decodeUnknown(bytes, { left: MAX_DECODED }, tell) };
  } catch (problem) {
    if (problem instanceof ProtobufExcess) {
      return { error: `the body holds more than ${MAX_VALUES} values`, isTooLarge: true };
    }
    // Messages may be nested too deeply for the stack.
    const isTooDeep = problem instanceof RangeError;
    if (!isTooDeep && !(problem instanceof ProtobufError)) throw problem;
    return { error: isTooDeep ? 'proto: exceeded max depth' : problem.message, ...(named && { named }) };
  }
}

function decodeUnknown(
  bytes: Uint8Array,
  budget: ValueBudget,
  tell?: (kind: string, version: string) => void,
): Record<string, unknown> {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (PROTOBUF_PREFIX.some((byte, at) => bytes[at] !== byte)) {
    const prefix = PROTOBUF_PREFIX.join(' ');
    throw new ProtobufError(`provided data does not appear to be a protobuf message, expected prefix [${prefix}]`);
  }
  if (bytes.length === PROTOBUF_PREFIX.length) throw new ProtobufError('empty body');
  const reader = new ProtobufReader(bytes, budget, PROTOBUF_PREFIX.length);
  const type = new Map<number, unknown>();
  let message: ProtobufReader | undefined;
  while (reader.next()) {
    if (reader.number === 1) readParts(reader.message(), type, 'text', 'text');
    else if (reader.number === 2) message = reader.message();
    else reader.skip();
  }
  const [apiVersion, kind] = [String(type.get(1) ?? ''), String(type.get(2) ?? '')];
  if (kind !== '') tell?.(kind, apiVersion.slice(apiVersion.lastIndexOf('/') + 1));
  const schema = schemaOfKind(apiVersion, kind);
  const object: Record<string, unknown> = { apiVersion, kind };
  if (message) readMessage(message, layoutOf(schema), object);
  return object;
}

/**
 * DeleteOptions and its like are kinds of every group version, and a Status one of v1, as answers have it. An Eviction is
 * taken in a version, too, that is served no more, and has the same fields.
 */
function schemaOfKind(apiVersion: string, kind: string): StructSchema {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema = kindSchema(group, version, kind);
  if (schema) return schema;
  if (kind === 'DeleteOptions') return schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  if (kind === 'Eviction' && apiVersion === 'policy/v1beta1') return schemaOf('io.k8s.api.policy.v1.Eviction');
  if (kind === 'Status' && apiVersion === 'v1') return schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.Status');
  const [quotedKind, quotedVersion] = [JSON.stringify(kind), JSON.stringify(apiVersion)];
  throw new ProtobufError(
    `no kind ${quotedKind} is registered for version ${quotedVersion} in scheme "pkg/runtime/scheme.go:111"`,
  );
}

function readMessage(reader: ProtobufReader, layout: MessageLayout, object: Record<string, unknown>): void {
  while (reader.next()) {
    const found = layout.fields.get(reader.number);
    if (found) {
      reader.countValue();
      reader.name = found.name;
      object[found.name] = readField(reader, found.field.schema, object[found.name]);
    } else {
      const inlined = layout.inlined.get(reader.number);
      if (inlined) readMessage(reader.message(), inlined, object);
      else reader.skip();
    }
  }
}

/** `before` is what earlier occurrences of the field have gathered: of a message that occurs twice, the fields join. */
function readField(reader: ProtobufReader, schema: Schema, before: unknown): unknown {
  if (schema.type === 'list' && !schema.wrapped) {
    const list = (before as unknown[] | undefined) ?? [];
    readItems(reader, schema.items, list);
    return list;
  }
  if (schema.type === 'map') {
    const map = (before as Record<string, unknown> | undefined) ?? {};
    const entry = reader.message();
    let key = '';
    let value: unknown = null;
    while (entry.next()) {
      if (entry.number === 1) key = entry.text();
      else if (entry.number === 2) value = readField(entry, schema.values, undefined);
      else entry.skip();
    }
    // A plain assignment to `__proto__` would change the prototype.
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    return map;
  }
  return readValue(reader, schema, before);
}

function readItems(reader: ProtobufReader, schema: Schema, list: unknown[]): void {
  const isNumber = schema.type === 'integer' || schema.type === 'boolean' || schema.type === 'number';
  if (!isNumber || !reader.isPacked()) {
    list.push(readValue(reader, schema));
    return;
  }
  const packed = reader.message();
  while (!packed.isAtEnd()) {
    packed.countValue();
    list.push(readValue(packed, schema));
  }
}

function readValue(reader: ProtobufReader, schema: Schema, before?: unknown): unknown {
  switch (schema.type) {
    case 'struct': {
      const object = (before as Record<string, unknown> | undefined) ?? {};
      readMessage(reader.message(), layoutOf(schema), object);
      return object;
    }
    case 'string':
      return reader.text();
    case 'boolean':
      return reader.boolean();
    case 'integer':
      return reader.integer(schema.format === 'int32' ? 32 : 64);
    case 'number':
      return finite(reader.double());
    case 'bytes':
      return btoa(binaryString(reader.raw()));
    case 'quantity':
      return readParts(reader.message(), new Map(), 'text').get(1) ?? before ?? '0';
    case 'int-or-string': {
      const parts = readParts(reader.message(), new Map(), 'integer', 'int32', 'text');
      return parts.get(1) === 1 ? (parts.get(3) ?? '') : (parts.get(2) ?? 0);
    }
    case 'time':
    case 'micro-time': {
      const message = reader.message();
      if (message.isAtEnd()) return null;
      return printTime(readParts(message, new Map(), 'integer', 'int32'), schema.type === 'micro-time');
    }
    case 'duration':
      return goDuration(Number(readParts(reader.message(), new Map(), 'integer').get(1) ?? 0) / 1_000_000);
    case 'any':
      return readAny(reader, schema);
    case 'list': {
      const list: unknown[] = [];
      const message = reader.message();
      while (message.next()) {
        message.countValue();
        readItems(message, schema.items, list);
      }
      return list;
    }
    case 'map':
      throw new ProtobufError('a map in a list has no protobuf form');
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  const text = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  throw new ProtobufError(`json: unsupported value: ${text}`);
}

type Parts = Map<number, unknown>;

/** Reads the fields of a small message into `parts`, by number; `kinds` says how those from 1 on are read. */
function readParts(reader: ProtobufReader, parts: Parts, ...kinds: ('text' | 'integer' | 'int32')[]): Parts {
  while (reader.next()) {
    const kind = kinds[reader.number - 1];
    if (kind === 'text') parts.set(reader.number, reader.text());
    else if (kind) parts.set(reader.number, reader.integer(kind === 'int32' ? 32 : 64));
    else reader.skip();
  }
  return parts;
}

function printTime(parts: Parts, micro: boolean): string {
  // Nanoseconds beyond a second, or before it, count for what they are; what is less than a microsecond does not.
  const microseconds = micro ? Math.trunc(Number(parts.get(2) ?? 0) / 1000) : 0;
  const rest = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000;
  const time = new Date((Number(parts.get(1) ?? 0) + (microseconds - rest) / 1_000_000) * 1000);
  const year = time.getUTCFullYear();
  // `Time.MarshalJSON`
  if (!(year >= 0 && year <= 9999)) throw new ProtobufError('Time.MarshalJSON: year outside of range [0,9999]');
  const seconds = time.toISOString().slice(0, 19);
  return micro ? `${seconds}.${String(rest).padStart(6, '0')}Z` : `${seconds}Z`;
}

function readAny(reader: ProtobufReader, schema: AnySchema): unknown {
  if (schema.form?.startsWith('schema-or-')) return readSchemaOr(reader.message(), schema.form);
  const message = reader.message();
  let bytes: Uint8Array | undefined;
  while (message.next()) {
    if (message.number === 1) bytes = message.raw();
    else message.skip();
  }
  if (!bytes || bytes.length === 0) return null;
  if (PROTOBUF_PREFIX.every((byte, at) => bytes[at] === byte)) return decodeUnknown(bytes, reader.budget);
  const text = new TextDecoder().decode(bytes);
  const excess = jsonExcess(text);
  if (excess === 'values') throw new ProtobufExcess();
  if (excess) throw new ProtobufError('proto: exceeded max depth');
  try {
    return parseExact(text) as unknown;
  } catch {
    // Upstream keeps the fields of a manager as they are sent, and those that cannot be read own nothing.
    if (schema.form === 'fields') return text;
    throw new ProtobufError('an embedded object is neither JSON nor protobuf');
  }
}

/** The value of a field of a JSON schema that holds a schema, or else a boolean or a list. */
function readSchemaOr(message: ProtobufReader, form: string): unknown {
  let found: unknown = form === 'schema-or-boolean' ? false : undefined;
  while (message.next()) {
    const isSchema = message.number === (form === 'schema-or-boolean' ? 2 : 1);
    if (isSchema) found = readValue(message, schemaOf(JSON_SCHEMA_PROPS));
    else if (form === 'schema-or-boolean' && message.number === 1) found = message.boolean();
    else if (form !== 'schema-or-boolean' && message.number === 2) {
      const list = Array.isArray(found) ? found : [];
      list.push(form === 'schema-or-list' ? readValue(message, schemaOf(JSON_SCHEMA_PROPS)) : message.text());
      message.countValue();
      found = list;
    } else message.skip();
  }
  return found ?? null;
}
