import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { REQUEST_TIMEOUT_MS } from '../kube/machinery/request-timeout.ts';
import { type ReadBody, readBody, readJsonObject } from './body.ts';
import type { EdgeRequest } from './env.ts';
import { heldBytes } from './held-bytes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A chunked body, of which the chunks come as they are pushed. */
function chunked(more: Record<string, string> = {}) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own;
    },
  });
  const headers = new Headers({ 'content-type': 'application/json', ...more });
  const push = (text: string) => controller?.enqueue(new TextEncoder().encode(text));
  const fail = (error: Error) => controller?.error(error);
  return { request: { body, headers } as unknown as EdgeRequest, push, fail, end: () => controller?.close() };
}

test('a body without a length is read to its end', async () => {
  const { request, push, end } = chunked();
  const read = readBody(request, 'a');
  for (const part of ['{"a":', '1}']) push(part);
  end();
  const { ok, body } = (await read) as { ok: boolean; body: Uint8Array };
  expect([ok, new TextDecoder().decode(body)]).toEqual([true, '{"a":1}']);
  expect(heldBytes.size).toBe(0);
});

test('a body that breaks off or has malformed chunks is no error of the service', async () => {
  const { request, push, fail } = chunked();
  const read = readBody(request, 'a');
  push('{"a":');
  fail(new Error('Network connection lost.'));
  const refused = await read;
  if (refused.ok) throw new Error('was read');
  expect(refused.answer.status).toBe(400);
  expect(await refused.answer.json()).toMatchObject({
    reason: 'BadRequest',
    message: 'the body of the request could not be read to its end: a chunk is malformed, or the connection was lost',
  });
  expect(heldBytes.size).toBe(0);
  const other = chunked();
  const broken = readBody(other.request, 'a');
  other.fail(new Error('another'));
  await expect(broken).rejects.toThrow('another');
});

test('a body that does not come to its end is given up, and nothing of it is held', async () => {
  const { request, push } = chunked();
  const read = readBody(request, 'a');
  push('{"a":');
  await vi.advanceTimersByTimeAsync(REQUEST_TIMEOUT_MS - 1);
  expect(heldBytes.size).toBe(5);
  await vi.advanceTimersByTimeAsync(1);
  const refused = await read;
  if (refused.ok) throw new Error('was read');
  expect(refused.answer.status).toBe(504);
  expect(await refused.answer.json()).toMatchObject({
    reason: 'Timeout',
    message: 'Timeout: request did not complete within the allotted timeout',
  });
  expect(heldBytes.size).toBe(0);
});

test('a body that is too large is waited for no longer than any other before it is refused', async () => {
  const { request, push } = chunked({ 'content-length': String(4 * 1024 * 1024) });
  const read = readBody(request, 'a');
  push('{"a":');
  await vi.advanceTimersByTimeAsync(REQUEST_TIMEOUT_MS);
  expect(await read).toMatchObject({ ok: false, answer: { status: 413 } });
});

test('a management body that does not come to its end is no object', async () => {
  const { request, push } = chunked();
  const read = readJsonObject(request);
  push('{"a":');
  await vi.advanceTimersByTimeAsync(2 * REQUEST_TIMEOUT_MS);
  expect(await read).toBeUndefined();
});

test('protobuf that is no message goes on as the problem with it, with the beginning of its bytes', async () => {
  const read = async (bytes: string, method = 'POST') => {
    const { request, push, end } = chunked({ 'content-type': 'application/vnd.kubernetes.protobuf' });
    push(bytes);
    end();
    const { sent, ...rest } = (await readBody({ ...request, method } as EdgeRequest, 'a')) as ReadBody & { ok: true };
    expect(new TextDecoder().decode(sent)).toBe(bytes);
    return rest;
  };
  const contentType = 'application/vnd.kubernetes.protobuf';
  const problem = 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]';
  const told = (problem: object) => ({ ok: true, body: JSON.stringify(problem), contentType });
  expect(await read('nope')).toEqual(told({ error: problem, bytes: '6e6f7065' }));
  expect(await read('k8s\0')).toEqual(told({ error: 'empty body', bytes: '6b387300' }));
  expect(await read('')).toEqual(told({ error: 'empty data', bytes: '<empty>' }));
  const named = { kind: 'Foo', version: 'v1' };
  const error = 'no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"';
  const bytes = '6b3873000a090a0276311203466f6f';
  expect(await read('k8s\0\n\t\n\x02v1\x12\x03Foo')).toEqual(told({ error, named, bytes }));
  expect(await read('', 'DELETE')).toEqual({ ok: true, body: '' });
});

test.each([
  ['Application/vnd.Kubernetes.PROTOBUF', 'application/json'],
  [' application/vnd.kubernetes.protobuf ; charset=utf-8', 'application/json'],
  ['application/vnd.kubernetes.protobufs', undefined],
])('a body of the type %j is read as the object is told of it', async (type, contentType) => {
  const { request, push, end } = chunked({ 'content-type': type });
  push('k8s\0\n\x0f\n\x02v1\x12\tConfigMap');
  end();
  const read = (await readBody({ ...request, method: 'POST' } as EdgeRequest, 'a')) as ReadBody & { ok: true };
  expect(read.contentType).toBe(contentType);
});

test('bytes of a type that is no text are kept as they were sent', async () => {
  const { request, push, end } = chunked({ 'content-type': 'application/cbor', 'content-length': '4' });
  push('body');
  end();
  const { sent } = (await readBody({ ...request, method: 'POST' } as EdgeRequest, 'a')) as ReadBody & { ok: true };
  expect(new TextDecoder().decode(sent)).toBe('body');
});
