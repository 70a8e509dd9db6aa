import { expect, test } from 'vitest';
import { DYN, formatType, INT } from '../check/type.ts';
import { checkExpression, program } from '../compile.ts';
import { FUNCTIONS } from '../library/index.ts';
import { plainValue } from '../values/data.ts';
import { CelError, TypeValue, toJson, typeName, type Value } from '../values/value.ts';
import { PlanError } from './plan.ts';

const variables = new Map<string, Value>([
  ['d', plainValue({ a: 1 })],
  ['i', 5n],
]);
const environment = {
  functions: FUNCTIONS,
  variables: new Map([
    ['d', DYN],
    ['i', INT],
  ]),
  fieldsOf: () => undefined,
};

/** The type that is told before the evaluation, and the outcome. */
function outcome(source: string, limit = 1e6): string {
  const checked = checkExpression(source, environment);
  if ('issues' in checked) return checked.issues.split('\n')[0]?.replace(/^ERROR: <input>:\d+:\d+: /, '') ?? '';
  try {
    const { value } = program(checked, environment).evaluate((name) => variables.get(name), limit);
    if (value instanceof CelError) return value.message;
    const shown =
      value instanceof TypeValue ? value.name : typeof value === 'bigint' ? value : JSON.stringify(toJson(value));
    return `${formatType(checked.type)}: ${typeName(value)} ${shown}`;
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return `plan: ${error.message}`;
  }
}

/** A name begins with `pb.` for `google.protobuf.`; outcomes are those of cel-go in the environment of Kubernetes 1.36. */
test.each([
  ['pb.Int64Value{value: 1}', 'wrapper(int): int 1'],
  ['pb.Int64Value{value: 1} + 1 == 2', 'bool: bool true'],
  ['pb.Int64Value{} == 0', 'bool: bool true'],
  ['pb.Int64Value{value: 1} == null', 'bool: bool false'],
  ['pb.Int64Value{?value: optional.none()}', 'wrapper(int): int 0'],
  ['true ? pb.Int64Value{value: i} : null', 'wrapper(int): int 5'],
  ['[pb.Int64Value{value: 1}, 1]', 'list(wrapper(int)): list [1,1]'],
  ['[pb.Int64Value{value: 1}, null]', "expected type 'wrapper(int)' but found 'null'"],
  ['pb.Int64Value{value: 1}.value', "type 'wrapper(int)' does not support field selection"],
  ['pb.Int64Value{value: null}', "expected type of field 'value' is 'int' but provided type is 'null'"],
  ['pb.Int64Value{valu: 1}', "undefined field 'valu'"],
  ['pb.Int64Value', 'plan: reference to undefined type: google.protobuf.Int64Value'],
  [
    'pb.Int64Value{value: dyn("a")}',
    "field type conversion error for google.protobuf.Int64Value.value value type: unsupported native conversion from string to 'int64'",
  ],
  [
    'pb.Int32Value{value: 3000000000}',
    'field type conversion error for google.protobuf.Int32Value.value value type: integer overflow',
  ],
  ['pb.FloatValue{value: 1.1}', 'wrapper(double): double 1.100000023841858'],
  ['pb.BoolValue{value: true} ? 1 : 2', 'int: int 1'],
  ['pb.StringValue{value: "abc"}.startsWith("a")', 'bool: bool true'],
  ['pb.Duration{seconds: 1, nanos: -5} == duration("999.999995ms")', 'bool: bool true'],
  ['pb.Timestamp{seconds: 1} == timestamp(1)', 'bool: bool true'],
  ['pb.Timestamp{seconds: -9223372036854775808}.getFullYear()', 'int: int 292277026596'],
  ['pb.Timestamp{seconds: -9000000000000000}.getDayOfYear()', 'int: int 160'],
  ['pb.Timestamp{seconds: 9000000000000000}.getHours("Europe/Berlin")', 'int: int 18'],
  ['string(pb.Timestamp{seconds: -9000000000000000})', 'string: string "-285196677-06-10T08:00:00Z"'],
  ['string(pb.Timestamp{seconds: 253402300800})', 'string: string "10000-01-01T00:00:00Z"'],
  ['timestamp("2020-01-01T00:00:00Z").getFullYear("999999999999:00")', 'int: int 2248'],
  ['type(timestamp(0)) == pb.Timestamp', 'bool: bool true'],
  ['pb.Value{number_value: 1.0, string_value: "a"}', 'dyn: string "a"'],
  ['pb.Value{null_value: pb.NullValue.NULL_VALUE} == null', 'bool: bool true'],
  ['pb.Value{} == null', 'bool: bool true'],
  ['pb.Value{number_value: 2.0} + 1', 'no such overload'],
  [
    'pb.Struct{fields: {"a": {"b": [1, 9007199254740993]}}}',
    'map(string, dyn): map {"a":{"b":[1,"9007199254740993"]}}',
  ],
  ['pb.Struct{fields: d}.a', 'dyn: double 1'],
  ['pb.Struct{fields: {"a": duration("90s")}}.a', 'dyn: string "90s"'],
  ['has(pb.Struct{}.a)', 'bool: bool false'],
  [
    'pb.Struct{fields: dyn({1: 2})}',
    "field type conversion error for google.protobuf.Struct.fields value type: unsupported type conversion from 'int' to string",
  ],
  ['pb.ListValue{values: [1]}[0]', 'dyn: double 1'],
  ['pb.ListValue{values: [pb.Empty{}]}', 'list(dyn): list [{}]'],
  ['pb.Any{type_url: "x/google.protobuf.Int64Value", value: b"\\x08\\x05"}', 'any: int 5'],
  ['pb.Any{type_url: "x/google.protobuf.ListValue", value: b"\\x0a\\x03\\x1a\\x01a"}', 'any: list ["a"]'],
  ['pb.Any{type_url: "x/a.B"}', 'unsupported conversion to ref.Val: (*dynamicpb.Message)type_url:"x/a.B"'],
  ['pb.Empty{} == pb.Empty{}', 'bool: bool true'],
  ['pb.FieldMask{}', "undeclared reference to 'google.protobuf.FieldMask' (in container '')"],
  ['.pb.Int64Value{value: 1}', 'wrapper(int): int 1'],
])('%s', (source, expected) => {
  expect(outcome(source.replaceAll(/\bpb\./g, 'google.protobuf.'))).toBe(expected);
});

test('values that a message copies cost something, so that many copies end', () => {
  const list = `lists.range(1000)`;
  const source = `${list}.all(x, google.protobuf.ListValue{values: ${list}} != [])`;
  expect(outcome(source)).toContain('actual cost limit exceeded');
  expect(outcome(source, 1e8)).toBe('bool: bool true');
});
