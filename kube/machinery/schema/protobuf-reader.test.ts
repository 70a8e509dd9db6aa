import { expect, test } from 'vitest';
import { decodeProtobuf } from './protobuf-decode.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function varint(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

const tag = (number: bigint | number, wire: number): Uint8Array => varint((BigInt(number) << 3n) | BigInt(wire));
const integer = (number: number, value: bigint | number): Uint8Array => Buffer.concat([tag(number, 0), varint(value)]);

/** A field of length-delimited bytes. */
function field(number: number, ...parts: Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([tag(number, 2), varint(bytes.length), bytes]);
}

function decoded(apiVersion: string, kind: string, ...message: Uint8Array[]): Record<string, unknown> {
  const type = field(1, field(1, utf8(apiVersion)), field(2, utf8(kind)));
  const result = decodeProtobuf(Buffer.concat([utf8('k8s\0'), type, field(2, ...message)]));
  return 'object' in result ? result.object : { error: result.error };
}

const map = (...message: Uint8Array[]) => decoded('v1', 'ConfigMap', ...message);
const data = (key: string, value: string): Uint8Array => field(2, field(1, utf8(key)), field(2, utf8(value)));

test('a mark of byte order that begins a text is kept', () => {
  expect(map(data('a', '\ufeffx'))).toMatchObject({ data: { a: '\ufeffx' } });
});

test('the fields of a message that occurs twice join, and numbers and texts are the last', () => {
  const meta = (...parts: Uint8Array[]): Uint8Array => field(1, ...parts);
  const label = (name: string): Uint8Array => field(11, field(1, utf8(name)), field(2, utf8('v')));
  expect(map(meta(field(1, utf8('a')), label('x')), meta(label('y')), meta(field(1, utf8('b'))))).toMatchObject({
    metadata: { name: 'b', labels: { x: 'v', y: 'v' } },
  });
  // spec.volumes[0].emptyDir.sizeLimit
  const limit = (...parts: Uint8Array[]): Uint8Array => field(2, field(2, field(2, ...parts)));
  const volume = field(1, field(1, utf8('v')), limit(field(1, utf8('5'))), limit());
  expect(decoded('v1', 'Pod', field(2, volume))).toMatchObject({
    spec: { volumes: [{ name: 'v', emptyDir: { sizeLimit: '5' } }] },
  });
});

test('groups of fields that are not known are skipped, as old messages have them', () => {
  const nested = Buffer.concat([tag(99, 3), integer(1, 2), tag(98, 3), field(1), tag(98, 4), tag(99, 4)]);
  expect(map(nested, data('a', 'b'))).toMatchObject({ data: { a: 'b' } });
});

test('of a number of a field, 32 bits count', () => {
  expect(map(tag((1n << 29n) + 2n, 2), varint(0))).not.toHaveProperty('data');
  expect(map(tag((1n << 32n) + 2n, 2), varint(0))).toHaveProperty('data');
});

test.each([
  ['text for a boolean', field(4, utf8('a')), 'proto: wrong wireType = 2 for field Immutable'],
  ['eight bytes for a boolean', [0x21, 1, 0, 0, 0, 0, 0, 0, 0], 'proto: wrong wireType = 1 for field Immutable'],
  ['a number for a map', integer(2, 1), 'proto: wrong wireType = 0 for field Data'],
  ['an open group', tag(99, 3), 'unexpected EOF'],
  ['the end of no group', tag(99, 4), 'proto: wiretype end group for non-group'],
  ['a number of a field below 0', integer(-5, 0), 'proto: illegal tag -5 (wire type 18446744073709551576)'],
  ['a length below 0', [0x12, ...varint(-1)], 'proto: negative length found during unmarshaling'],
  ['eleven bytes of a number', [0x20, ...Array(10).fill(0xff), 1], 'proto: integer overflow'],
])('%s is refused', (_, bytes, error) => {
  expect(map(Uint8Array.from(bytes))).toEqual({ error });
});

test.each([
  [[integer(1, 1_700_000_000), integer(2, 123_456_789)], '2023-11-14T22:13:20.123456Z'],
  [[integer(1, 1_700_000_000), integer(2, 2_000_000_000)], '2023-11-14T22:13:22.000000Z'],
  [[integer(1, 1_700_000_000), integer(2, -1)], '2023-11-14T22:13:20.000000Z'],
  [[integer(1, 1_700_000_000), integer(2, -1500)], '2023-11-14T22:13:19.999999Z'],
  [[integer(1, 1), integer(2, (1n << 32n) + 5000n)], '1970-01-01T00:00:01.000005Z'],
  [[integer(1, -1), integer(2, 500_000)], '1969-12-31T23:59:59.000500Z'],
  [[integer(9, 0)], '1970-01-01T00:00:00.000000Z'],
  [[], null],
])('a time to the microsecond, %#: %s', (parts, acquireTime) => {
  const lease = decoded('coordination.k8s.io/v1', 'Lease', field(2, field(3, ...parts)));
  expect(lease).toMatchObject({ spec: { acquireTime } });
});

test('a number of an IntOrString has 32 bits, and the text of a quantity may be empty, which its kind refuses', () => {
  const spec = field(1, integer(2, (1n << 32n) + 80n));
  expect(decoded('policy/v1', 'PodDisruptionBudget', field(2, spec))).toMatchObject({ spec: { minAvailable: 80 } });
  const limit = (...parts: Uint8Array[]) => field(8, field(1, field(1, utf8('cpu')), field(2, ...parts)));
  const pod = (...parts: Uint8Array[]) => decoded('v1', 'Pod', field(2, field(2, limit(...parts))));
  expect(pod()).toMatchObject({ spec: { containers: [{ resources: { limits: { cpu: '0' } } }] } });
  expect(pod(field(1))).toMatchObject({ spec: { containers: [{ resources: { limits: { cpu: '' } } }] } });
});

test('a number that JSON has no form for is refused, and fields of a manager that cannot be read are not', () => {
  const maximum = Buffer.concat([tag(9, 1), new Uint8Array(new Float64Array([Number.NaN]).buffer)]);
  const version = field(7, field(4, field(1, maximum)));
  expect(decoded('apiextensions.k8s.io/v1', 'CustomResourceDefinition', field(2, version))).toEqual({
    error: 'json: unsupported value: NaN',
  });
  expect(map(field(1, field(17, field(7, field(1, utf8('{bad'))))))).toMatchObject({
    metadata: { managedFields: [{ fieldsV1: '{bad' }] },
  });
});
