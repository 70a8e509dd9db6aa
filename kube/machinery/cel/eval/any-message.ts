/** `google.protobuf.Any`: a message in its wire form, which becomes a value at once. */
import { entryOf } from '../../entries.ts';
import { ProtobufError, ProtobufReader } from '../../schema/protobuf-reader.ts';
import { CelError, NativeDict, NativeList, UInt, type Value } from '../values/value.ts';

type Fields = ReadonlyMap<string, Value>;
type Read = (from: ProtobufReader) => Value;

const PREFIX = 'google.protobuf.';

/** `fields`: of the Any. `make` makes a message of its fields. */
export function unpacked(fields: Fields, make: (type: string, fields: Fields) => Value): Value {
  const url = String(fields.get('type_url') ?? '');
  const bytes = (fields.get('value') as Uint8Array | undefined) ?? new Uint8Array();
  const name = url.slice(url.lastIndexOf('/') + 1);
  const read = name.startsWith(PREFIX) ? entryOf(MESSAGES, name.slice(PREFIX.length)) : undefined;
  try {
    const message = new ProtobufReader(bytes, { left: bytes.length });
    if (read) return typeof read === 'function' ? read(message) : make(name, fieldsOf(message, read));
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
  const shown = url === '' ? '' : `type_url:${JSON.stringify(url)}`;
  return new CelError(`unsupported conversion to ref.Val: (*dynamicpb.Message)${shown}`);
}

function fieldsOf(message: ProtobufReader, fields: readonly [name: string, read: Read][]): Fields {
  const found = new Map<string, Value>();
  while (message.next()) {
    const field = fields[message.number - 1];
    if (field) found.set(field[0], field[1](message));
    else message.skip();
  }
  return found;
}

const integer: Read = (from) => BigInt(from.integer());
const unsigned: Read = (from) => new UInt(BigInt.asUintN(64, BigInt(from.integer())));
const text: Read = (from) => from.text();

function json(from: ProtobufReader): Value {
  let found: Value = null;
  while (from.next()) {
    if (from.number === 2) found = from.double();
    else if (from.number === 3) found = from.text();
    else if (from.number === 4) found = from.boolean();
    else if (from.number === 5) found = jsonMap(from.message());
    else if (from.number === 6) found = jsonList(from.message());
    else {
      from.skip();
      if (from.number === 1) found = null;
    }
  }
  return found;
}

function jsonMap(from: ProtobufReader): Value {
  const entries: [Value, Value][] = [];
  while (from.next()) {
    if (from.number !== 1) from.skip();
    else {
      const entry = fieldsOf(from.message(), [
        ['key', text],
        ['value', (inner) => json(inner.message())],
      ]);
      entries.push([entry.get('key') ?? '', entry.get('value') ?? null]);
    }
  }
  return new NativeDict(entries);
}

function jsonList(from: ProtobufReader): Value {
  const items: Value[] = [];
  while (from.next()) {
    if (from.number === 1) items.push(json(from.message()));
    else from.skip();
  }
  return new NativeList(items);
}

const TIME: [string, Read][] = [
  ['seconds', integer],
  ['nanos', integer],
];

/** By name: how its fields are read, or the value itself. */
const MESSAGES: Readonly<Record<string, [string, Read][] | Read>> = {
  BoolValue: [['value', (from) => from.boolean()]],
  BytesValue: [['value', (from) => from.raw()]],
  DoubleValue: [['value', (from) => from.double()]],
  FloatValue: [['value', (from) => from.float()]],
  Int32Value: [['value', integer]],
  Int64Value: [['value', integer]],
  StringValue: [['value', text]],
  UInt32Value: [['value', unsigned]],
  UInt64Value: [['value', unsigned]],
  Duration: TIME,
  Timestamp: TIME,
  Empty: [],
  ListValue: jsonList,
  Struct: jsonMap,
  Value: json,
};
