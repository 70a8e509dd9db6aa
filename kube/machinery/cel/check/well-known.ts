/**
 * Messages of protobuf that every expression knows (cel-go `common/types/pb/type.go`, `checker/checker.go`
 * getWellKnownTypeName): wrappers are the types that they hold, or null; a Value is any JSON, a Struct a map, a ListValue a
 * list.
 */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
  UINT,
  wrapperOf,
} from './type.ts';

type Fields = ReadonlyMap<string, Type>;

export const ANY: Type = { kind: 'any', name: 'google.protobuf.Any', params: [] };

const JSON_MAP = mapOf(STRING, DYN);
const JSON_LIST = listOf(DYN);
const TIME: [string, Type][] = [
  ['seconds', INT],
  ['nanos', INT],
];
const VALUE: [string, Type][] = [
  ['null_value', INT],
  ['number_value', DOUBLE],
  ['string_value', STRING],
  ['bool_value', BOOL],
  ['struct_value', JSON_MAP],
  ['list_value', JSON_LIST],
];

const WRAPPED: [string, Type][] = [
  ['Bool', BOOL],
  ['Bytes', BYTES],
  ['Double', DOUBLE],
  ['Float', DOUBLE],
  ['Int32', INT],
  ['Int64', INT],
  ['String', STRING],
  ['UInt32', UINT],
  ['UInt64', UINT],
];

const MESSAGES: [string, Type, [string, Type][]][] = [
  ...WRAPPED.map(([name, type]): [string, Type, [string, Type][]] => [
    `${name}Value`,
    wrapperOf(type),
    [['value', type]],
  ]),
  [
    'Any',
    ANY,
    [
      ['type_url', STRING],
      ['value', BYTES],
    ],
  ],
  ['Duration', DURATION, TIME],
  ['Empty', structType('google.protobuf.Empty'), []],
  ['ListValue', JSON_LIST, [['values', JSON_LIST]]],
  ['Struct', JSON_MAP, [['fields', JSON_MAP]]],
  ['Timestamp', TIMESTAMP, TIME],
  ['Value', DYN, VALUE],
];

/** By their full names. */
export const WELL_KNOWN: ReadonlyMap<string, { type: Type; fields: Fields }> = new Map(
  MESSAGES.map(([name, type, fields]) => [`google.protobuf.${name}`, { type, fields: new Map(fields) }]),
);

/** The types among them that are values, too: others stand before braces alone. */
export const TYPES_AS_VALUES: ReadonlySet<string> = new Set(
  ['Duration', 'Empty', 'Timestamp'].map((name) => `google.protobuf.${name}`),
);

/** The one member of an enumeration that is known. */
export const NULL_VALUE = 'google.protobuf.NullValue.NULL_VALUE';
