import { expect, test } from 'vitest';
import { ProtobufEncoder } from '../../kube/machinery/protobuf/encode.ts';
import { JSON_FOR_PROTOBUF, LINES_FOR_PROTOBUF, PROTOBUF_TYPE } from '../../wire/protobuf.ts';
import type { EdgeResponse } from '../env.ts';
import { HeldBytes } from '../held-bytes.ts';
import { encodeAnswer } from './answers.ts';
import { EncodedItems } from './encoded-items.ts';
import { encodeEvents } from './events.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const HEAD = '{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[';
const items = Array.from(
  { length: 50 },
  (_, i) => `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"é-${i}"},"data":{"a":"${'x'.repeat(i)}"}}`,
);
const LINES = `${HEAD}\n${items.join(',\n')}\n]}\n`;
const whole = new ProtobufEncoder().object(utf8(`${HEAD}${items.join()}]}`));

/** A list in pieces of so many bytes. */
function listed(text: string, size: number): EdgeResponse {
  const bytes = utf8(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
      if (at >= bytes.length) controller.close();
    },
  });
  return new Response(body, {
    headers: { 'content-type': LINES_FOR_PROTOBUF, 'audit-id': 'a' },
  }) as unknown as EdgeResponse;
}

const never = (): Promise<EdgeResponse> => {
  throw new Error('asked again');
};
const bytesOf = async (answer: EdgeResponse): Promise<Uint8Array> => new Uint8Array(await answer.arrayBuffer());

test.each([1, 7, 100, 64 * 1024])('a list that comes in pieces of %d bytes is one message', async (size) => {
  const held = new HeldBytes();
  const answer = await encodeAnswer(listed(LINES, size), { again: never, hold: (giveUp) => held.open('c', giveUp) });
  expect([answer.headers.get('content-type'), answer.headers.get('audit-id')]).toEqual([PROTOBUF_TYPE, 'a']);
  expect(await bytesOf(answer)).toEqual(whole);
  expect(held.size).toBe(0);
});

test('an item whose line begins with its revision is encoded once', async () => {
  const kept = new EncodedItems();
  let found = 0;
  const ports = {
    again: never,
    hold: () => new HeldBytes().open('c', () => {}),
    kept: (type: { apiVersion: string; kind: string }) => {
      const list = kept.of('c', type);
      const get = (revision: number) => {
        const bytes = list.get(revision);
        if (bytes) found++;
        return bytes;
      };
      return { ...list, get };
    },
  };
  // One has no revision.
  const marked = items.map((item, i) => `${i > 0 ? 100 + i : ''}${item}`);
  const lines = `${HEAD}\n${marked.join(',\n')}\n]}\n`;
  for (const [size, hits] of [
    [100, 0],
    [7, 49],
    [64 * 1024, 98],
  ] as const) {
    expect(await bytesOf(await encodeAnswer(listed(lines, size), ports))).toEqual(whole);
    expect(found).toBe(hits);
  }
});

test('the kept bytes of an item have a buffer of their own size', async () => {
  const list = new EncodedItems().of('c', { apiVersion: 'v1', kind: 'ConfigMapList' });
  const ports = { again: never, hold: () => new HeldBytes().open('c', () => {}), kept: () => list };
  await encodeAnswer(listed(`${HEAD}\n${items.map((item, i) => `${i + 1}${item}`).join(',\n')}\n]}\n`, 1e6), ports);
  const sizes = items.map((_, i) => [list.get(i + 1)?.buffer.byteLength, list.get(i + 1)?.length]);
  for (const [buffer, length] of sizes) expect(buffer).toBe(length);
});

test('a list that is too large to be held is measured, and asked for again at its revision', async () => {
  const held = new HeldBytes();
  const asked: string[] = [];
  const again = async (revision: string) => {
    asked.push(revision);
    return listed(LINES, 100);
  };
  const ports = { again, hold: (giveUp: () => void) => held.open('c', giveUp), maxHeld: 1000 };
  expect(await bytesOf(await encodeAnswer(listed(LINES, 100), ports))).toEqual(whole);
  expect([asked, held.size]).toEqual([['7'], 0]);
  const shorter = { ...ports, again: async () => listed(`${HEAD}\n${items[0]}\n]}\n`, 100) };
  await expect(encodeAnswer(listed(LINES, 100), shorter).then(bytesOf)).rejects.toThrow('the list has changed');
});

test('a list whose room others need is measured, too', async () => {
  const held = new HeldBytes({ perCluster: 2000, total: 2000, holdersPerCluster: 2 });
  const ports = { again: async () => listed(LINES, 100), hold: (giveUp: () => void) => held.open('c', giveUp) };
  expect(await bytesOf(await encodeAnswer(listed(LINES, 100), ports))).toEqual(whole);
  expect(held.size).toBe(0);
});

test('a list that breaks off holds nothing any more', async () => {
  const held = new HeldBytes();
  const ports = { again: never, hold: (giveUp: () => void) => held.open('c', giveUp) };
  for (const text of [LINES.slice(0, -20), LINES.replace('"metadata":{"name":"é-7"', '"metadata":{"name":7')]) {
    await expect(encodeAnswer(listed(text, 100), ports)).rejects.toThrow();
  }
  expect(held.size).toBe(0);
});

test('a list for which there is no room is let go of', async () => {
  const list = listed(LINES, 100);
  let isLetGo = false;
  Object.assign(list.body as object, {
    cancel: async () => {
      isLetGo = true;
    },
  });
  expect((await encodeAnswer(list, { again: never, hold: () => undefined })).status).toBe(429);
  expect(isLetGo).toBe(true);
});

test('a list that is asked for again is refused as the object refuses it', async () => {
  const expired = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 };
  const again = async () =>
    new Response(JSON.stringify(expired), {
      status: 410,
      headers: { 'content-type': JSON_FOR_PROTOBUF },
    }) as unknown as EdgeResponse;
  const ports = { again, hold: (giveUp: () => void) => new HeldBytes().open('c', giveUp), maxHeld: 100 };
  const answer = await encodeAnswer(listed(LINES, 100), ports);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([410, PROTOBUF_TYPE]);
  expect(await bytesOf(answer)).toEqual(new ProtobufEncoder().object(utf8(JSON.stringify(expired))));
});

test('an object is one message, and what the object does not mark is left as it is', async () => {
  const json = items[0] as string;
  const answer = (type: string) =>
    new Response(json, { status: 201, headers: { 'content-type': type } }) as unknown as EdgeResponse;
  const ports = { again: never, hold: () => undefined };
  const encoded = await encodeAnswer(answer(JSON_FOR_PROTOBUF), ports);
  expect([encoded.status, await bytesOf(encoded)]).toEqual([201, new ProtobufEncoder().object(utf8(json))]);
  expect(await (await encodeAnswer(answer('application/json'), ports)).text()).toBe(json);
});

test('events that come in one text are a frame each, and the same text is encoded once', () => {
  const line = (name: string) =>
    `{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"${name}"}}}\n`;
  const [a, b] = [encodeEvents(line('a')), encodeEvents(line('b'))];
  expect(Buffer.concat([a, b])).toEqual(Buffer.from(encodeEvents(line('a') + line('b'))));
  expect(encodeEvents(line('a'))).toBe(a);
});

test('an answer to a HEAD, which has no body, says that it is protobuf', async () => {
  const headers = { 'content-type': JSON_FOR_PROTOBUF };
  const answer = new Response(null, { status: 405, headers }) as unknown as EdgeResponse;
  const found = await encodeAnswer(answer, { again: never, hold: () => undefined });
  expect([found.status, found.headers.get('content-type'), found.body]).toEqual([405, PROTOBUF_TYPE, null]);
});

test('parameters of the type that was asked for stay', async () => {
  const shape = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const list = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [{ metadata: { name: 'g' } }],
  };
  const headers = { 'content-type': JSON_FOR_PROTOBUF + shape };
  const answer = new Response(JSON.stringify(list), { headers }) as unknown as EdgeResponse;
  const found = await encodeAnswer(answer, { again: never, hold: () => undefined });
  expect(found.headers.get('content-type')).toBe(PROTOBUF_TYPE + shape);
  expect(new Uint8Array(await found.arrayBuffer())).toEqual(
    new ProtobufEncoder().object(new TextEncoder().encode(JSON.stringify(list))),
  );
});
