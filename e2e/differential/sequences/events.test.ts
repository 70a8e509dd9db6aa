import { expect, test } from 'vitest';
import { ProtobufEncoder } from '../../../kube/machinery/protobuf/encode.ts';
import { Events } from './events.ts';
import { objectOf } from './protobuf.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { b: 'c', a: 'd' } } };
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const encoder = new ProtobufEncoder();

function read(type: string, bytes: Uint8Array): unknown[] {
  const events = new Events(type);
  // Byte by byte, so that no event comes whole.
  return [...bytes].flatMap((byte) => [...events.of(Uint8Array.of(byte))]);
}

test('events are read however their bytes are cut, from lines, documents and frames', () => {
  const event = { type: 'ADDED', object: pod };
  const binary = Buffer.concat([encoder.event(bytesOf(event)), encoder.event(bytesOf({ ...event, type: 'DELETED' }))]);
  const found = read('application/vnd.kubernetes.protobuf;stream=watch', binary) as (typeof event)[];
  expect(found.map(({ type }) => type)).toEqual(['ADDED', 'DELETED']);
  expect(found[1]?.object.metadata).toMatchObject(pod.metadata);
  expect(read('application/json', Buffer.from(`${JSON.stringify(event)}\n{"type":"x"}\n{"type"`))).toEqual([
    event,
    { type: 'x' },
  ]);
  expect(read('application/yaml', Buffer.from('type: a\n---\ntype: b\n---\n'))).toEqual([{ type: 'a' }, { type: 'b' }]);
});

test('a message that holds what this decoder does not know is told apart from one that is known whole', () => {
  const known = encoder.object(bytesOf(pod));
  expect(objectOf(known)).not.toHaveProperty('bytes');
  // Field 99 of the outer message.
  expect(objectOf(Uint8Array.of(...known, 0x98, 6, 1))).toHaveProperty('bytes');
  expect(objectOf(Uint8Array.of(1, 2, 3))).toMatch(/^no protobuf/);
});

test('a Status comes as protobuf', () => {
  const status = { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', reason: 'NotFound', code: 404 };
  expect(objectOf(encoder.object(bytesOf(status)))).toMatchObject(status);
});
