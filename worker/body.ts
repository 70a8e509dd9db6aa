/**
 * A request's body as the object gets it: JSON or YAML text as it came, protobuf (which client-go's typed clients
 * send) turned into JSON here, where CPU is spread, and never more than the limit.
 */

import { isObject } from '../kube/machinery/json-object.ts';
import { TIMED_OUT, withinTimeout } from '../kube/machinery/request-timeout.ts';
import { decodeProtobuf } from '../kube/machinery/schema/protobuf-decode.ts';
import { failure } from '../kube/machinery/status.ts';
import { bareType, PROTOBUF_TYPE, type ProtobufProblem } from '../wire/protobuf.ts';
import type { EdgeRequest, EdgeResponse } from './env.ts';
import { heldBytes } from './held-bytes.ts';
import { isLost, MAX_BODY_BYTES, statusResponse, tooLarge, tooManyRequests } from './statuses.ts';

/** Bytes that are read of a body that is refused, before the connection is given up. */
const MAX_DRAINED = 8 * MAX_BODY_BYTES;

/** The growth that a body may have as JSON. */
const MAX_EXPANSION = 3;

const BROKEN = 'the body of the request could not be read to its end: a chunk is malformed, or the connection was lost';

type Body = EdgeRequest['body'] | string | Uint8Array;

/** A body of protobuf that is none goes on as the problem with it: the object knows of which kind it should have been. */
export type ReadBody =
  /** `sent`: the bytes as the client sent them, where the object gets another form; aggregated APIs are sent these. */
  { ok: true; body: Body; contentType?: string; sent?: Uint8Array } | { ok: false; answer: EdgeResponse };

/** Media types that the object gets as they came; bodies of others are kept here for aggregated APIs. */
const TEXT = /json|yaml|^text\//i;

/** `cluster`: on whose behalf bytes are held while they arrive. */
export async function readBody(request: EdgeRequest, cluster: string): Promise<ReadBody> {
  try {
    return await readWhole(request, cluster);
  } catch (error) {
    // The client is gone, or sent malformed chunks, which the runtime tells in the same words.
    if (isLost(error)) return { ok: false, answer: statusResponse(failure('BadRequest', BROKEN)) };
    throw error;
  }
}

async function readWhole(request: EdgeRequest, cluster: string): Promise<ReadBody> {
  const { body, headers } = request;
  const length = headers.get('content-length');
  if (length !== null && Number(length) > MAX_BODY_BYTES) return refuse(body as unknown as Chunks);
  if (body === null) return { ok: true, body };
  const type = headers.get('content-type') ?? 'text/plain';
  const isProtobuf = bareType(type) === PROTOBUF_TYPE;
  const isText = TEXT.test(type);
  if (length !== null && isText) return { ok: true, body };
  // A chunked body has no length to refuse by: it is read up to the limit.
  const chunks = (body as unknown as Chunks)[Symbol.asyncIterator]();
  const bytes = await readHeld(chunks, cluster);
  if (bytes === 'late') return { ok: false, answer: statusResponse(TIMED_OUT) };
  if (bytes === 'too many') return { ok: false, answer: tooManyRequests() };
  if (bytes === 'too large') return refuse({ [Symbol.asyncIterator]: () => chunks });
  if (!isProtobuf) return { ok: true, body: bytes, ...(isText ? {} : { sent: bytes }) };
  const sent = bytes;
  // A delete without options is sent as an empty protobuf body.
  if (bytes.length === 0 && request.method === 'DELETE') return { ok: true, body: '', sent };
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) {
    if (decoded.isTooLarge) {
      return { ok: false, answer: statusResponse(failure('RequestEntityTooLarge', decoded.error)) };
    }
    const problem: ProtobufProblem = { error: decoded.error, named: decoded.named, bytes: summary(bytes) };
    return { ok: true, body: JSON.stringify(problem), contentType: PROTOBUF_TYPE, sent };
  }
  let text: string;
  try {
    text = JSON.stringify(decoded.object);
  } catch {
    return { ok: false, answer: statusResponse(failure('BadRequest', 'proto: exceeded max depth')) };
  }
  // Empty messages are two bytes here and many as JSON.
  if (text.length > MAX_EXPANSION * MAX_BODY_BYTES) return { ok: false, answer: tooLarge() };
  return { ok: true, body: text, contentType: 'application/json', sent };
}

const OPENING_BRACE = 0x7b;

/** The beginning of a body: JSON as text, as upstream shows it (apiserver `pkg/endpoints/handlers/rest.go`, summarizeData). */
function summary(bytes: Uint8Array): string {
  if (bytes.length === 0) return '<empty>';
  if (bytes[0] === OPENING_BRACE) {
    const text = new TextDecoder().decode(bytes.subarray(0, 30));
    return bytes.length > 30 ? `${text} ...` : text;
  }
  const begin = Array.from(bytes.subarray(0, 30), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > 30 ? `${begin} ...` : begin;
}

/** The limit of a body of the management API, in bytes. */
const MAX_MANAGEMENT_BODY = 64 * 1024;

/** An empty body is an empty object; undefined for one that is no JSON object, too long, or late. */
export async function readJsonObject({ body }: EdgeRequest): Promise<Record<string, unknown> | undefined> {
  const chunks = chunksOf(body);
  const bytes = await withinTimeout(readUpTo(chunks, MAX_MANAGEMENT_BODY), after);
  if (!bytes) {
    await drain({ [Symbol.asyncIterator]: () => chunks });
    return undefined;
  }
  const text = new TextDecoder().decode(bytes);
  try {
    const parsed: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

type Chunks = AsyncIterable<Uint8Array>;

async function* chunksOf(body: EdgeRequest['body']): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body as unknown as Chunks;
}

function after(milliseconds: number, run: () => void): () => void {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
}

/** A client may send any number of bodies at once, and each of them slowly. */
async function readHeld(
  chunks: AsyncIterator<Uint8Array>,
  cluster: string,
): Promise<Uint8Array | 'too large' | 'too many' | 'late'> {
  const parts: Uint8Array[] = [];
  const { promise: givenUp, resolve } = Promise.withResolvers<'too many'>();
  const memory = heldBytes.open(cluster, () => {
    parts.length = 0;
    resolve('too many');
  });
  if (!memory) return 'too many';
  try {
    const read = readUpTo(chunks, MAX_BODY_BYTES, parts, (size) => memory.grow(size));
    const whole = read.then((bytes) => bytes ?? 'too large');
    return (await withinTimeout(Promise.race([whole, givenUp]), after)) ?? 'late';
  } finally {
    memory.close();
  }
}

async function refuse(rest: Chunks | null): Promise<ReadBody> {
  await drain(rest);
  return { ok: false, answer: tooLarge() };
}

/** A client that is still sending when the connection is closed sees a broken pipe, and not the answer. */
async function drain(rest: Chunks | null): Promise<void> {
  const read = async (): Promise<void> => {
    let size = 0;
    for await (const chunk of rest ?? []) {
      size += chunk.byteLength;
      if (size > MAX_DRAINED) break;
    }
  };
  await withinTimeout(read(), after);
}

async function readUpTo(
  body: AsyncIterator<Uint8Array>,
  limit: number,
  parts: Uint8Array[] = [],
  grow = (_size: number): void => {},
): Promise<Uint8Array | undefined> {
  let size = 0;
  for (let next = await body.next(); !next.done; next = await body.next()) {
    size += next.value.byteLength;
    if (size > limit) return undefined;
    parts.push(next.value);
    grow(next.value.byteLength);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of parts) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
