/**
 * What the object gets of a request's body: JSON or YAML text as it came, protobuf (which client-go's typed clients
 * send) turned into JSON here, where CPU is spread, and never more than the limit.
 */
import { decodeProtobuf, PROTOBUF_TYPE } from '../../kube/machinery/schema/protobuf-decode.ts';
import type { EdgeRequest, EdgeResponse } from '../env.ts';
import { failure, MAX_BODY_BYTES, statusResponse, tooLarge } from '../statuses.ts';

export type Body = EdgeRequest['body'] | string | Uint8Array;

export type ReadBody = { ok: true; body: Body; contentType?: string } | { ok: false; answer: EdgeResponse };

export async function readBody(request: EdgeRequest): Promise<ReadBody> {
  const { body, headers } = request;
  const length = headers.get('content-length');
  if (length !== null && Number(length) > MAX_BODY_BYTES) return { ok: false, answer: tooLarge() };
  if (body === null) return { ok: true, body };
  const isProtobuf = headers.get('content-type')?.startsWith(PROTOBUF_TYPE) === true;
  if (length !== null && !isProtobuf) return { ok: true, body };
  // A chunked body has no length to refuse by: it is read up to the limit.
  const bytes = await readUpTo(body as unknown as AsyncIterable<Uint8Array>, MAX_BODY_BYTES);
  if (!bytes) return { ok: false, answer: tooLarge() };
  if (!isProtobuf) return { ok: true, body: bytes };
  // A delete without options is sent as an empty protobuf body.
  if (bytes.length === 0) return { ok: true, body: '' };
  const decoded = decodeProtobuf(bytes);
  if ('error' in decoded) return { ok: false, answer: statusResponse(failure('BadRequest', decoded.error)) };
  return { ok: true, body: JSON.stringify(decoded.object), contentType: 'application/json' };
}

async function readUpTo(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
