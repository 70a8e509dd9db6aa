import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ProtobufEncoder } from '../protobuf/encode.ts';
import { decodeObject, decodeParsed } from './decode-object.ts';
import { MAX_DEPTH } from './json-size.ts';
import { decodeProtobuf } from './protobuf-decode.ts';
import { kindSchema } from './resolve.ts';

const encode = (object: object): Uint8Array =>
  new ProtobufEncoder().object(new TextEncoder().encode(JSON.stringify(object)));

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', creationTimestamp: '2024-02-29T10:00:00Z', labels: { b: '2', a: '1' } },
  spec: { ports: [{ port: 80, targetPort: 'http' }], clusterIPs: ['10.96.0.7'] },
  status: { loadBalancer: {} },
};

test('an object goes through protobuf and comes back as it was', () => {
  const schema = kindSchema('', 'v1', 'Service');
  if (!schema) throw new Error('no Service');
  const bytes = encode(service);
  expect(new TextDecoder('latin1').decode(bytes.subarray(0, 17))).toBe('k8s\0\n\r\n\x02v1\x12\x07Servi');
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) throw new Error(decoded.error);
  const checked = decodeParsed(decoded.object, '', { group: '', version: 'v1', kind: 'Service', schema }, 'Strict');
  expect(checked).toEqual({ object: service, warnings: [] });
});

test.each([
  [[], 'empty data'],
  [[1, 2, 3, 4, 5], 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
  [[0x6b, 0x38, 0x73, 0], 'empty body'],
  [[0x6b, 0x38, 0x73, 0, 0x0a, 0x7f, 1], 'unexpected EOF'],
  [[0x6b, 0x38, 0x73, 0, 0x0a, 0x00], 'no kind "" is registered for version "" in scheme "pkg/runtime/scheme.go:111"'],
])('bytes %j are refused', (bytes, error) => {
  expect(decodeProtobuf(Uint8Array.from(bytes))).toEqual({ error });
});

/** A field of length-delimited bytes. */
const field = (number: number, bytes: Uint8Array): Uint8Array => {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Uint8Array.from([(number << 3) | 2, ...length, rest]), bytes]);
};
const repeated = (bytes: readonly number[], times: number): Uint8Array =>
  Uint8Array.from({ length: bytes.length * times }, (_, index) => bytes[index % bytes.length] as number);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const unknown = (apiVersion: string, kind: string, message: Uint8Array): Uint8Array => {
  const type = Buffer.concat([field(1, utf8(apiVersion)), field(2, utf8(kind))]);
  return Buffer.concat([Uint8Array.from([0x6b, 0x38, 0x73, 0]), field(1, type), field(2, message)]);
};

test('an Eviction is read in the version that older clients send, which is not served any more', () => {
  expect(decodeProtobuf(unknown('policy/v1beta1', 'Eviction', field(1, field(1, utf8('web')))))).toMatchObject({
    object: { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'web' } },
  });
});

test('objects in objects in objects, and times beyond the calendar, are errors too', () => {
  // Its data is raw: a whole object, maybe.
  const revision = (data: Uint8Array) => unknown('apps/v1', 'ControllerRevision', field(2, field(1, data)));
  let nested = revision(new Uint8Array());
  for (let depth = 0; depth < 4000; depth++) nested = revision(nested);
  const named = { kind: 'ControllerRevision', version: 'v1' };
  expect(decodeProtobuf(nested)).toEqual({ error: 'proto: exceeded max depth', named });
  const time = Uint8Array.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  expect(decodeProtobuf(unknown('v1', 'ConfigMap', field(1, field(8, time))))).toEqual({
    error: 'Time.MarshalJSON: year outside of range [0,9999]',
    named: { kind: 'ConfigMap', version: 'v1' },
  });
});

test.each([
  // spec.containers, metadata.ownerReferences, items, metadata.labels: two bytes each.
  ['Pod', field(2, repeated([0x12, 0], 1_000_000))],
  ['Pod', field(1, repeated([0x6a, 0], 1_000_000))],
  ['PodList', repeated([0x12, 0], 1_000_000)],
  ['ConfigMap', field(1, repeated([0x5a, 0], 1_000_000))],
])('a %s of a million empty values is refused before they are made', (kind, message) => {
  const error = 'the body holds more than 100000 values';
  expect(decodeProtobuf(unknown('v1', kind, message))).toEqual({ error, isTooLarge: true });
});

test('values count in an embedded object, too, be it JSON or protobuf', () => {
  const revision = (data: Uint8Array) => unknown('apps/v1', 'ControllerRevision', field(2, field(1, data)));
  const error = 'the body holds more than 100000 values';
  const json = utf8(`[${'{},'.repeat(200_000)}{}]`);
  expect(decodeProtobuf(revision(json))).toEqual({ error, isTooLarge: true });
  const pod = unknown('v1', 'Pod', field(2, repeated([0x12, 0], 250_000)));
  expect(decodeProtobuf(revision(pod))).toEqual({ error, isTooLarge: true });
  const deep = utf8(`${'['.repeat(MAX_DEPTH + 1)}${']'.repeat(MAX_DEPTH + 1)}`);
  expect(decodeProtobuf(revision(deep))).toMatchObject({ error: 'proto: exceeded max depth' });
});

const fixtures = process.env.ISLET_FIXTURES;

test.skipIf(!fixtures)(
  'every fixture of k8s.io/api (testdata/HEAD, named by ISLET_FIXTURES) is read and written alike',
  () => {
    const folder = fixtures ?? '';
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    let compared = 0;
    for (const file of files) {
      const [, groupName = '', version = '', kind = ''] = /^(.+?)\.(v\d\w*)\.(\w+)\.json$/.exec(file) ?? [];
      const group = groupName === 'core' ? '' : groupName;
      const schema = kindSchema(group, version, kind);
      if (!schema) continue;
      const text = readFileSync(join(folder, file), 'utf8');
      const wanted = { object: JSON.parse(text) as Record<string, unknown>, warnings: [] };
      const expected = { group, version, kind, schema };
      expect(decodeObject(text, expected, 'Strict')).toEqual(wanted);
      const bytes = new Uint8Array(readFileSync(join(folder, file.replace(/json$/, 'pb'))));
      const decoded = decodeProtobuf(bytes);
      if ('error' in decoded) throw new Error(`${file}: ${decoded.error}`);
      expect(decodeParsed(decoded.object, '', expected, 'Strict')).toEqual(wanted);
      expect(encode(wanted.object)).toEqual(bytes);
      compared++;
    }
    expect(compared).toBeGreaterThan(90);
  },
);
