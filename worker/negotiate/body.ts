/**
 * What the object gets of a request's body: JSON or YAML text as it came, protobuf (which client-go's typed clients
 * send) turned into JSON here, where CPU is spread, and never more than the limit.
 */
import { decodeProtobuf, PROTOBUF_TYPE } from '../../kube/machinery/schema/protobuf-decode.ts';
import { failure } from '../../kube/machinery/status.ts';
import type { EdgeRequest, EdgeResponse } from '../env.ts';
import { MAX_BODY_BYTES, statusResponse, tooLarge } from '../statuses.ts';

/** What is read of a body that is refused, before the connection is given up. */
const MOST_DRAINED = 8 * MAX_BODY_BYTES;

/** How much longer a body may be as JSON. */
const MOST_EXPANDED = 3;

type Body = EdgeRequest['body'] | string | Uint8Array;

export type ReadBody = { ok: true; body: Body; contentType?: string } | { ok: false; answer: EdgeResponse };

export async function readBody(request: EdgeRequest): Promise<ReadBody> {
  const { body, headers } = request;
  const length = headers.get('content-length');
  if (length !== null && Number(length) > MAX_BODY_BYTES) return refuse(body as unknown as Chunks);
  if (body === null) return { ok: true, body };
  const isProtobuf = headers.get('content-type')?.startsWith(PROTOBUF_TYPE) === true;
  if (length !== null && !isProtobuf) return { ok: true, body };
  // A chunked body has no length to refuse by: it is read up to the limit.
  const chunks = (body as unknown as Chunks)[Symbol.asyncIterator]();
  const bytes = await readUpTo(chunks, MAX_BODY_BYTES);
  if (!bytes) return refuse({ [Symbol.asyncIterator]: () => chunks });
  if (!isProtobuf) return { ok: true, body: bytes };
  // A delete without options is sent as an empty protobuf body.
  if (bytes.length === 0) return { ok: true, body: '' };
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) return { ok: false, answer: statusResponse(failure('BadRequest', decoded.error)) };
  let text: string;
  try {
    text = JSON.stringify(decoded.object);
  } catch {
    return { ok: false, answer: statusResponse(failure('BadRequest', 'proto: exceeded max depth')) };
  }
  // Empty messages are two bytes here and many as JSON.
  if (text.length > MOST_EXPANDED * MAX_BODY_BYTES) return { ok: false, answer: tooLarge() };
  return { ok: true, body: text, contentType: 'application/json' };
}

type Chunks = AsyncIterable<Uint8Array>;

/** Somebody who is still sending when the connection is closed hears of a broken pipe, and not of the limit. */
async function refuse(rest: Chunks | null): Promise<ReadBody> {
  let size = 0;
  for await (const chunk of rest ?? []) {
    size += chunk.byteLength;
    if (size > MOST_DRAINED) break;
  }
  return { ok: false, answer: tooLarge() };
}

async function readUpTo(body: AsyncIterator<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await body.next(); !next.done; next = await body.next()) {
    size += next.value.byteLength;
    if (size > limit) return undefined;
    chunks.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
